package dev.unfog.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.sde.GaussianNoise;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CameraSimulationTest {
    private static final int SIDE = 128;

    private static float[] take(float[] colors, double electrons, long seed) {
        return CameraSimulation.take(colors, SIDE, SIDE, electrons, new GaussianNoise(seed), 7, 9);
    }

    private static float[] flat(float value) {
        float[] colors = new float[3 * SIDE * SIDE];
        Arrays.fill(colors, value);
        return colors;
    }

    @Test
    void inBrightLightASmoothPictureComesBack() {
        float[] colors = new float[3 * SIDE * SIDE];
        for (int i = 0; i < colors.length; i++) {
            int x = i % SIDE;
            int y = i / SIDE % SIDE;
            colors[i] = (float) (0.5 + 0.3 * Math.sin(0.01 * x + i / (SIDE * SIDE)) * Math.cos(0.01 * y));
        }
        assertThat(take(colors, 1e6, 0)).usingComparatorWithPrecision(0.01f).containsExactly(colors);
    }

    @Test
    void aRampKeepsItsColoursAtTheEdgesToo() {
        float[] colors = flat(0.25f);
        Arrays.fill(colors, 0, SIDE * SIDE, 0.75f);
        assertThat(take(colors, 1e6, 0)).usingComparatorWithPrecision(0.01f).containsExactly(colors);
    }

    @Test
    void greenNoiseIsThatOfShotAndReadingOnItsOwnPixels() {
        double light = Math.pow((0.5 + 0.055) / 1.055, 2.4);
        double electrons = 1000;
        // The slope of the sRGB curve turns electrons into grey values.
        double slope = 1.055 / 2.4 * Math.pow(light, 1 / 2.4 - 1);
        double expected = slope * Math.sqrt(light * electrons + 9) / electrons;
        float[] taken = take(flat(0.5f), electrons, 0);
        double squares = 0;
        int count = 0;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 1 - y % 2; x < SIDE; x += 2) {
                squares += Math.pow(taken[SIDE * SIDE + y * SIDE + x] - 0.5, 2);
                count++;
            }
        }
        assertThat(Math.sqrt(squares / count)).isCloseTo(expected, within(0.03 * expected));
    }

    @Test
    void neighboursShareTheirNoise() {
        float[] taken = take(flat(0.5f), 300, 0);
        double together = 0;
        double apart = 0;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x + 1 < SIDE; x++) {
                double here = taken[y * SIDE + x] - 0.5;
                together += here * (taken[y * SIDE + x + 1] - 0.5);
                apart += here * here;
            }
        }
        assertThat(together / apart)
                .as("correlation of red noise from pixel to pixel")
                .isGreaterThan(0.2);
    }

    @Test
    void theNoiseDependsOnTheSeed() {
        float[] first = take(flat(0.5f), 300, 1);
        assertThat(take(flat(0.5f), 300, 1)).isEqualTo(first);
        assertThat(take(flat(0.5f), 300, 2)).isNotEqualTo(first);
    }
}
