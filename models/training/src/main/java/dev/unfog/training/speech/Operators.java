package dev.unfog.training.speech;

import ai.djl.nn.Parameter;

/**
 * The operators that the speech network is made of, so that it is written down once for training and for release.
 *
 * @param <V> what a value is: an array while training, the name of a result in an ONNX graph
 */
interface Operators<V> {
    /**
     * Convolution over frequency and time with a bias; zeros stand outside the edges.
     *
     * @param weight [out, in, frequency taps, time taps]
     * @param bias [out]
     */
    V convolution(V input, Parameter weight, Parameter bias, Geometry geometry);

    /**
     * How a convolution moves.
     *
     * @param stride step over frequency
     * @param frequencyPadding zeros at either end of the frequencies
     * @param timePadding zeros at either end of time
     * @param dilation distance of the taps over time
     */
    record Geometry(int stride, int frequencyPadding, int timePadding, int dilation) {
        /** Keeps the size; taps must be odd in number. */
        static Geometry same(Parameter weight, int dilation) {
            int frequency = (int) weight.getShape().get(2) / 2;
            int time = (int) weight.getShape().get(3) / 2;
            return new Geometry(1, frequency, time * dilation, dilation);
        }
    }

    V relu(V input);

    V add(V left, V right);

    V subtract(V left, V right);

    V multiply(V left, V right);

    V divide(V left, V right);

    V add(V left, float right);

    V multiply(V left, float right);

    V exponential(V input);

    V squareRoot(V input);

    /** Mean over the channels, which stay as an axis of size 1. */
    V channelMean(V input);

    /** Joins along the channels. */
    V concatenate(V first, V second);

    /** Some of the channels. */
    V channels(V input, int from, int to);

    /** Another shape; 0 keeps a dimension, -1 takes what is left. */
    V reshape(V input, long... shape);

    /**
     * Channels factor · width become channels width at factor times as many frequencies.
     *
     * @param frequencies how many there are in the input
     */
    V unfold(V input, int factor, int width, int frequencies);

    /** The same values, laid out as convolutions like them best. */
    V arranged(V input);
}
