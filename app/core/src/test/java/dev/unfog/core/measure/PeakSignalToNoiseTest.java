package dev.unfog.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PeakSignalToNoiseTest {
    @Test
    void oneStepOfEightBitsEverywhereIs48Point13Decibels() {
        float[] reference = {10 / 255f, 20 / 255f, 30 / 255f};
        float[] estimate = {11 / 255f, 19 / 255f, 31 / 255f};
        assertThat(PeakSignalToNoise.decibels(reference, estimate)).isCloseTo(48.1308, within(1e-4));
    }

    @Test
    void theErrorIsAveragedBeforeTheLogarithm() {
        // mean squared error (0.1² + 0) / 2 = 0.005, so 10 log10(200).
        assertThat(PeakSignalToNoise.decibels(new float[] {0.5f, 0.25f}, new float[] {0.6f, 0.25f}))
                .isCloseTo(23.0103, within(1e-4));
    }

    @Test
    void noiseOfAStandardDeviationOf25Of255Is20Point17Decibels() {
        Random random = new Random(1);
        float[] reference = new float[200_000];
        float[] estimate = new float[reference.length];
        for (int i = 0; i < reference.length; i++) {
            reference[i] = random.nextFloat();
            estimate[i] = reference[i] + (float) (random.nextGaussian() * 25 / 255);
        }
        assertThat(PeakSignalToNoise.decibels(reference, estimate)).isCloseTo(20.172, within(0.03));
    }

    @Test
    void equalValuesAreInfinitelyClose() {
        assertThat(PeakSignalToNoise.decibels(new float[] {0.5f}, new float[] {0.5f}))
                .isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void differentCountsAreRefused() {
        assertThatThrownBy(() -> PeakSignalToNoise.decibels(new float[2], new float[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 with 3");
    }
}
