package dev.unfog.plugins.anomaly;

import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The norm of the score at several noise levels: σ‖s(x, σ)‖ = ‖ε̂(x, σ)‖, where ε̂ = (x − D(x, σ)) / σ is the noise that the network
 * sees in a sample to which none was added (Mahmood et al. 2021, "Multiscale score matching for out-of-distribution detection").
 *
 * <p>For rows of numbers. Safe for use by many threads; each has a {@link Batch} of its own.
 */
final class ScoreNorms {
    /** How many rows, with repeats, tell what a network has learned. */
    private static final int SKILL_ROWS = 2000;

    private final ScoreNetwork network;
    private final double[] levels;
    private final int features;

    /**
     * @param network for rows of {@code features} numbers; not closed here
     * @param levels σ, in the units of the features
     */
    ScoreNorms(ScoreNetwork network, double[] levels, int features) {
        this.network = network;
        this.levels = levels.clone();
        this.features = features;
    }

    int levels() {
        return levels.length;
    }

    /** Sees the noise of a row at one level. */
    @FunctionalInterface
    interface Sight {
        /**
         * Takes note of it.
         *
         * @param row of the batch, from 0
         * @param level its index
         * @param norm ‖ε̂‖
         * @param noise ε̂ of all rows, {@code [rows][features]}; valid during the call
         */
        void see(int row, int level, double norm, float[] noise);
    }

    /**
     * Returns, for each level, the share of added noise that the network sees and that cannot be seen by knowing of every feature no more
     * than its mean and deviation: 0 where it has learned nothing, at most 1.
     *
     * <p>Who knows no more sees σ x / (1 + σ²) of the noise in x, and misses a mean square of 1 / (1 + σ²) of it.
     *
     * @param rows that the network was not trained on, {@code [count][features]}
     */
    double[] skill(float[] rows, SplittableRandom random) {
        int count = rows.length / features;
        int repeats = Math.max(1, SKILL_ROWS / count);
        int size = Math.min(count, SKILL_ROWS);
        Batch batch = new Batch(size);
        double[] skill = new double[levels.length];
        float[] noisy = new float[size * features];
        float[] added = new float[noisy.length];
        for (int at = 0; at < levels.length; at++) {
            double[] missed = {0};
            for (int repeat = 0; repeat < repeats; repeat++) {
                for (int i = 0; i < noisy.length; i++) {
                    added[i] = (float) random.nextGaussian();
                    noisy[i] = (float) (rows[i] + levels[at] * added[i]);
                }
                batch.look(noisy, size, at, (row, level, norm, noise) -> {
                    for (int i = row * features; i < (row + 1) * features; i++) {
                        missed[0] += (noise[i] - added[i]) * (noise[i] - added[i]);
                    }
                });
            }
            double share = missed[0] / ((double) repeats * noisy.length) * (1 + levels[at] * levels[at]);
            skill[at] = Math.max(0, 1 - share);
        }
        return skill;
    }

    /** Memory for a batch of rows, used again by the next; for one thread. */
    final class Batch {
        private final int most;
        private final Tensor state;
        private final Tensor noise;
        private final Tensor denoised;
        private final float[] answers;

        /**
         * @param most rows at once
         */
        Batch(int most) {
            this.most = most;
            state = Tensor.allocate(most, features);
            noise = Tensor.allocate(most, 1);
            denoised = Tensor.allocate(most, features);
            answers = new float[most * features];
        }

        /**
         * Runs the network at every level.
         *
         * @param rows {@code [count][features]}
         * @param count at most as many as the batch holds
         */
        void look(float[] rows, int count, Sight sight) {
            for (int level = 0; level < levels.length; level++) {
                look(rows, count, level, sight);
            }
        }

        /** Runs the network at one level. */
        void look(float[] rows, int count, int level, Sight sight) {
            if (count > most) {
                throw new IllegalArgumentException(count + " rows do not fit a batch of " + most);
            }
            Tensor x = state.view(count, features);
            Tensor sigma = noise.view(count, 1);
            Tensor answer = denoised.view(count, features);
            x.data().put(rows, 0, count * features);
            float[] deviation = new float[count];
            Arrays.fill(deviation, (float) levels[level]);
            sigma.data().put(deviation);
            network.denoise(x, sigma, answer);
            FloatBuffer values = answer.data();
            values.get(answers, 0, count * features);
            float inverse = (float) (1 / levels[level]);
            for (int row = 0; row < count; row++) {
                double sum = 0;
                for (int i = row * features; i < (row + 1) * features; i++) {
                    float seen = (rows[i] - answers[i]) * inverse;
                    answers[i] = seen;
                    sum += (double) seen * seen;
                }
                sight.see(row, level, Math.sqrt(sum), answers);
            }
        }
    }
}
