package dev.unfog.api.sde;

import java.util.Map;

/**
 * How noise enters a clean sample as time goes by; samplers walk it backwards.
 *
 * <p>Linear and Gaussian: x_t = a(t) x₀ + b(t) y + s(t) z, where x₀ is the clean sample, y an optional observation (the
 * degraded input) and z standard normal. It is the solution of dx = f dt + g dw with
 * f = (a′/a)(x − b y) + b′ y and g² = (s²)′ − 2 (a′/a) s² (Song et al. 2021, "Score-Based Generative Modeling through
 * Stochastic Differential Equations", section 3.4; Särkkä and Solin 2019, section 5.5), primes being d/dt.
 *
 * <p>σ̂ = s/a grows with t; it is 0 or small at the start and may be infinite at the end (a bridge). Implementations are
 * immutable and safe for use by many threads. Times outside 0 to {@link #endTime()} give no meaningful numbers.
 */
public interface ForwardProcess {

    /** Returns the name by which a model card calls this process, such as {@code variance-preserving}. */
    String name();

    /** Returns the constants by name, as a model card holds them; in a fixed order, not to be changed. */
    Map<String, Double> constants();

    /** Returns t_ε, the smallest time that a network was trained on and a sampler goes to. */
    double startTime();

    /** Returns T, the time at which sampling from the prior begins. */
    double endTime();

    /** Returns a(t), the factor of the clean sample. */
    double meanScale(double time);

    /** Returns a′(t). */
    double meanScaleDerivative(double time);

    /** Returns b(t), the factor of the observation; 0 for a process without one. */
    default double observationScale(double time) {
        return 0;
    }

    /** Returns b′(t). */
    default double observationScaleDerivative(double time) {
        return 0;
    }

    /** Returns s²(t), the variance of the noise. */
    double variance(double time);

    /** Returns (s²)′(t). */
    double varianceDerivative(double time);

    /** Returns the time at which the noise level σ̂ = s/a is the one given; {@link #endTime()} for infinity. */
    double timeOf(double noiseLevel);

    /**
     * Returns the factor of the observation in the prior: sampling begins at this times y plus s(T) z.
     *
     * <p>0 where sampling begins with noise alone, 1 where it begins around the observation.
     */
    default double priorObservationScale() {
        return 0;
    }

    /** Returns s(t), the standard deviation of the noise. */
    default double standardDeviation(double time) {
        return Math.sqrt(variance(time));
    }

    /** Returns the distribution of x_t for a given clean sample and observation. */
    default Marginal marginal(double time) {
        return new Marginal(time, meanScale(time), observationScale(time), standardDeviation(time));
    }

    /** Returns σ̂(t) = s/a. */
    default double noiseLevel(double time) {
        return marginal(time).noiseLevel();
    }

    /** Returns (σ̂²)′(t) = g²/a², the rate at which the reduced state gains variance. */
    default double noiseLevelVarianceDerivative(double time) {
        double a = meanScale(time);
        return diffusionSquared(time) / (a * a);
    }

    /**
     * Returns one value of the drift f(x, t) of the forward SDE.
     *
     * @param x the noised value
     * @param y the observed value; anything finite for a process without one
     * @param time t, below {@link #endTime()} for a bridge
     */
    default double drift(double x, double y, double time) {
        return meanScaleDerivative(time) / meanScale(time) * (x - observationScale(time) * y)
                + observationScaleDerivative(time) * y;
    }

    /** Returns g²(t), the squared diffusion coefficient of the forward SDE. */
    default double diffusionSquared(double time) {
        return varianceDerivative(time) - 2 * meanScaleDerivative(time) / meanScale(time) * variance(time);
    }
}
