package dev.unfog.api.sde;

/**
 * The distribution of a noised sample at one time: x_t = a x₀ + b y + s z with z standard normal.
 *
 * <p>Immutable; safe for use by many threads.
 *
 * @param time the time t, in the unit of the process
 * @param meanScale a, the factor of the clean sample, 0 or greater; 0 where nothing of it is left
 * @param observationScale b, the factor of the observation; 0 for a process without one
 * @param standardDeviation s, the standard deviation of the noise, in the unit of the sample
 * @since 0.1.0
 */
public record Marginal(double time, double meanScale, double observationScale, double standardDeviation) {

    /**
     * {@return σ̂ = s/a, the noise level that a network for the reduced state is told; infinite where a is 0, since
     * nothing of the clean sample is left there}
     */
    public double noiseLevel() {
        return meanScale == 0 ? Double.POSITIVE_INFINITY : standardDeviation / meanScale;
    }

    /**
     * {@return one value of the score ∇ log p_t(x | y), the direction in which cleaner samples lie}
     *
     * <p>Tweedie's formula (Robbins 1956; Efron 2011): (a D + b y − x) / s².
     *
     * @param denoised D, the posterior mean of the clean sample
     * @param x the noised value
     * @param y the observed value; anything finite where b is 0
     */
    public double score(double denoised, double x, double y) {
        return (meanScale * denoised + observationScale * y - x) / (standardDeviation * standardDeviation);
    }

    /**
     * {@return one value of the reduced state, û = (x − b y) / a; not finite where a is 0}
     *
     * @param x a value of the state
     * @param y the value of the observation
     */
    public double reduce(double x, double y) {
        return (x - observationScale * y) / meanScale;
    }

    /**
     * {@return one value of the noised sample, x = a û + b y, from a finite reduced state}
     *
     * @param reduced the reduced value (x - b y) / a
     * @param y the value of the observation
     */
    public double expand(double reduced, double y) {
        return meanScale * reduced + observationScale * y;
    }

    /**
     * Writes noised values, x = a û + b y, for a network that takes x_t itself.
     *
     * @param reduced û, at least {@code length} values
     * @param y the observation at the same places
     * @param into receives x; may be one of the others
     * @param length how many values, from index 0
     */
    public void expand(float[] reduced, float[] y, float[] into, int length) {
        for (int i = 0; i < length; i++) {
            into[i] = (float) (meanScale * reduced[i] + observationScale * y[i]);
        }
    }
}
