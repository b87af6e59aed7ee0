package dev.unfog.plugins.image;

import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.StateShape;
import dev.unfog.api.sde.StateSpace;

/**
 * The mean and the standard deviation of samples that come one after the other.
 *
 * <p>Welford 1962, "Note on a Method for Calculating Corrected Sums of Squares and Products". For one thread.
 */
final class RunningMoments implements AutoCloseable {
    private static final int BLOCK = 1 << 16;

    private final SampleState mean;
    private final SampleState squares;
    private int count;

    RunningMoments(StateSpace space, StateShape shape) {
        mean = space.allocate(shape);
        try {
            squares = space.allocate(shape);
        } catch (RuntimeException e) {
            mean.close();
            throw e;
        }
    }

    /** Adds a sample, which is not kept. */
    void add(SampleState sample) {
        count++;
        float[] values = new float[BLOCK];
        float[] means = new float[BLOCK];
        float[] sums = new float[BLOCK];
        long size = sample.shape().size();
        for (long offset = 0; offset < size; offset += BLOCK) {
            int length = (int) Math.min(BLOCK, size - offset);
            sample.read(offset, values, 0, length);
            mean.read(offset, means, 0, length);
            squares.read(offset, sums, 0, length);
            for (int i = 0; i < length; i++) {
                float before = values[i] - means[i];
                means[i] += before / count;
                sums[i] += before * (values[i] - means[i]);
            }
            mean.write(offset, means, 0, length);
            squares.write(offset, sums, 0, length);
        }
    }

    /** Returns the mean, which this owns. */
    SampleState mean() {
        return mean;
    }

    /** Turns the sums of squares into standard deviations and returns them; nothing can be added afterwards. */
    SampleState deviation() {
        float[] sums = new float[BLOCK];
        long size = squares.shape().size();
        for (long offset = 0; offset < size; offset += BLOCK) {
            int length = (int) Math.min(BLOCK, size - offset);
            squares.read(offset, sums, 0, length);
            for (int i = 0; i < length; i++) {
                sums[i] = (float) Math.sqrt(Math.max(0, sums[i]) / Math.max(1, count - 1));
            }
            squares.write(offset, sums, 0, length);
        }
        return squares;
    }

    @Override
    public void close() {
        mean.close();
        squares.close();
    }
}
