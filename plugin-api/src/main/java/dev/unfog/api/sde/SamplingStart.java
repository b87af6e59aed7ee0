package dev.unfog.api.sde;

import org.jspecify.annotations.Nullable;

/**
 * What a sampler begins with.
 *
 * @since 0.1.0
 */
public sealed interface SamplingStart {

    /** {@return the start from noise alone, for a process without an observation} */
    static SamplingStart prior() {
        return new Prior(null);
    }

    /**
     * {@return the start from the prior of a process that ends around the observation, such as OUVE or a bridge}
     *
     * @param observation y, of the shape of the request; not closed and not written to
     */
    static SamplingStart prior(SampleState observation) {
        return new Prior(observation);
    }

    /**
     * {@return the start from a sample that already has noise of a known level: the sample is the state at that level}
     *
     * @param observation the noisy sample in the scale of clean ones, x₀ + σ̂ z; not closed and not written to
     * @param noiseLevel σ̂, positive
     */
    static SamplingStart noisy(SampleState observation, double noiseLevel) {
        return new Noisy(observation, noiseLevel);
    }

    /**
     * {@return the start from a guess to which the sampler adds noise of a given level (SDEdit, Meng et al. 2022)}
     *
     * @param guess a rough restoration; not closed and not written to
     * @param noiseLevel σ̂ of the noise to add, positive
     */
    static SamplingStart perturbed(SampleState guess, double noiseLevel) {
        return new Perturbed(guess, noiseLevel);
    }

    /**
     * The prior at T.
     *
     * @param observation y, or null for a process without one
     * @since 0.1.0
     */
    record Prior(@Nullable SampleState observation) implements SamplingStart {}

    /**
     * A noisy sample.
     *
     * @param observation x₀ + σ̂ z
     * @param noiseLevel σ̂
     * @since 0.1.0
     */
    record Noisy(SampleState observation, double noiseLevel) implements SamplingStart {
        /**
         * Creates the start.
         *
         * @param observation x₀ + σ̂ z
         * @param noiseLevel σ̂
         */
        public Noisy {
            ProcessConstants.positive("noiseLevel", noiseLevel);
        }
    }

    /**
     * A guess and noise to come.
     *
     * @param guess the guess
     * @param noiseLevel σ̂
     * @since 0.1.0
     */
    record Perturbed(SampleState guess, double noiseLevel) implements SamplingStart {
        /**
         * Creates the start.
         *
         * @param guess the guess
         * @param noiseLevel σ̂
         */
        public Perturbed {
            ProcessConstants.positive("noiseLevel", noiseLevel);
        }
    }
}
