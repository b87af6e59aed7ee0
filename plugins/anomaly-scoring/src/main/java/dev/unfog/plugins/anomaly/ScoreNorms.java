package dev.unfog.plugins.anomaly;

import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The norm of the score at several noise levels: σ‖s(x, σ)‖ = ‖ε̂(x, σ)‖, where ε̂ = (x − D(x, σ)) / σ is the noise that the network
 * sees in a sample to which none was added (Mahmood et al. 2021, "Multiscale score matching for out-of-distribution detection").
 *
 * <p>For rows of numbers. Safe for use by many threads; each has a {@link Batch} of its own.
 */
final class ScoreNorms {
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
            if (count > most) {
                throw new IllegalArgumentException(count + " rows do not fit a batch of " + most);
            }
            Tensor x = state.view(count, features);
            Tensor sigma = noise.view(count, 1);
            Tensor answer = denoised.view(count, features);
            x.data().put(rows, 0, count * features);
            float[] deviation = new float[count];
            for (int level = 0; level < levels.length; level++) {
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
}
