package dev.unfog.api.train;

import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * Clean samples to learn from, drawn by number.
 *
 * <p>Drawn on several threads at once.
 *
 * @since 0.1.0
 */
public interface TrainingData {

    /** {@return the sizes of one sample without the batch axis, channels first, such as {3, 64, 64}; a fresh array} */
    int[] sampleShape();

    /**
     * Writes one sample at the buffer's position and moves the position past it.
     *
     * @param index which sample, from 0; the sample depends on it alone, so that a training that goes on from a checkpoint sees
     *     what an unbroken one would have seen
     * @param sample belongs to the caller; has room for at least one sample
     */
    void draw(long index, FloatBuffer sample);

    /** {@return samples of the same kind, perhaps of another size, that training never sees, if there are any} */
    default Optional<TrainingData> heldOut() {
        return Optional.empty();
    }
}
