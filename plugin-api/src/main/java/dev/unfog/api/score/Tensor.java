package dev.unfog.api.score;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * A block of 32-bit floats with a shape: what goes into a network and what comes out.
 *
 * <p>Row-major: the last dimension varies fastest, so a batch of pictures is {@code [N, C, H, W]}. The values lie in a
 * direct buffer in native byte order, which a runtime reads and writes without a copy. The creator owns the buffer;
 * whoever is handed a tensor may write to it only where a method says so. Not safe for use by several threads at once.
 *
 * @since 0.1.0
 */
public final class Tensor {
    private final FloatBuffer data;
    private final long[] shape;

    private Tensor(FloatBuffer data, long[] shape) {
        this.data = data;
        this.shape = shape;
    }

    /**
     * {@return a tensor of zeros}
     *
     * @param shape the size of each dimension, each at least 1, fewer than 2^29 values in all
     */
    public static Tensor allocate(long... shape) {
        long count = count(shape);
        if (count > (1L << 29) - 1) {
            throw new IllegalArgumentException("A tensor holds fewer than 2^29 values: " + Arrays.toString(shape));
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(count * Float.BYTES));
        return new Tensor(bytes.order(ByteOrder.nativeOrder()).asFloatBuffer(), shape.clone());
    }

    /**
     * {@return a tensor that holds a copy of an array}
     *
     * @param values the values in row-major order, as many as the shape says
     * @param shape the size of each dimension
     */
    public static Tensor of(float[] values, long... shape) {
        if (values.length != count(shape)) {
            throw new IllegalArgumentException(values.length + " values do not fill " + Arrays.toString(shape));
        }
        Tensor tensor = allocate(shape);
        tensor.data.put(0, values);
        return tensor;
    }

    /**
     * {@return another view of the first values of this tensor, sharing its memory, so that one allocation serves
     * tiles of several sizes}
     *
     * @param shape the size of each dimension, in all no more values than this tensor's memory holds
     */
    public Tensor view(long... shape) {
        long count = count(shape);
        if (count > data.capacity()) {
            throw new IllegalArgumentException(
                    Arrays.toString(shape) + " needs more than the " + data.capacity() + " values there are");
        }
        FloatBuffer whole = data.duplicate();
        whole.clear();
        return new Tensor(whole, shape.clone());
    }

    /**
     * {@return the values, from position 0 to {@link #count()}, as a view that shares this tensor's memory but has its
     * own position and limit}
     */
    public FloatBuffer data() {
        FloatBuffer view = data.duplicate();
        view.clear();
        view.limit(Math.toIntExact(count()));
        return view;
    }

    /** {@return a copy of the sizes of the dimensions} */
    public long[] shape() {
        return shape.clone();
    }

    /** {@return how many dimensions there are} */
    public int rank() {
        return shape.length;
    }

    /**
     * {@return the size of one dimension}
     *
     * @param dimension from 0
     */
    public long size(int dimension) {
        return shape[dimension];
    }

    /** {@return how many values the shape holds} */
    public long count() {
        return count(shape);
    }

    /** {@return a copy of the values in row-major order} */
    public float[] toArray() {
        float[] values = new float[Math.toIntExact(count())];
        data().get(values);
        return values;
    }

    private static long count(long[] shape) {
        long count = 1;
        for (long size : shape) {
            if (size < 1) {
                throw new IllegalArgumentException("Every dimension is at least 1: " + Arrays.toString(shape));
            }
            count = Math.multiplyExact(count, size);
        }
        return count;
    }

    @Override
    public String toString() {
        return "Tensor" + Arrays.toString(shape);
    }
}
