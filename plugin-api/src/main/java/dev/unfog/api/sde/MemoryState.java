package dev.unfog.api.sde;

import java.util.Objects;

/**
 * A state in an array, of fewer than 2^31 values. Its methods are thread-safe for ranges that do not overlap.
 *
 * @since 0.1.0
 */
public final class MemoryState implements SampleState {
    private final StateShape shape;
    private final float[] values;

    /**
     * Creates a state of zeros.
     *
     * @param shape its shape
     * @throws IllegalArgumentException if an array cannot hold it
     */
    public MemoryState(StateShape shape) {
        this(shape, new float[length(shape)]);
    }

    /**
     * Creates a state on an array.
     *
     * @param shape its shape
     * @param values exactly as many values as the shape has; kept, not copied, and written to
     * @throws IllegalArgumentException if the length of the array is another
     */
    public MemoryState(StateShape shape, float[] values) {
        if (values.length != shape.size()) {
            throw new IllegalArgumentException(shape + " has " + shape.size() + " values, not " + values.length);
        }
        this.shape = shape;
        this.values = values;
    }

    private static int length(StateShape shape) {
        if (shape.size() > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(shape + " is too large for an array; use a state in a file");
        }
        return (int) shape.size();
    }

    @Override
    public StateShape shape() {
        return shape;
    }

    /** {@return the array itself; what is written to it is in the state} */
    public float[] values() {
        return values;
    }

    @Override
    public void read(long offset, float[] into, int from, int length) {
        Objects.checkFromIndexSize(offset, length, values.length);
        System.arraycopy(values, (int) offset, into, from, length);
    }

    @Override
    public void write(long offset, float[] source, int from, int length) {
        Objects.checkFromIndexSize(offset, length, values.length);
        System.arraycopy(source, from, values, (int) offset, length);
    }

    @Override
    public void close() {
        // The garbage collector does it.
    }
}
