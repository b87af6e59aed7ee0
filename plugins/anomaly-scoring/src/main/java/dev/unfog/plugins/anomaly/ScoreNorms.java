package dev.unfog.plugins.anomaly;

import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The norm of the score at several noise levels, as noise finds it: √½ (‖ε̂(x + σz, σ) − z‖² + ‖ε̂(x − σz, σ) + z‖²), where ε̂ = (x − D(x, σ)) / σ
 * = −σ s(x, σ) is the noise that the network sees in a row, and z is ±1 in each feature, the same for all rows.
 *
 * <p>Its square has two parts: that of the norm of what is seen in x itself, ½ (ε̂(x + σz) + ε̂(x − σz)) (Mahmood et al. 2021, "Multiscale
 * score matching for out-of-distribution detection"), and that of the noise that was added and not seen. Together they are the
 * sample's own loss of denoising score matching, which is lowest where the network knows the surroundings.
 *
 * <p>For rows of numbers. Safe for use by many threads; each has a {@link Batch} of its own.
 */
final class ScoreNorms {
    private final ScoreNetwork network;
    private final double[] levels;
    private final float[] noises;
    private final int features;

    /**
     * @param network for rows of as many numbers as there are noises to a level; not closed here
     * @param levels σ, in the units of the features
     * @param noises z of each level, {@code [levels][features]}
     */
    ScoreNorms(ScoreNetwork network, double[] levels, float[] noises) {
        this.network = network;
        this.levels = levels.clone();
        this.noises = noises.clone();
        this.features = noises.length / levels.length;
    }

    /** Draws the noises of some levels. */
    static float[] draw(int levels, int features, SplittableRandom random) {
        float[] noises = new float[levels * features];
        for (int i = 0; i < noises.length; i++) {
            noises[i] = random.nextBoolean() ? 1 : -1;
        }
        return noises;
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
         * @param norm see above
         * @param noise that is seen in the rows themselves, ½ (ε̂(x + σz) + ε̂(x − σz)), {@code [rows][features]}; valid during the call
         */
        void see(int row, int level, double norm, float[] noise);
    }

    /**
     * Returns, for each level, the share of the noise in a typical row that is seen and that cannot be seen by knowing of every feature no
     * more than its mean and deviation: 0 where nothing was learned, at most 1.
     *
     * <p>Who knows no more sees σ x / (1 + σ²) of the noise in x, and misses a mean square of 1 / (1 + σ²) of it.
     *
     * @param norms of rows that the network was not trained on, {@code [rows][width]}, those of the levels first
     */
    double[] skill(float[] norms, int width) {
        double[] squares = new double[norms.length / width];
        double[] skill = new double[levels.length];
        for (int level = 0; level < levels.length; level++) {
            for (int row = 0; row < squares.length; row++) {
                double norm = norms[row * width + level];
                squares[row] = norm * norm;
            }
            Arrays.sort(squares);
            double share = squares[squares.length / 2] / features * (1 + levels[level] * levels[level]);
            skill[level] = Math.max(0, 1 - share);
        }
        return skill;
    }

    /** Memory for a batch of rows, used again by the next; for one thread. */
    final class Batch {
        private final int most;
        private final Tensor state;
        private final Tensor noise;
        private final Tensor denoised;
        private final float[] noisy;
        private final float[] answers;

        /**
         * @param most rows at once
         */
        Batch(int most) {
            this.most = most;
            state = Tensor.allocate(2 * most, features);
            noise = Tensor.allocate(1, 1);
            denoised = Tensor.allocate(2 * most, features);
            noisy = new float[2 * most * features];
            answers = new float[2 * most * features];
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
            for (int level = 0; level < levels.length; level++) {
                look(rows, count, level, sight);
            }
        }

        private void look(float[] rows, int count, int level, Sight sight) {
            int half = count * features;
            float sigma = (float) levels[level];
            for (int i = 0; i < half; i++) {
                float added = sigma * noises[level * features + i % features];
                noisy[i] = rows[i] + added;
                noisy[half + i] = rows[i] - added;
            }
            Tensor x = state.view(2 * count, features);
            Tensor answer = denoised.view(2 * count, features);
            x.data().put(noisy, 0, 2 * half);
            noise.data().put(0, sigma);
            network.denoise(x, noise, answer);
            answer.data().get(answers, 0, 2 * half);
            float inverse = 1 / sigma;
            for (int row = 0; row < count; row++) {
                double sum = 0;
                for (int feature = 0; feature < features; feature++) {
                    int i = row * features + feature;
                    float added = noises[level * features + feature];
                    float above = (noisy[i] - answers[i]) * inverse;
                    float below = (noisy[half + i] - answers[half + i]) * inverse;
                    sum += (double) (above - added) * (above - added) + (double) (below + added) * (below + added);
                    answers[i] = (above + below) / 2;
                }
                sight.see(row, level, Math.sqrt(sum / 2), answers);
            }
        }
    }
}
