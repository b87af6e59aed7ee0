package dev.unfog.api.sde;

/**
 * Jumps to the network's answer and back up to the next noise level, with as much fresh noise as asked: DDIM, and with all
 * of it DDPM's ancestral sampling.
 *
 * <p>Song et al. 2021, "Denoising Diffusion Implicit Models", equations 12 and 16; with η = 1 the draw from
 * q(x_{i+1} | x_i, x₀ = D) of Ho et al. 2020, "Denoising Diffusion Probabilistic Models", equations 6 and 7. In reduced
 * variables û ← D + √(σ̂_{i+1}² − v²) (û − D)/σ̂_i + v z with v² = η² σ̂_{i+1}² (1 − σ̂_{i+1}²/σ̂_i²). With η = 0 it is
 * Euler's method for the probability-flow ODE dû/dσ̂ = (û − D)/σ̂, of order 1.
 *
 * @param name the name on the command line
 * @param noisiness η, from 0 (deterministic) to 1 (ancestral)
 * @since 0.1.0
 */
public record ImplicitSampler(String name, double noisiness) implements Sampler {
    /**
     * Creates the sampler.
     *
     * @param name the name on the command line
     * @param noisiness η, from 0 (deterministic) to 1 (ancestral)
     */
    public ImplicitSampler {
        if (!(noisiness >= 0 && noisiness <= 1)) {
            throw new IllegalArgumentException("noisiness must be from 0 to 1, not " + noisiness);
        }
    }

    /**
     * {@return DDIM with the given η}
     *
     * @param noisiness how much of the ancestral noise is drawn: 0 none, 1 all
     */
    public static ImplicitSampler ddim(double noisiness) {
        return new ImplicitSampler("ddim", noisiness);
    }

    /** {@return DDPM's ancestral sampling} */
    public static ImplicitSampler ddpm() {
        return new ImplicitSampler("ddpm", 1);
    }

    @Override
    public boolean isDeterministic() {
        return noisiness == 0;
    }

    @Override
    public int networkCalls(SamplingRequest request) {
        return request.noiseLevels().length;
    }

    @Override
    public SampleState sample(SamplingRequest request) {
        try (SamplingRun run = new SamplingRun(request, networkCalls(request))) {
            for (int i = run.begin(); i < run.last(); i++) {
                double level = run.level(i);
                double next = run.level(i + 1);
                double ratio = next / level;
                double fresh = noisiness * Math.sqrt((1 - ratio) * (1 + ratio));
                double kept = ratio * Math.sqrt(1 - fresh * fresh);
                run.denoise(run.state, level, run.denoised);
                run.combine(
                        run.state,
                        next * fresh,
                        SamplingRun.stepOf(i),
                        0,
                        new double[] {kept, 1 - kept},
                        run.state,
                        run.denoised);
            }
            return run.finish();
        }
    }
}
