package dev.unfog.api.sde;

/**
 * A step of reverse diffusion after every few steps of Langevin dynamics at the same noise level, as SGMSE+ samples.
 *
 * <p>Song et al. 2021, "Score-Based Generative Modeling through Stochastic Differential Equations", algorithm 1: the
 * corrector is annealed Langevin dynamics with step ε = 2 (r σ̂)² (Richter et al. 2023, section IV-B), the predictor the
 * reverse-diffusion sampler, û + (σ̂_i² − σ̂_{i+1}²)(D − û)/σ̂_i² + √(σ̂_i² − σ̂_{i+1}²) z in reduced variables (appendix E,
 * equation 46).
 *
 * <p>The corrector draws from all samples that are likely at its noise level. From a noisy observation it therefore
 * wanders off, unless the observation is the measurement of a {@link DataConsistency} too.
 *
 * @param correctorSteps Langevin steps at each noise level, 0 or more; 1 in the papers
 * @param signalToNoiseRatio r, which sets the length of a Langevin step; 0.16 for pictures (Song 2021), 0.5 for speech
 *     (Richter 2023); below 1
 * @since 0.1.0
 */
public record PredictorCorrectorSampler(int correctorSteps, double signalToNoiseRatio) implements Sampler {
    /**
     * Creates the sampler.
     *
     * @param correctorSteps Langevin steps at each noise level, 0 or more; 1 in the papers
     * @param signalToNoiseRatio r, which sets the length of a Langevin step; 0.16 for pictures (Song 2021), 0.5 for speech (Richter 2023); below 1
     */
    public PredictorCorrectorSampler {
        if (correctorSteps < 0 || correctorSteps >= GaussianNoise.DRAW_LIMIT - 1) {
            throw new IllegalArgumentException("correctorSteps must be at least 0, not " + correctorSteps);
        }
        if (!(signalToNoiseRatio > 0 && signalToNoiseRatio < 1)) {
            throw new IllegalArgumentException("signalToNoiseRatio must be between 0 and 1, not " + signalToNoiseRatio);
        }
    }

    @Override
    public String name() {
        return "predictor-corrector";
    }

    @Override
    public boolean isDeterministic() {
        return false;
    }

    @Override
    public int networkCalls(SamplingRequest request) {
        double[] levels = request.noiseLevels();
        int uncorrected = levels[0] == Double.POSITIVE_INFINITY ? 1 : 0;
        return levels.length + (levels.length - uncorrected) * correctorSteps;
    }

    @Override
    public SampleState sample(SamplingRequest request) {
        try (SamplingRun run = new SamplingRun(request, networkCalls(request))) {
            for (int i = run.begin(); i <= run.last(); i++) {
                double level = run.level(i);
                if (level != Double.POSITIVE_INFINITY) {
                    correct(run, i, level);
                }
                if (i < run.last()) {
                    double next = run.level(i + 1);
                    double kept = next * next / (level * level);
                    run.denoise(run.state, level, run.denoised);
                    run.combine(
                            run.state,
                            Math.sqrt((level - next) * (level + next)),
                            SamplingRun.stepOf(i),
                            0,
                            new double[] {kept, 1 - kept},
                            run.state,
                            run.denoised);
                }
            }
            return run.finish();
        }
    }

    private void correct(SamplingRun run, int index, double level) {
        // ε score = 2 r² (D − û)
        double pull = 2 * signalToNoiseRatio * signalToNoiseRatio;
        for (int draw = 1; draw <= correctorSteps; draw++) {
            run.denoise(run.state, level, run.denoised);
            run.combine(
                    run.state,
                    level * Math.sqrt(2 * pull),
                    SamplingRun.stepOf(index),
                    draw,
                    new double[] {1 - pull, pull},
                    run.state,
                    run.denoised);
        }
    }
}
