package dev.unfog.api.sde;

import java.util.Arrays;

/**
 * How a point spreads in a blurred picture: weights around a centre.
 *
 * <p>Immutable; safe for use by many threads.
 *
 * @since 0.1.0
 */
public final class BlurKernel {
    private final int height;
    private final int width;
    private final double[] weights;

    /**
     * Creates a kernel.
     *
     * @param height its height, odd
     * @param width its width, odd
     * @param weights height · width finite values, row by row, the middle one being the centre; copied, and not scaled: a
     *     sum of 1 keeps the brightness
     */
    public BlurKernel(int height, int width, double[] weights) {
        if (height < 1 || width < 1 || height % 2 == 0 || width % 2 == 0 || weights.length != height * width) {
            throw new IllegalArgumentException("a kernel has an odd height and width and a weight for each place, not "
                    + height + ", " + width + " and " + weights.length + " weights");
        }
        for (double weight : weights) {
            if (!Double.isFinite(weight)) {
                throw new IllegalArgumentException("the weights of a kernel must be finite");
            }
        }
        this.height = height;
        this.width = width;
        this.weights = weights.clone();
    }

    /**
     * {@return a Gaussian kernel of sum 1, cut off at four standard deviations}
     *
     * @param standardDeviation in pixels, positive
     */
    public static BlurKernel gaussian(double standardDeviation) {
        ProcessConstants.positive("standardDeviation", standardDeviation);
        int radius = (int) Math.max(1, Math.ceil(4 * standardDeviation));
        int size = 2 * radius + 1;
        double[] line = new double[size];
        double sum = 0;
        for (int i = 0; i < size; i++) {
            double d = (i - radius) / standardDeviation;
            line[i] = StrictMath.exp(-d * d / 2);
            sum += line[i];
        }
        double[] weights = new double[size * size];
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                weights[y * size + x] = line[y] * line[x] / (sum * sum);
            }
        }
        return new BlurKernel(size, size, weights);
    }

    /**
     * {@return the mean over a square}
     *
     * @param size the side in pixels, odd
     */
    public static BlurKernel box(int size) {
        double[] weights = new double[size * size];
        Arrays.fill(weights, 1.0 / (size * size));
        return new BlurKernel(size, size, weights);
    }

    /** {@return the height, odd} */
    public int height() {
        return height;
    }

    /** {@return the width, odd} */
    public int width() {
        return width;
    }

    /**
     * {@return a weight by its place, from the upper left}
     *
     * @param row from 0, downwards
     * @param column from 0, rightwards
     */
    public double weight(int row, int column) {
        return weights[row * width + column];
    }
}
