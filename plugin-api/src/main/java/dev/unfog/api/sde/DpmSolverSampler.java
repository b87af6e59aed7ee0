package dev.unfog.api.sde;

/**
 * The probability-flow ODE by a two-step method of order 2: one network call a step, the last answer used again.
 *
 * <p>DPM-Solver++(2M): Lu et al. 2022, "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models",
 * algorithm 2. In reduced variables, with h = log(σ̂_i/σ̂_{i+1}) and r = h_{i−1}/h_i: û ← e^{−h} û + (1 − e^{−h})
 * ((1 + 1/(2r)) D_i − D_{i−1}/(2r)); the first step is of order 1. Deterministic.
 *
 * @since 0.1.0
 */
public record DpmSolverSampler() implements Sampler {
    @Override
    public String name() {
        return "dpm-solver";
    }

    @Override
    public boolean isDeterministic() {
        return true;
    }

    @Override
    public int networkCalls(SamplingRequest request) {
        return request.noiseLevels().length;
    }

    @Override
    public SampleState sample(SamplingRequest request) {
        try (SamplingRun run = new SamplingRun(request, networkCalls(request))) {
            int first = run.begin();
            SampleState previous = run.last() - first > 1 ? run.allocate() : run.denoised;
            SampleState current = run.denoised;
            for (int i = first; i < run.last(); i++) {
                double ratio = run.level(i + 1) / run.level(i);
                run.denoise(run.state, run.level(i), current);
                if (i == first) {
                    run.combine(run.state, new double[] {ratio, 1 - ratio}, run.state, current);
                } else {
                    double before = Math.log(run.level(i - 1) / run.level(i));
                    double extrapolation = -Math.log(ratio) / (2 * before);
                    run.combine(
                            run.state,
                            new double[] {ratio, (1 - ratio) * (1 + extrapolation), -(1 - ratio) * extrapolation},
                            run.state,
                            current,
                            previous);
                }
                SampleState swap = previous;
                previous = current;
                current = swap;
            }
            return run.finish();
        }
    }
}
