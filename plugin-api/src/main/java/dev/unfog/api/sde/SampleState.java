package dev.unfog.api.sde;

/**
 * The values of one or more samples while a sampler works on them; they may lie in a file and be larger than memory.
 *
 * <p>Planar, as {@link StateShape} says. Values are 32-bit floats in the unit of the network. An implementation lets many
 * threads read and write at once as long as no range is written by one and touched by another.
 *
 * @since 0.1.0
 */
public interface SampleState extends AutoCloseable {

    /** {@return the shape} */
    StateShape shape();

    /**
     * Copies consecutive values out.
     *
     * @param offset the flat index of the first value
     * @param into receives the values; owned by the caller
     * @param from the index in {@code into} of the first
     * @param length how many
     * @throws IndexOutOfBoundsException if the range is not within the state
     * @throws dev.unfog.api.UnfogException if the storage fails
     */
    void read(long offset, float[] into, int from, int length);

    /**
     * Copies consecutive values in.
     *
     * @param offset the flat index of the first value
     * @param values the values; not kept
     * @param from the index in {@code values} of the first
     * @param length how many
     * @throws IndexOutOfBoundsException if the range is not within the state
     * @throws dev.unfog.api.UnfogException if the storage fails, a full disk for one
     */
    void write(long offset, float[] values, int from, int length);

    /** Gives the storage back; may be called twice. */
    @Override
    void close();
}
