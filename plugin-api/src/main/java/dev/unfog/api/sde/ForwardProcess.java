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
 *
 * @since 0.1.0
 */
public interface ForwardProcess {

    /** {@return the name by which a model card calls this process, such as {@code variance-preserving}} */
    String name();

    /** {@return the constants by name, as a model card holds them; in a fixed order, not to be changed} */
    Map<String, Double> constants();

    /** {@return t_ε, the smallest time that a network was trained on and a sampler goes to} */
    double startTime();

    /** {@return T, the time at which sampling from the prior begins} */
    double endTime();

    /**
     * {@return a(t), the factor of the clean sample}
     *
     * @param time the time t of the process
     */
    double meanScale(double time);

    /**
     * {@return a′(t)}
     *
     * @param time the time t of the process
     */
    double meanScaleDerivative(double time);

    /**
     * {@return b(t), the factor of the observation; 0 for a process without one}
     *
     * @param time the time t of the process
     */
    default double observationScale(double time) {
        return 0;
    }

    /**
     * {@return b′(t)}
     *
     * @param time the time t of the process
     */
    default double observationScaleDerivative(double time) {
        return 0;
    }

    /**
     * {@return s²(t), the variance of the noise}
     *
     * @param time the time t of the process
     */
    double variance(double time);

    /**
     * {@return (s²)′(t)}
     *
     * @param time the time t of the process
     */
    double varianceDerivative(double time);

    /**
     * {@return the time at which the noise level σ̂ = s/a is the one given; {@link #endTime()} for infinity}
     *
     * @param noiseLevel the noise level σ, in the units of the data
     */
    double timeOf(double noiseLevel);

    /**
     * {@return the factor of the observation in the prior: sampling begins at this times y plus s(T) z}
     *
     * <p>0 where sampling begins with noise alone, 1 where it begins around the observation.
     */
    default double priorObservationScale() {
        return 0;
    }

    /**
     * {@return s(t), the standard deviation of the noise}
     *
     * @param time the time t of the process
     */
    default double standardDeviation(double time) {
        return Math.sqrt(variance(time));
    }

    /**
     * {@return the distribution of x_t for a given clean sample and observation}
     *
     * @param time the time t of the process
     */
    default Marginal marginal(double time) {
        return new Marginal(time, meanScale(time), observationScale(time), standardDeviation(time));
    }

    /**
     * {@return σ̂(t) = s/a}
     *
     * @param time the time t of the process
     */
    default double noiseLevel(double time) {
        return marginal(time).noiseLevel();
    }

    /**
     * {@return (σ̂²)′(t) = g²/a², the rate at which the reduced state gains variance}
     *
     * @param time the time t of the process
     */
    default double noiseLevelVarianceDerivative(double time) {
        double a = meanScale(time);
        return diffusionSquared(time) / (a * a);
    }

    /**
     * {@return one value of the drift f(x, t) of the forward SDE}
     *
     * @param x the noised value
     * @param y the observed value; anything finite for a process without one
     * @param time t, below {@link #endTime()} for a bridge
     */
    default double drift(double x, double y, double time) {
        return meanScaleDerivative(time) / meanScale(time) * (x - observationScale(time) * y)
                + observationScaleDerivative(time) * y;
    }

    /**
     * {@return g²(t), the squared diffusion coefficient of the forward SDE}
     *
     * @param time the time t of the process
     */
    default double diffusionSquared(double time) {
        return varianceDerivative(time) - 2 * meanScaleDerivative(time) / meanScale(time) * variance(time);
    }
}
