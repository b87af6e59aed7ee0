package dev.unfog.api.sde;

/**
 * The probability-flow ODE by Heun's method of order 2, with a little fresh noise before each step if asked.
 *
 * <p>Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based Generative Models", algorithms 1 and 2. Two
 * network calls a step, one for the last. Without churn it is deterministic.
 *
 * @param churn S_churn, 0 or more; a step's noise level is first raised by the factor 1 + min(S_churn/N, √2 − 1)
 * @param churnLowest S_tmin, no churn at noise levels below it
 * @param churnHighest S_tmax, no churn at noise levels above it
 * @param noiseInflation S_noise, the factor of the fresh noise; 1 for exact, 1.003 to 1.007 in the paper against
 *     networks that remove slightly too much
 * @since 0.1.0
 */
public record HeunSampler(double churn, double churnLowest, double churnHighest, double noiseInflation)
        implements Sampler {
    /**
     * Creates the sampler.
     *
     * @param churn S_churn, 0 or more; a step's noise level is first raised by the factor 1 + min(S_churn/N, √2 − 1)
     * @param churnLowest S_tmin, no churn at noise levels below it
     * @param churnHighest S_tmax, no churn at noise levels above it
     * @param noiseInflation S_noise, the factor of the fresh noise; 1 for exact, 1.003 to 1.007 in the paper against networks that remove slightly too much
     */
    public HeunSampler {
        if (!(churn >= 0)) {
            throw new IllegalArgumentException("churn must be at least 0, not " + churn);
        }
        ProcessConstants.positive("noiseInflation", noiseInflation);
    }

    /** Creates the deterministic sampler. */
    public HeunSampler() {
        this(0);
    }

    /**
     * Creates a sampler that churns at every noise level.
     *
     * @param churn S_churn, 0 or more
     */
    public HeunSampler(double churn) {
        this(churn, 0, Double.POSITIVE_INFINITY, 1);
    }

    @Override
    public String name() {
        return "heun";
    }

    @Override
    public boolean isDeterministic() {
        return churn == 0;
    }

    @Override
    public int networkCalls(SamplingRequest request) {
        double[] levels = request.noiseLevels();
        return 2 * levels.length - 1 - (SamplingRun.beginsAtBridgeEnd(levels) ? 1 : 0);
    }

    @Override
    public SampleState sample(SamplingRequest request) {
        ForwardProcess process = request.process();
        double endLevel = process.noiseLevel(process.endTime());
        int steps = request.noiseLevels().length;
        try (SamplingRun run = new SamplingRun(request, networkCalls(request))) {
            SampleState second = steps > 1 ? run.allocate() : run.denoised;
            for (int i = run.begin(); i < run.last(); i++) {
                double level = run.level(i);
                double next = run.level(i + 1);
                if (churn > 0 && level >= churnLowest && level <= churnHighest) {
                    double factor = 1 + Math.min(churn / steps, Math.sqrt(2) - 1);
                    // The network knows nothing above the end of the process.
                    double raised = Math.min(level * factor, endLevel);
                    run.combine(
                            run.state,
                            noiseInflation * Math.sqrt((raised - level) * (raised + level)),
                            SamplingRun.stepOf(i),
                            0,
                            new double[] {1},
                            run.state);
                    level = raised;
                }
                // Euler's step is û_e = q û + (1 − q) D, kept in place of û, which the second half takes back out of
                // it.
                double ratio = next / level;
                run.denoise(run.state, level, run.denoised);
                run.combine(run.state, new double[] {ratio, 1 - ratio}, run.state, run.denoised);
                run.denoise(run.state, next, second);
                // û + (σ' − σ) ½ [(û − D)/σ + (û_e − D')/σ'] with û = (û_e − (1 − q) D)/q
                double half = 0.5 * (ratio - 1);
                double before = 1 + half;
                double after = half / ratio;
                run.combine(
                        run.state,
                        new double[] {before / ratio + after, -before * (1 - ratio) / ratio - half, -after},
                        run.state,
                        run.denoised,
                        second);
            }
            return run.finish();
        }
    }
}
