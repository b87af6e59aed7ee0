package dev.unfog.api.sde;

import java.util.Arrays;

/**
 * Convolution of a plane with a kernel, by Fourier transforms.
 *
 * <p>Either periodic, where what leaves at one edge comes in at the other and the size stays, or cropped, where only
 * those values remain that the plane alone determines, so that the result is smaller by the kernel: what a camera does,
 * whose picture holds light from beyond its edges.
 *
 * @since 0.1.0
 */
public final class Blur implements PlaneOperator {
    private final BlurKernel kernel;
    private final int height;
    private final int width;
    private final boolean cropped;
    private final Fourier rows;
    private final Fourier columns;
    /** The transform of the kernel, its centre at the origin. */
    final double[] spectrumRe;

    final double[] spectrumIm;

    private Blur(BlurKernel kernel, int height, int width, boolean cropped) {
        if (kernel.height() > height || kernel.width() > width) {
            throw new IllegalArgumentException("a kernel of " + kernel.width() + " × " + kernel.height()
                    + " is larger than the plane, " + width + " × " + height);
        }
        this.kernel = kernel;
        this.height = height;
        this.width = width;
        this.cropped = cropped;
        int positions = Math.multiplyExact(height, width);
        rows = new Fourier(width);
        columns = width == height ? rows : new Fourier(height);
        spectrumRe = new double[positions];
        spectrumIm = new double[positions];
        for (int y = 0; y < kernel.height(); y++) {
            for (int x = 0; x < kernel.width(); x++) {
                int row = Math.floorMod(y - kernel.height() / 2, height);
                int column = Math.floorMod(x - kernel.width() / 2, width);
                spectrumRe[row * width + column] += kernel.weight(y, x);
            }
        }
        transform(spectrumRe, spectrumIm);
    }

    /**
     * {@return the periodic blur of planes of a size}
     *
     * @param kernel no larger than the plane
     * @param height of a plane
     * @param width of a plane
     */
    public static Blur periodic(BlurKernel kernel, int height, int width) {
        return new Blur(kernel, height, width, false);
    }

    /**
     * {@return the cropped blur: from planes of a size to planes smaller by kernel height − 1 and kernel width − 1}
     *
     * @param kernel no larger than the plane
     * @param height of a plane before
     * @param width of a plane before
     */
    public static Blur cropped(BlurKernel kernel, int height, int width) {
        return new Blur(kernel, height, width, true);
    }

    /** {@return whether this is the periodic blur} */
    public boolean isPeriodic() {
        return !cropped;
    }

    @Override
    public int inputHeight() {
        return height;
    }

    @Override
    public int inputWidth() {
        return width;
    }

    @Override
    public int outputHeight() {
        return cropped ? height - kernel.height() + 1 : height;
    }

    @Override
    public int outputWidth() {
        return cropped ? width - kernel.width() + 1 : width;
    }

    void transform(double[] re, double[] im) {
        Fourier.transform(rows, columns, re, im);
    }

    @Override
    public void apply(double[] input, double[] output) {
        double[] whole = input.clone();
        filter(whole, 1);
        for (int y = 0; y < outputHeight(); y++) {
            System.arraycopy(whole, start(y), output, y * outputWidth(), outputWidth());
        }
    }

    @Override
    public void applyAdjoint(double[] output, double[] input) {
        Arrays.fill(input, 0, height * width, 0);
        for (int y = 0; y < outputHeight(); y++) {
            System.arraycopy(output, y * outputWidth(), input, start(y), outputWidth());
        }
        filter(input, -1);
    }

    /** Returns where a row of the output lies in the input. */
    private int start(int row) {
        return cropped ? (row + kernel.height() / 2) * width + kernel.width() / 2 : row * width;
    }

    /** Multiplies by the spectrum, or by its conjugate where the sign is −1. */
    private void filter(double[] values, int sign) {
        double[] im = new double[values.length];
        transform(values, im);
        for (int k = 0; k < values.length; k++) {
            double ki = sign * spectrumIm[k];
            double r = values[k] * spectrumRe[k] - im[k] * ki;
            im[k] = values[k] * ki + im[k] * spectrumRe[k];
            values[k] = r;
        }
        // The inverse is the transform with the parts exchanged.
        transform(im, values);
        for (int k = 0; k < values.length; k++) {
            values[k] /= values.length;
        }
    }
}
