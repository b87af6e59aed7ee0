package dev.unfog.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;

/** The differentiable operations that the networks here are made of, each the twin of one ONNX operator. */
public final class Layers {
    private Layers() {}

    /**
     * The input times a number, which gradients may be taken of.
     *
     * <p>Not so DJL's own {@code mul(Number)} and {@code div(Number)}, nor its activations with a parameter: they make an array of
     * the number in Java's memory and close it at once, though PyTorch reads it again on the way back; once in some thousands
     * of steps the garbage collector had been there before, and the gradient was wrong without a word. This one lives as
     * long as what the input's manager owns.
     */
    public static NDArray scaled(NDArray input, float factor) {
        return input.mul(input.getManager().create(factor));
    }

    /** x · sigmoid(x), elementwise. */
    static NDArray silu(NDArray input) {
        return input.mul(Activation.sigmoid(input));
    }

    /** Convolution without bias, zero padding that keeps the size where the stride is 1 and the kernel odd (ONNX Conv). */
    static NDArray convolution(NDArray input, NDArray weight, int stride) {
        long kernel = weight.getShape().get(2);
        long padding = stride == 1 ? kernel / 2 : 0;
        return Conv2d.conv2d(input, weight, null, new Shape(stride, stride), new Shape(padding, padding))
                .singletonOrThrow();
    }

    /**
     * Transposed convolution without bias whose stride is its kernel's side; weight [in, out, k, k] (ONNX ConvTranspose).
     *
     * <p>No two outputs overlap then, so that it is a 1×1 convolution to k² times the channels, unfolded into pixels: DJL has
     * no transposed convolution on PyTorch.
     */
    static NDArray transposedConvolution(NDArray input, NDArray weight) {
        Shape shape = weight.getShape();
        long in = shape.get(0);
        long out = shape.get(1);
        long side = shape.get(2);
        NDArray pointwise = weight.transpose(2, 3, 1, 0).reshape(side * side * out, in, 1, 1);
        NDArray folded = convolution(input, pointwise, 1).transpose(0, 2, 3, 1);
        Shape size = folded.getShape();
        long n = size.get(0);
        long h = size.get(1);
        long w = size.get(2);
        return folded.reshape(n, h, w, side, side, out)
                .transpose(0, 1, 3, 2, 4, 5)
                .reshape(n, h * side, w * side, out)
                .transpose(0, 3, 1, 2);
    }

    /**
     * Moves every block×block square of pixels into channels, channel (row · block + column) · C + c (ONNX SpaceToDepth).
     *
     * <p>The copy this needs is laid out channels-last, which PyTorch then keeps through the whole network: its convolutions
     * are faster that way on a CPU.
     */
    static NDArray spaceToDepth(NDArray input, int block) {
        Shape shape = input.getShape();
        long n = shape.get(0);
        long c = shape.get(1);
        long h = shape.get(2) / block;
        long w = shape.get(3) / block;
        return input.reshape(n, c, h, block, w, block)
                .transpose(0, 2, 4, 3, 5, 1)
                .reshape(n, h, w, block * block * c)
                .transpose(0, 3, 1, 2);
    }

    /** The inverse of {@link #spaceToDepth} (ONNX DepthToSpace in its DCR mode). */
    static NDArray depthToSpace(NDArray input, int block) {
        Shape shape = input.getShape();
        long n = shape.get(0);
        long c = shape.get(1) / (block * block);
        long h = shape.get(2);
        long w = shape.get(3);
        return input.transpose(0, 2, 3, 1)
                .reshape(n, h, w, block, block, c)
                .transpose(0, 5, 1, 3, 2, 4)
                .reshape(n, c, h * block, w * block);
    }
}
