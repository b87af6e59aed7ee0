package dev.unfog.api.sde;

/**
 * Langevin dynamics at one noise level after the other.
 *
 * <p>Song and Ermon 2019, "Generative Modeling by Estimating Gradients of the Data Distribution" (NCSN), algorithm 1: at
 * each level û + (α/2) score + √α z with α = η σ̂², where η stands for ε/σ_L² there. The last step is to the network's
 * answer (Jolicoeur-Martineau et al. 2021, "Adversarial score matching and improved sampling for image generation",
 * section 3.2). Stationary only up to a factor 1/(1 − η/4) in the variance of the noise.
 *
 * <p>It draws from all samples that are likely at a noise level. From a noisy observation it therefore wanders off, unless
 * the observation is the measurement of a {@link DataConsistency} too. The noise level must fall slowly: of what is too
 * much at a new level exp(−η/2) remains after each step.
 *
 * @param stepsPerLevel Langevin steps at each noise level, at least 1; 100 in the paper
 * @param relativeStepSize η, 0.2 in the paper; between 0 and 2
 * @since 0.1.0
 */
public record AnnealedLangevinSampler(int stepsPerLevel, double relativeStepSize) implements Sampler {
    /**
     * Creates the sampler.
     *
     * @param stepsPerLevel Langevin steps at each noise level, at least 1; 100 in the paper
     * @param relativeStepSize η, 0.2 in the paper; between 0 and 2
     */
    public AnnealedLangevinSampler {
        if (stepsPerLevel < 1 || stepsPerLevel >= GaussianNoise.DRAW_LIMIT) {
            throw new IllegalArgumentException("stepsPerLevel must be at least 1 and below " + GaussianNoise.DRAW_LIMIT
                    + ", not " + stepsPerLevel);
        }
        if (!(relativeStepSize > 0 && relativeStepSize < 2)) {
            throw new IllegalArgumentException("relativeStepSize must be between 0 and 2, not " + relativeStepSize);
        }
    }

    @Override
    public String name() {
        return "annealed-langevin";
    }

    @Override
    public boolean isDeterministic() {
        return false;
    }

    @Override
    public int networkCalls(SamplingRequest request) {
        double[] levels = request.noiseLevels();
        int fromBridgeEnd = levels[0] == Double.POSITIVE_INFINITY ? 1 : 0;
        int finalCall = levels[levels.length - 1] == Double.POSITIVE_INFINITY ? 0 : 1;
        return fromBridgeEnd + (levels.length - fromBridgeEnd) * stepsPerLevel + finalCall;
    }

    @Override
    public SampleState sample(SamplingRequest request) {
        double pull = relativeStepSize / 2;
        try (SamplingRun run = new SamplingRun(request, networkCalls(request))) {
            for (int i = run.begin(); i <= run.last() && run.level(i) != Double.POSITIVE_INFINITY; i++) {
                for (int draw = 0; draw < stepsPerLevel; draw++) {
                    run.denoise(run.state, run.level(i), run.denoised);
                    run.combine(
                            run.state,
                            run.level(i) * Math.sqrt(relativeStepSize),
                            SamplingRun.stepOf(i),
                            draw,
                            new double[] {1 - pull, pull},
                            run.state,
                            run.denoised);
                }
            }
            return run.finish();
        }
    }
}
