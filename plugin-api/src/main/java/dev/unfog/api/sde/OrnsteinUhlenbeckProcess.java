package dev.unfog.api.sde;

import java.util.Map;

/**
 * The clean sample drifts to the observation while noise grows (OUVE, as in SGMSE+): a = exp(−γt), b = 1 − a,
 * s² = σ_min² (r^(2t) − e^(−2γt)) ln r / (γ + ln r), with r = σ_max/σ_min.
 *
 * <p>Richter et al. 2023, "Speech Enhancement and Dereverberation with Diffusion-based Generative Models", equations 6,
 * 9 and 10. T is 1; sampling begins at y + s(T) z.
 *
 * @param stiffness γ, how fast it drifts to the observation; 1.5 in the paper; positive
 * @param lowestNoiseLevel σ_min, 0.05 in the paper; positive
 * @param highestNoiseLevel σ_max, 0.5 in the paper; above σ_min
 * @param startTime t_ε, 0.03 in the paper; between 0 and 1
 * @since 0.1.0
 */
public record OrnsteinUhlenbeckProcess(
        double stiffness, double lowestNoiseLevel, double highestNoiseLevel, double startTime)
        implements ForwardProcess {
    /** The name on a model card. */
    public static final String NAME = "ouve";

    /**
     * Creates the process.
     *
     * @param stiffness γ, how fast it drifts to the observation; 1.5 in the paper; positive
     * @param lowestNoiseLevel σ_min, 0.05 in the paper; positive
     * @param highestNoiseLevel σ_max, 0.5 in the paper; above σ_min
     * @param startTime t_ε, 0.03 in the paper; between 0 and 1
     */
    public OrnsteinUhlenbeckProcess {
        ProcessConstants.positive("stiffness", stiffness);
        ProcessConstants.positive("lowestNoiseLevel", lowestNoiseLevel);
        ProcessConstants.positive("highestNoiseLevel", highestNoiseLevel);
        ProcessConstants.increasing("lowestNoiseLevel", lowestNoiseLevel, "highestNoiseLevel", highestNoiseLevel);
        if (!(startTime > 0 && startTime < 1)) {
            throw new IllegalArgumentException("startTime must be between 0 and 1, not " + startTime);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, Double> constants() {
        return ProcessConstants.of(
                "gamma", stiffness, "sigma_min", lowestNoiseLevel, "sigma_max", highestNoiseLevel, "t_eps", startTime);
    }

    @Override
    public double endTime() {
        return 1;
    }

    @Override
    public double meanScale(double time) {
        return Math.exp(-stiffness * time);
    }

    @Override
    public double meanScaleDerivative(double time) {
        return -stiffness * meanScale(time);
    }

    @Override
    public double observationScale(double time) {
        return -Math.expm1(-stiffness * time);
    }

    @Override
    public double observationScaleDerivative(double time) {
        return stiffness * meanScale(time);
    }

    private double logRatio() {
        return Math.log(highestNoiseLevel / lowestNoiseLevel);
    }

    /** Returns σ_min² ln r / (γ + ln r). */
    private double factor() {
        double logRatio = logRatio();
        return lowestNoiseLevel * lowestNoiseLevel * logRatio / (stiffness + logRatio);
    }

    @Override
    public double variance(double time) {
        return factor() * (Math.expm1(2 * time * logRatio()) - Math.expm1(-2 * stiffness * time));
    }

    @Override
    public double varianceDerivative(double time) {
        double logRatio = logRatio();
        return factor() * 2 * (logRatio * Math.exp(2 * time * logRatio) + stiffness * Math.exp(-2 * stiffness * time));
    }

    @Override
    public double timeOf(double noiseLevel) {
        // σ̂² = factor · (e^(2t(γ + ln r)) − 1)
        double time = 0.5 * Math.log1p(noiseLevel * noiseLevel / factor()) / (stiffness + logRatio());
        return Math.min(time, endTime());
    }

    @Override
    public double priorObservationScale() {
        return 1;
    }
}
