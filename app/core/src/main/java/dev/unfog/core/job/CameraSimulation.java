package dev.unfog.core.job;

import dev.unfog.api.sde.GaussianNoise;

/**
 * A camera that takes a picture of a picture: light becomes electrons, electrons become a mosaic of colours, and the mosaic is
 * developed.
 *
 * <p>The sRGB curve is undone; each pixel keeps the one colour of its filter (Bayer, RGGB); shot noise is Poisson's in electrons,
 * read noise Gaussian; the mosaic is completed by the gradient-corrected linear filters of Malvar, He and Cutler 2004, "High-quality
 * Linear Interpolation for Demosaicing of Bayer-patterned Color Images"; the sRGB curve is applied again. Compression comes
 * after. Noise of neighbouring pixels is thus shared, stronger in the dark, and as strong in colour as in brightness.
 */
final class CameraSimulation {
    /** The standard deviation of the noise of reading a pixel, in electrons. */
    private static final double READ_NOISE = 3;

    private static final int RED = 0;
    private static final int GREEN = 1;
    private static final int BLUE = 2;

    private final int width;
    private final int height;
    private final float[] mosaic;

    private CameraSimulation(int width, int height) {
        this.width = width;
        this.height = height;
        this.mosaic = new float[width * height];
    }

    /**
     * Returns the picture as the camera would give it, before compression.
     *
     * @param colors sRGB in 0..1, {@code [3, height, width]}; at least 3 pixels wide and high
     * @param electrons how many a pixel holds
     * @param noise draws all randomness
     * @param sample which sample of the noise to draw
     * @param step which step of the noise to draw
     */
    static float[] take(
            float[] colors, int width, int height, double electrons, GaussianNoise noise, long sample, int step) {
        CameraSimulation camera = new CameraSimulation(width, height);
        camera.expose(colors, electrons, noise, sample, step);
        return camera.develop();
    }

    private void expose(float[] colors, double electrons, GaussianNoise noise, long sample, int step) {
        float[] shot = new float[width];
        float[] read = new float[width];
        for (int y = 0; y < height; y++) {
            noise.fill(sample, step, 1, 0, (long) y * width, shot, 0, width);
            noise.fill(sample, step, 2, 0, (long) y * width, read, 0, width);
            for (int x = 0; x < width; x++) {
                double light = linear(colors[(filter(x, y) * height + y) * width + x]);
                double counted = poisson(light * electrons, shot[x]) + READ_NOISE * read[x];
                mosaic[y * width + x] = (float) Math.min(1, counted / electrons);
            }
        }
    }

    /** Turns a standard normal number into a Poisson one of the given mean (Cornish and Fisher 1938, to the second term). */
    private static double poisson(double mean, double normal) {
        return Math.max(0, Math.rint(mean + Math.sqrt(mean) * normal + (normal * normal - 1) / 6));
    }

    private static int filter(int x, int y) {
        return y % 2 == 0 ? x % 2 == 0 ? RED : GREEN : x % 2 == 0 ? GREEN : BLUE;
    }

    private float[] develop() {
        float[] colors = new float[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double cross = at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1);
                double far = at(x - 2, y) + at(x + 2, y) + at(x, y - 2) + at(x, y + 2);
                double diagonal = at(x - 1, y - 1) + at(x + 1, y - 1) + at(x - 1, y + 1) + at(x + 1, y + 1);
                double here = at(x, y);
                int filter = filter(x, y);
                if (filter == GREEN) {
                    double across = (5 * here
                                    + 4 * (at(x - 1, y) + at(x + 1, y))
                                    - diagonal
                                    - (at(x - 2, y) + at(x + 2, y))
                                    + (at(x, y - 2) + at(x, y + 2)) / 2)
                            / 8;
                    double down = (5 * here
                                    + 4 * (at(x, y - 1) + at(x, y + 1))
                                    - diagonal
                                    - (at(x, y - 2) + at(x, y + 2))
                                    + (at(x - 2, y) + at(x + 2, y)) / 2)
                            / 8;
                    boolean redRow = y % 2 == 0;
                    set(colors, RED, x, y, redRow ? across : down);
                    set(colors, GREEN, x, y, here);
                    set(colors, BLUE, x, y, redRow ? down : across);
                } else {
                    set(colors, filter, x, y, here);
                    set(colors, GREEN, x, y, (4 * here + 2 * cross - far) / 8);
                    set(colors, filter == RED ? BLUE : RED, x, y, (6 * here + 2 * diagonal - 1.5 * far) / 8);
                }
            }
        }
        return colors;
    }

    private void set(float[] colors, int channel, int x, int y, double light) {
        colors[(channel * height + y) * width + x] = (float) encoded(Math.min(1, Math.max(0, light)));
    }

    /** Returns the mosaic, mirrored at the middle of its outermost pixels, which keeps the order of the filters. */
    private double at(int x, int y) {
        return mosaic[fold(y, height) * width + fold(x, width)];
    }

    private static int fold(int position, int size) {
        int positive = Math.abs(position);
        return positive < size ? positive : 2 * (size - 1) - positive;
    }

    private static double linear(double encoded) {
        return encoded <= 0.04045 ? encoded / 12.92 : Math.pow((encoded + 0.055) / 1.055, 2.4);
    }

    private static double encoded(double linear) {
        return linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.pow(linear, 1 / 2.4) - 0.055;
    }
}
