package dev.unfog.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviationQualityTest {
    private static final int COUNT = 40_000;

    private final float[] truth = new float[COUNT];
    private final float[] mean = new float[COUNT];
    private final float[] deviation = new float[COUNT];

    /** Draws truth and samples alike from normal distributions of different widths. */
    private void draw(int samples, double truthFactor) {
        Random random = new Random(5);
        for (int i = 0; i < COUNT; i++) {
            double width = Math.exp(random.nextGaussian());
            truth[i] = (float) (truthFactor * width * random.nextGaussian());
            double sum = 0;
            double squares = 0;
            for (int k = 0; k < samples; k++) {
                double sample = width * random.nextGaussian();
                sum += sample;
                squares += sample * sample;
            }
            mean[i] = (float) (sum / samples);
            deviation[i] = (float) Math.sqrt((squares - sum * sum / samples) / (samples - 1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 16})
    void drawsFromTheRightDistributionCoverNineTenthsHoweverManyThereAre(int samples) {
        draw(samples, 1);
        DeviationQuality quality = DeviationQuality.of(truth, mean, deviation, samples);
        assertThat(quality.coverage()).isCloseTo(0.9, within(0.01));
        assertThat(quality.correlation()).isBetween(0.5, 0.9);
    }

    @Test
    void drawsFromTooNarrowADistributionCoverLess() {
        draw(16, 2);
        assertThat(DeviationQuality.of(truth, mean, deviation, 16).coverage()).isLessThan(0.7);
    }

    @Test
    void valuesThatAllSamplesAgreeOnAreLeftOut() {
        DeviationQuality quality =
                DeviationQuality.of(new float[] {0, 0, 5, 0}, new float[] {0, 0, 0, 1}, new float[] {0, 0, 1, 2}, 2);
        assertThat(quality.coverage()).isEqualTo(1);
        assertThat(quality.correlation()).isCloseTo(-1, within(1e-9));
    }

    @Test
    void fewerThanTwoSamplesSayNothing() {
        assertThatThrownBy(() -> DeviationQuality.of(truth, mean, deviation, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
