package dev.unfog.api.sde;

/**
 * A network that takes the noised state itself, the observation and the time; see {@link Denoiser#conditional}.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ConditionalDenoiser {

    /**
     * Writes the denoised state.
     *
     * @param noised x_t, to be read only
     * @param observation y, to be read only
     * @param time t of the process
     * @param denoised receives D, all of it; of the shape of {@code noised}, never the same state
     * @throws dev.unfog.api.UnfogException if the network fails or the work is cancelled
     */
    void denoise(SampleState noised, SampleState observation, double time, SampleState denoised);
}
