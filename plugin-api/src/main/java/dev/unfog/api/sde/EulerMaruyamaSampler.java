package dev.unfog.api.sde;

/**
 * The reverse-time SDE by the Euler–Maruyama method, in the time of the process.
 *
 * <p>Anderson 1982 and Song et al. 2021, "Score-Based Generative Modeling through Stochastic Differential Equations",
 * equation 6 and appendix D. In reduced variables the reverse SDE is dû = −(σ̂²)′ score dt + √(σ̂²)′ dw̄ with
 * score = (D − û)/σ̂², so that a step of length h is û + h (σ̂²)′ (D − û)/σ̂² + √(h (σ̂²)′) z; the linear part of the drift
 * is solved exactly by the change of variables. Needs many steps: a step in which σ̂² falls by more than a factor of
 * about two overshoots.
 *
 * @since 0.1.0
 */
public record EulerMaruyamaSampler() implements Sampler {
    @Override
    public String name() {
        return "euler-maruyama";
    }

    @Override
    public boolean isDeterministic() {
        return false;
    }

    @Override
    public int networkCalls(SamplingRequest request) {
        return request.noiseLevels().length;
    }

    @Override
    public SampleState sample(SamplingRequest request) {
        ForwardProcess process = request.process();
        try (SamplingRun run = new SamplingRun(request, networkCalls(request))) {
            for (int i = run.begin(); i < run.last(); i++) {
                double level = run.level(i);
                double time = process.timeOf(level);
                double gain = (time - process.timeOf(run.level(i + 1))) * process.noiseLevelVarianceDerivative(time);
                double pull = gain / (level * level);
                run.denoise(run.state, level, run.denoised);
                run.combine(
                        run.state,
                        Math.sqrt(gain),
                        SamplingRun.stepOf(i),
                        0,
                        new double[] {1 - pull, pull},
                        run.state,
                        run.denoised);
            }
            return run.finish();
        }
    }
}
