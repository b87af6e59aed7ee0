package dev.unfog.training.speech;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import dev.unfog.training.Layers;

/** Operators that compute at once, with gradients where a collector is open. */
final class TorchOperators implements Operators<NDArray> {
    private final ParameterStore store;
    private final boolean training;

    TorchOperators(ParameterStore store, boolean training) {
        this.store = store;
        this.training = training;
    }

    private NDArray array(Parameter parameter, NDArray like) {
        return store.getValue(parameter, like.getDevice(), training);
    }

    @Override
    public NDArray convolution(NDArray input, Parameter weight, Parameter bias, Geometry geometry) {
        return Conv2d.conv2d(
                        input,
                        array(weight, input),
                        array(bias, input),
                        new Shape(geometry.stride(), 1),
                        new Shape(geometry.frequencyPadding(), geometry.timePadding()),
                        new Shape(1, geometry.dilation()))
                .singletonOrThrow();
    }

    @Override
    public NDArray relu(NDArray input) {
        return Activation.relu(input);
    }

    @Override
    public NDArray add(NDArray left, NDArray right) {
        return left.add(right);
    }

    @Override
    public NDArray subtract(NDArray left, NDArray right) {
        return left.sub(right);
    }

    @Override
    public NDArray multiply(NDArray left, NDArray right) {
        return left.mul(right);
    }

    @Override
    public NDArray divide(NDArray left, NDArray right) {
        return left.div(right);
    }

    @Override
    public NDArray add(NDArray left, float right) {
        return left.add(right);
    }

    @Override
    public NDArray multiply(NDArray left, float right) {
        return Layers.scaled(left, right);
    }

    @Override
    public NDArray exponential(NDArray input) {
        return input.exp();
    }

    @Override
    public NDArray squareRoot(NDArray input) {
        return input.sqrt();
    }

    @Override
    public NDArray channelMean(NDArray input) {
        return input.mean(new int[] {1}, true);
    }

    @Override
    public NDArray concatenate(NDArray first, NDArray second) {
        return first.concat(second, 1);
    }

    @Override
    public NDArray channels(NDArray input, int from, int to) {
        return input.get(new NDIndex(":, {}:{}", from, to));
    }

    @Override
    public NDArray reshape(NDArray input, long... shape) {
        long[] sizes = shape.clone();
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] == 0) {
                sizes[i] = input.getShape().get(i);
            }
        }
        return input.reshape(sizes);
    }

    /** All of it works on values whose channels lie next to each other, since {@link #arranged} began so. */
    @Override
    public NDArray unfold(NDArray input, int factor, int width, int frequencies) {
        long samples = input.getShape().get(0);
        long spectra = input.getShape().get(3);
        return input.transpose(0, 2, 3, 1)
                .reshape(samples, frequencies, spectra, factor, width)
                .transpose(0, 1, 3, 2, 4)
                .reshape(samples, (long) frequencies * factor, spectra, width)
                .transpose(0, 3, 1, 2);
    }

    /**
     * Lays the channels of a place next to each other, which PyTorch then keeps: its convolutions of few channels are much faster
     * so on a CPU.
     */
    @Override
    public NDArray arranged(NDArray input) {
        Shape shape = input.getShape();
        return input.transpose(0, 2, 3, 1)
                .reshape(-1)
                .reshape(shape.get(0), shape.get(2), shape.get(3), shape.get(1))
                .transpose(0, 3, 1, 2);
    }
}
