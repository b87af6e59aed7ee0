package dev.unfog.training;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Memory for some examples, to be drawn into again and again; for one thread at a time.
 *
 * @param inputs of the network, each {@code [size][…]}
 * @param target {@code [size][…]}
 * @param weight of each value's squared error, the shape of the target
 * @param size examples that it holds
 */
record Batch(FloatBuffer[] inputs, FloatBuffer target, FloatBuffer weight, int size) {

    static Batch allocate(ExampleSource examples, int size) {
        int[][] shapes = examples.inputShapes();
        FloatBuffer[] inputs = new FloatBuffer[shapes.length];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = buffer(shapes[i], size);
        }
        return new Batch(inputs, buffer(examples.targetShape(), size), buffer(examples.targetShape(), size), size);
    }

    private static FloatBuffer buffer(int[] shape, int size) {
        int length = size;
        for (int dimension : shape) {
            length = Math.multiplyExact(length, dimension);
        }
        return ByteBuffer.allocateDirect(Math.multiplyExact(length, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /** Draws the examples from number {@code first} on. */
    void draw(ExampleSource examples, long first) {
        for (FloatBuffer input : inputs) {
            input.clear();
        }
        target.clear();
        weight.clear();
        for (int i = 0; i < size; i++) {
            examples.draw(first + i, inputs, target, weight);
        }
    }
}
