package dev.unfog.api.sde;

import java.util.Map;

/**
 * The clean sample at the start, the observation itself at the end, noise in between.
 *
 * <p>The Schrödinger bridge between paired data, a reference diffusion held at both ends. With the terms of
 * {@link ReferenceDiffusion} and σ̄² = σ²(1) − σ²: a = α σ̄²/σ²(1), b = (α/α(1)) σ²/σ²(1), s² = α² σ̄² σ²/σ²(1) (Chen et al.
 * 2023, "Schrödinger Bridges Beat Diffusion Models on Text-to-Speech Synthesis", proposition 3.2; Jukić et al. 2024,
 * "Schrödinger Bridge for Generative Speech Enhancement", equation 9). The drift already contains Doob's h-transform
 * toward y.
 *
 * <p>At T = 1 nothing of the clean sample and no noise is left: a = s = 0 and σ̂ is infinite. Samplers therefore begin
 * with the ancestral draw.
 *
 * @since 0.1.0
 */
public final class SchroedingerBridge implements ForwardProcess {
    /** The name on a model card of the bridge with constant diffusion. */
    public static final String BROWNIAN = "brownian-bridge";
    /** The name on a model card of the bridge with variance-exploding diffusion. */
    public static final String EXPLODING = "schroedinger-bridge-exploding";
    /** The name on a model card of the bridge with linearly growing diffusion ("gmax"). */
    public static final String LINEARLY_GROWING = "schroedinger-bridge-gmax";
    /** The name on a model card of the bridge with variance-preserving diffusion. */
    public static final String PRESERVING = "schroedinger-bridge-preserving";

    private final ReferenceDiffusion reference;
    private final double startTime;
    private final double endVariance;
    private final double endScale;

    /**
     * Creates a bridge.
     *
     * @param reference the diffusion that it is the bridge of
     * @param startTime t_ε, 1e-4 in Jukić et al. 2024; between 0 and 1
     */
    public SchroedingerBridge(ReferenceDiffusion reference, double startTime) {
        if (!(startTime > 0 && startTime < 1)) {
            throw new IllegalArgumentException("startTime must be between 0 and 1, not " + startTime);
        }
        this.reference = reference;
        this.startTime = startTime;
        endVariance = reference.accumulatedVariance(1);
        endScale = reference.scale(1);
    }

    /** {@return the diffusion that this is the bridge of} */
    public ReferenceDiffusion reference() {
        return reference;
    }

    @Override
    public String name() {
        if (reference instanceof ReferenceDiffusion.Constant) {
            return BROWNIAN;
        }
        if (reference instanceof ReferenceDiffusion.Exploding) {
            return EXPLODING;
        }
        return reference instanceof ReferenceDiffusion.LinearlyGrowing ? LINEARLY_GROWING : PRESERVING;
    }

    @Override
    public Map<String, Double> constants() {
        if (reference instanceof ReferenceDiffusion.Constant constant) {
            return ProcessConstants.of("g", constant.diffusion(), "t_eps", startTime);
        }
        if (reference instanceof ReferenceDiffusion.Exploding exploding) {
            return ProcessConstants.of("c", exploding.factor(), "k", exploding.base(), "t_eps", startTime);
        }
        if (reference instanceof ReferenceDiffusion.LinearlyGrowing growing) {
            return ProcessConstants.of(
                    "beta_min", growing.lowestRate(), "beta_max", growing.highestRate(), "t_eps", startTime);
        }
        ReferenceDiffusion.Preserving preserving = (ReferenceDiffusion.Preserving) reference;
        return ProcessConstants.of(
                "beta_min",
                preserving.lowestRate(),
                "beta_max",
                preserving.highestRate(),
                "c",
                preserving.factor(),
                "t_eps",
                startTime);
    }

    @Override
    public double startTime() {
        return startTime;
    }

    @Override
    public double endTime() {
        return 1;
    }

    private double remainingVariance(double time) {
        return Math.max(0, endVariance - reference.accumulatedVariance(time));
    }

    @Override
    public double meanScale(double time) {
        return reference.scale(time) * remainingVariance(time) / endVariance;
    }

    @Override
    public double meanScaleDerivative(double time) {
        return reference.scale(time)
                * (reference.driftRate(time) * remainingVariance(time) - reference.accumulatedVarianceDerivative(time))
                / endVariance;
    }

    @Override
    public double observationScale(double time) {
        return reference.scale(time) / endScale * reference.accumulatedVariance(time) / endVariance;
    }

    @Override
    public double observationScaleDerivative(double time) {
        return reference.scale(time)
                / endScale
                * (reference.driftRate(time) * reference.accumulatedVariance(time)
                        + reference.accumulatedVarianceDerivative(time))
                / endVariance;
    }

    @Override
    public double variance(double time) {
        double scale = reference.scale(time);
        return scale * scale * reference.accumulatedVariance(time) * remainingVariance(time) / endVariance;
    }

    @Override
    public double varianceDerivative(double time) {
        double scale = reference.scale(time);
        double accumulated = reference.accumulatedVariance(time);
        double remaining = remainingVariance(time);
        return scale
                * scale
                * (2 * reference.driftRate(time) * accumulated * remaining
                        + reference.accumulatedVarianceDerivative(time) * (remaining - accumulated))
                / endVariance;
    }

    @Override
    public double diffusionSquared(double time) {
        // What the general formula comes to, without its cancellation near the end.
        double scale = reference.scale(time);
        return scale * scale * reference.accumulatedVarianceDerivative(time);
    }

    @Override
    public double timeOf(double noiseLevel) {
        if (noiseLevel == Double.POSITIVE_INFINITY) {
            return 1;
        }
        // σ̂² = σ² σ²(1) / σ̄²
        double squared = noiseLevel * noiseLevel;
        return Math.min(1, reference.timeOfAccumulatedVariance(squared / (squared / endVariance + 1)));
    }

    @Override
    public double priorObservationScale() {
        return 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SchroedingerBridge bridge
                && bridge.reference.equals(reference)
                && bridge.startTime == startTime;
    }

    @Override
    public int hashCode() {
        return 31 * reference.hashCode() + Double.hashCode(startTime);
    }

    @Override
    public String toString() {
        return name() + constants();
    }
}
