package dev.unfog.api.sde;

import java.util.Map;

/**
 * Noise is added and the sample left as it is, the noise level growing geometrically: x_t = x₀ + σ_min (σ_max/σ_min)^t z.
 *
 * <p>Song et al. 2021, "Score-Based Generative Modeling through Stochastic Differential Equations", appendix C, equation
 * 30. As there in practice, the variance at t = 0 is σ_min² and not 0.
 *
 * @param lowestNoiseLevel σ_min, at t = 0, positive
 * @param highestNoiseLevel σ_max, at T = 1, above the lowest
 * @param startTime t_ε, 0 or greater; 1e-5 in the paper
 * @since 0.1.0
 */
public record GeometricVarianceExplodingProcess(double lowestNoiseLevel, double highestNoiseLevel, double startTime)
        implements ForwardProcess {
    /** The name on a model card. */
    public static final String NAME = "geometric-variance-exploding";

    /**
     * Creates the process.
     *
     * @param lowestNoiseLevel σ_min, at t = 0, positive
     * @param highestNoiseLevel σ_max, at T = 1, above the lowest
     * @param startTime t_ε, 0 or greater; 1e-5 in the paper
     */
    public GeometricVarianceExplodingProcess {
        ProcessConstants.positive("lowestNoiseLevel", lowestNoiseLevel);
        ProcessConstants.positive("highestNoiseLevel", highestNoiseLevel);
        ProcessConstants.increasing("lowestNoiseLevel", lowestNoiseLevel, "highestNoiseLevel", highestNoiseLevel);
        if (!(startTime >= 0 && startTime < 1)) {
            throw new IllegalArgumentException("startTime must be at least 0 and below 1, not " + startTime);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, Double> constants() {
        return ProcessConstants.of("sigma_min", lowestNoiseLevel, "sigma_max", highestNoiseLevel, "t_eps", startTime);
    }

    @Override
    public double endTime() {
        return 1;
    }

    @Override
    public double meanScale(double time) {
        return 1;
    }

    @Override
    public double meanScaleDerivative(double time) {
        return 0;
    }

    private double logRatio() {
        return Math.log(highestNoiseLevel / lowestNoiseLevel);
    }

    @Override
    public double variance(double time) {
        return lowestNoiseLevel * lowestNoiseLevel * Math.exp(2 * time * logRatio());
    }

    @Override
    public double varianceDerivative(double time) {
        return 2 * logRatio() * variance(time);
    }

    @Override
    public double timeOf(double noiseLevel) {
        return Math.min(Math.log(noiseLevel / lowestNoiseLevel) / logRatio(), endTime());
    }
}
