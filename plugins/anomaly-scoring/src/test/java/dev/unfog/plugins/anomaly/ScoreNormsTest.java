package dev.unfog.plugins.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.score.Device;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ScoreNormsTest {
    private static final double[] LEVELS = {0.3, 1.5};
    private static final int FEATURES = 3;

    /** The exact denoiser of independent features of mean 0 and a given deviation. */
    private record IndependentNormals(double deviation) implements ScoreNetwork {
        @Override
        public NetworkCard card() {
            throw new AssertionError("norms need the denoiser alone");
        }

        @Override
        public Device device() {
            throw new AssertionError("norms need the denoiser alone");
        }

        @Override
        public void denoise(Tensor x, Tensor noise, Tensor denoised) {
            int features = x.data().remaining() / noise.data().remaining();
            for (int i = 0; i < x.data().remaining(); i++) {
                double sigma = noise.data().get(i / features);
                double kept = deviation * deviation / (deviation * deviation + sigma * sigma);
                denoised.data().put(i, (float) (kept * x.data().get(i)));
            }
        }

        @Override
        public void denoise(Tensor x, Tensor y, Tensor time, Tensor denoised) {
            throw new UnsupportedOperationException("knows no observations");
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    private static ScoreNorms norms(double deviation) {
        float[] noises = ScoreNorms.draw(LEVELS.length, FEATURES, new SplittableRandom(1));
        return new ScoreNorms(new IndependentNormals(deviation), LEVELS, noises);
    }

    @Test
    void theNormHoldsWhatIsSeenInTheRowAndWhatIsNotSeenOfTheNoise() {
        ScoreNorms norms = norms(1);
        float[] rows = {1, -2, 0.5f, 0, 0, 0};
        double[] lengths = {5.25, 0};

        norms.new Batch(4).look(rows, 2, (row, level, norm, noise) -> {
            double sigma = LEVELS[level];
            double total = 1 + sigma * sigma;
            // ε̂(x ± σz) ∓ z = (σ x ∓ z) / (1 + σ²), and |z|² is the number of features.
            assertThat(norm).isCloseTo(Math.sqrt(sigma * sigma * lengths[row] + FEATURES) / total, within(1e-5));
            for (int feature = 0; feature < FEATURES; feature++) {
                int i = row * FEATURES + feature;
                assertThat((double) noise[i]).isCloseTo(sigma * rows[i] / total, within(1e-5));
            }
        });
    }

    @Test
    void aNetworkThatKnowsNoMoreThanMeanAndDeviationHasNoSkillAndOneThatKnowsMoreHas() {
        float[] rows = new float[200 * FEATURES];
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) random.nextGaussian();
        }
        float[] near = rows.clone();
        for (int i = 0; i < near.length; i++) {
            near[i] *= 0.1f;
        }

        for (double skill : skill(norms(1), rows)) {
            assertThat(skill).isBetween(0.0, 0.3);
        }
        for (double skill : skill(norms(0.1), near)) {
            assertThat(skill).isGreaterThan(0.6);
        }
    }

    private static double[] skill(ScoreNorms norms, float[] rows) {
        int count = rows.length / FEATURES;
        float[] measures = new float[count * LEVELS.length];
        norms.new Batch(count)
                .look(rows, count, (row, level, norm, noise) -> measures[row * LEVELS.length + level] = (float) norm);
        return norms.skill(measures, LEVELS.length);
    }
}
