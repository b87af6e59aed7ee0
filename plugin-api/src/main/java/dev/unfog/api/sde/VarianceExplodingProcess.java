package dev.unfog.api.sde;

import java.util.Map;

/**
 * Noise is added and the sample left as it is, the time being the noise level itself: x_t = x₀ + t z.
 *
 * <p>Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based Generative Models", table 1, s(t) = t.
 *
 * @param lowestNoiseLevel σ_min and t_ε, positive
 * @param highestNoiseLevel σ_max and T, above the lowest
 * @since 0.1.0
 */
public record VarianceExplodingProcess(double lowestNoiseLevel, double highestNoiseLevel) implements ForwardProcess {
    /** The name on a model card. */
    public static final String NAME = "variance-exploding";

    /**
     * Creates the process.
     *
     * @param lowestNoiseLevel σ_min and t_ε, positive
     * @param highestNoiseLevel σ_max and T, above the lowest
     */
    public VarianceExplodingProcess {
        ProcessConstants.positive("lowestNoiseLevel", lowestNoiseLevel);
        ProcessConstants.positive("highestNoiseLevel", highestNoiseLevel);
        ProcessConstants.increasing("lowestNoiseLevel", lowestNoiseLevel, "highestNoiseLevel", highestNoiseLevel);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, Double> constants() {
        return ProcessConstants.of("sigma_min", lowestNoiseLevel, "sigma_max", highestNoiseLevel);
    }

    @Override
    public double startTime() {
        return lowestNoiseLevel;
    }

    @Override
    public double endTime() {
        return highestNoiseLevel;
    }

    @Override
    public double meanScale(double time) {
        return 1;
    }

    @Override
    public double meanScaleDerivative(double time) {
        return 0;
    }

    @Override
    public double variance(double time) {
        return time * time;
    }

    @Override
    public double varianceDerivative(double time) {
        return 2 * time;
    }

    @Override
    public double timeOf(double noiseLevel) {
        return Math.min(noiseLevel, endTime());
    }
}
