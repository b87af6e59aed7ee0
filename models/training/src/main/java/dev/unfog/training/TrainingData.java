package dev.unfog.training;

import java.nio.FloatBuffer;

/** Clean samples to learn from, drawn by number. */
interface TrainingData {
    /** Sizes of one sample without the batch axis, for instance {3, 64, 64}. */
    int[] sampleShape();

    /**
     * Writes sample number {@code index} at the buffer's position and moves the position past it.
     *
     * <p>The sample depends on the index alone, so that a resumed run sees what an uninterrupted one would have seen.
     */
    void draw(long index, FloatBuffer sample);
}
