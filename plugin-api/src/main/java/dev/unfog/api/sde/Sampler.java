package dev.unfog.api.sde;

/**
 * Walks a forward process backwards with the help of a network, from noise or a noisy sample to a clean one.
 *
 * <p>All of them visit the noise levels of the request from high to low on the reduced state û = x₀ + σ̂ z, and end with
 * the network's answer D at the lowest, the step to σ̂ = 0. From the end of a bridge, where score and ODE are singular, the
 * first step of each is the ancestral draw û = D + σ̂ z. Implementations are immutable and safe for use by many threads; a
 * run belongs to the thread that started it.
 *
 * @since 0.1.0
 */
public interface Sampler {

    /** {@return the name on the command line, such as {@code dpm-solver}} */
    String name();

    /**
     * {@return whether it adds no noise on the way, so that from a noisy observation the seed makes no difference; from the
     * prior the start is still drawn}
     */
    boolean isDeterministic();

    /**
     * {@return how often {@link #sample} will call the network for this request, guidance or not}
     *
     * @param request what is to be sampled
     */
    int networkCalls(SamplingRequest request);

    /**
     * Samples.
     *
     * <p>Besides the result it needs room for one or two more states, all from the request's space.
     *
     * @param request what is to be sampled
     * @return the clean samples, a state that the caller closes
     * @throws dev.unfog.api.UnfogException if it was cancelled, the network failed or there was no room; everything allocated
     *     is given back
     */
    SampleState sample(SamplingRequest request);
}
