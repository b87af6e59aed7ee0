package dev.unfog.api.sde;

import java.util.Map;

/**
 * Like {@link VariancePreservingProcess} with less noise at every time: a = exp(−½∫β), s = 1 − a².
 *
 * <p>Song et al. 2021, "Score-Based Generative Modeling through Stochastic Differential Equations", equation 12.
 *
 * @param lowestRate β_min, 0.1 in the paper; positive
 * @param highestRate β_max, 20 in the paper; at least β_min
 * @param startTime t_ε, positive; 1e-3 for sampling in the paper
 * @since 0.1.0
 */
public record SubVariancePreservingProcess(double lowestRate, double highestRate, double startTime)
        implements ForwardProcess {
    /** The name on a model card. */
    public static final String NAME = "sub-variance-preserving";

    /**
     * Creates the process.
     *
     * @param lowestRate β_min, 0.1 in the paper; positive
     * @param highestRate β_max, 20 in the paper; at least β_min
     * @param startTime t_ε, positive; 1e-3 for sampling in the paper
     */
    public SubVariancePreservingProcess {
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
    public double standardDeviation(double time) {
        return -Math.expm1(-LinearRate.integral(lowestRate, highestRate, time));
    }

    @Override
    public double variance(double time) {
        double s = standardDeviation(time);
        return s * s;
    }

    @Override
    public double varianceDerivative(double time) {
        double a = meanScale(time);
        return 2 * standardDeviation(time) * LinearRate.at(lowestRate, highestRate, time) * a * a;
    }

    @Override
    public double timeOf(double noiseLevel) {
        if (noiseLevel == Double.POSITIVE_INFINITY) {
            return endTime();
        }
        // σ̂ = (1 − a²)/a = 2 sinh(½∫β), and arsinh h = log1p(h + h²/(1 + √(1 + h²))).
        double half = noiseLevel / 2;
        double square = half * half;
        double integral = 2 * Math.log1p(half + square / (1 + Math.sqrt(1 + square)));
        return LinearRate.timeOfIntegral(lowestRate, highestRate, integral);
    }
}
