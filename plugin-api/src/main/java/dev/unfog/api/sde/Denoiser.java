package dev.unfog.api.sde;

/**
 * The network's answer to a noised sample: the clean sample that it expects on average, D = E[x₀ | x_t, y].
 *
 * <p>It is handed the whole state and decides itself how to go through it, tile by tile if need be; called once per network
 * call of the sampler, always from the thread that runs the sampler.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Denoiser {

    /**
     * Writes the denoised state.
     *
     * <p>An unconditional network takes û and {@link Marginal#noiseLevel()} as they are. A conditional one takes
     * x_t = {@link Marginal#expand a û + b y}, y and {@link Marginal#time()}. At the end of a bridge the noise level is
     * infinite, û is all zeros and x_t comes out as y, as it should.
     *
     * @param reduced û = (x_t − b y)/a, to be read only
     * @param at the time, the scales and the noise level
     * @param denoised receives D, all of it; of the same shape, never the same state
     * @throws dev.unfog.api.UnfogException if the network fails or the work is cancelled
     */
    void denoise(SampleState reduced, Marginal at, SampleState denoised);

    /**
     * Wraps a network that takes x_t, the observation and the time.
     *
     * @param network the network
     * @param observation y, of the shape of the states; not closed
     * @param space where x_t is put for the length of a call
     * @return a denoiser that calls the network
     */
    static Denoiser conditional(ConditionalDenoiser network, SampleState observation, StateSpace space) {
        return (reduced, at, denoised) -> {
            try (SampleState noised = space.allocate(reduced.shape());
                    BlockSweep sweep = new BlockSweep(BlockSweep.DEFAULT_LENGTH, 1)) {
                double[] weights = {at.meanScale(), at.observationScale()};
                sweep.combine(noised, weights, new SampleState[] {reduced, observation});
                network.denoise(noised, observation, at.time(), denoised);
            }
        };
    }
}
