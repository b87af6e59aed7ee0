package dev.unfog.api.score;

/**
 * A network trained by denoising score matching, ready to run: noisy data in, the expected clean data out.
 *
 * <p>Its output D is the mean of the clean data given the noisy state; the score follows from it by Tweedie's formula,
 * {@code (a D + b y - x) / s²}. Nothing in it depends on the other samples of a batch or, further than the receptive field,
 * on the rest of the sample.
 *
 * <p>The host opens networks and shares the memory of those that are open more than once. Calls from several threads are
 * allowed, on tensors of their own. Close it after use; it is an error to use it afterwards.
 *
 * @since 0.1.0
 */
public interface ScoreNetwork extends AutoCloseable {

    /** {@return what the network says about itself} */
    NetworkCard card();

    /** {@return where the network runs} */
    Device device();

    /**
     * Removes noise of a known level; for networks whose conditioning is {@link NetworkCard.Conditioning#NOISE}.
     *
     * @param x the state divided by a(t), shape {@code [N, C, ...]}; read only
     * @param noise the reduced noise level s/a in the units of {@code x}, above 0, shape {@code [N, 1 or C, 1 or H, 1 or W]}: per
     *     sample, per channel or per element; one for all N samples, {@code [1, …]}, where the graph broadcasts it, as those that
     *     Unfog trains do; read only
     * @param denoised receives the denoised data, the shape of {@code x}
     * @throws IllegalArgumentException if a shape does not fit the network's card
     * @throws dev.unfog.api.UnfogException if the runtime fails, for example for want of memory
     */
    void denoise(Tensor x, Tensor noise, Tensor denoised);

    /**
     * Removes noise given an observation; for networks whose conditioning is {@link NetworkCard.Conditioning#OBSERVATION}.
     *
     * @param x the state x_t, shape {@code [N, C, ...]}; read only
     * @param y the observation, shape {@code [N, C', ...]}; read only
     * @param time the time t of the card's process, shape {@code [N]}; read only
     * @param denoised receives the denoised data, the shape of {@code x}
     * @throws IllegalArgumentException if a shape does not fit the network's card
     * @throws dev.unfog.api.UnfogException if the runtime fails, for example for want of memory
     */
    void denoise(Tensor x, Tensor y, Tensor time, Tensor denoised);

    /** Gives the network back. Closing twice is harmless. */
    @Override
    void close();
}
