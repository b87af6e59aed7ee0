package dev.unfog.training;

import java.nio.FloatBuffer;

/**
 * What a network is trained on: examples drawn by number, each the inputs of the network, the answer wanted, and a weight
 * per element of the answer.
 */
public interface ExampleSource {
    /** Sizes of each input without the batch axis, in the order in which the network takes them. */
    int[][] inputShapes();

    /** Sizes of the answer, and of its weights, without the batch axis. */
    int[] targetShape();

    /** Writes example number {@code index} at the buffers' positions and moves them past it; a function of the index alone. */
    void draw(long index, FloatBuffer[] inputs, FloatBuffer target, FloatBuffer weight);
}
