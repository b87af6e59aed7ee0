package dev.unfog.api.sde;

import java.util.Map;

/**
 * The sample fades while noise comes in, so that data of unit variance keep it: a = exp(−½∫β), s² = 1 − a², with
 * β(t) = β_min + t (β_max − β_min) on 0 to 1.
 *
 * <p>Song et al. 2021, "Score-Based Generative Modeling through Stochastic Differential Equations", equations 11 and 32.
 *
 * @param lowestRate β_min, 0.1 in the paper; positive
 * @param highestRate β_max, 20 in the paper; at least β_min
 * @param startTime t_ε, positive; 1e-3 for sampling in the paper
 * @since 0.1.0
 */
public record VariancePreservingProcess(double lowestRate, double highestRate, double startTime)
        implements ForwardProcess {
    /** The name on a model card. */
    public static final String NAME = "variance-preserving";

    /**
     * Creates the process.
     *
     * @param lowestRate β_min, 0.1 in the paper; positive
     * @param highestRate β_max, 20 in the paper; at least β_min
     * @param startTime t_ε, positive; 1e-3 for sampling in the paper
     */
    public VariancePreservingProcess {
        LinearRate.check(lowestRate, highestRate, startTime);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, Double> constants() {
        return ProcessConstants.of("beta_min", lowestRate, "beta_max", highestRate, "t_eps", startTime);
    }

    @Override
    public double endTime() {
        return 1;
    }

    @Override
    public double meanScale(double time) {
        return Math.exp(-0.5 * LinearRate.integral(lowestRate, highestRate, time));
    }

    @Override
    public double meanScaleDerivative(double time) {
        return -0.5 * LinearRate.at(lowestRate, highestRate, time) * meanScale(time);
    }

    @Override
    public double variance(double time) {
        return -Math.expm1(-LinearRate.integral(lowestRate, highestRate, time));
    }

    @Override
    public double varianceDerivative(double time) {
        double a = meanScale(time);
        return LinearRate.at(lowestRate, highestRate, time) * a * a;
    }

    @Override
    public double timeOf(double noiseLevel) {
        return LinearRate.timeOfIntegral(lowestRate, highestRate, Math.log1p(noiseLevel * noiseLevel));
    }
}
