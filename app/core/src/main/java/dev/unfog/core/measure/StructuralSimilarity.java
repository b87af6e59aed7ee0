package dev.unfog.core.measure;

/**
 * Structural similarity (SSIM): how alike two pictures are in local mean, contrast and structure, 1 where they are equal.
 *
 * <p>With a Gaussian window of 11×11 pixels and standard deviation 1.5, K1 = 0.01, K2 = 0.03, at the positions where the window
 * fits, per channel; the figure is the mean over positions and then over channels, so for colour it is the mean of the SSIM of
 * red, green and blue. A side shorter than 11 pixels narrows the window to that side.
 *
 * <p>Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural similarity", IEEE
 * TIP 13(4), 2004, equation 13.
 */
public final class StructuralSimilarity {
    private static final int WINDOW = 11;
    private static final double STANDARD_DEVIATION = 1.5;
    private static final double C1 = 0.01 * 0.01;
    private static final double C2 = 0.03 * 0.03;

    private StructuralSimilarity() {}

    /**
     * Returns the mean SSIM.
     *
     * @param reference the true values, {@code [channels, height, width]}, full scale 1
     * @param estimate the values to judge, in the same layout
     * @param channels how many channels there are
     * @param height rows
     * @param width columns
     * @return -1 to 1
     */
    public static double mean(float[] reference, float[] estimate, int channels, int height, int width) {
        int plane = Math.multiplyExact(height, width);
        if (reference.length != Math.multiplyExact(channels, plane) || estimate.length != reference.length) {
            throw new IllegalArgumentException("SSIM compares two pictures of " + channels + "x" + height + "x" + width
                    + " values, not " + reference.length + " with " + estimate.length);
        }
        double[] across = window(Math.min(WINDOW, width));
        double[] down = window(Math.min(WINDOW, height));
        double sum = 0;
        for (int channel = 0; channel < channels; channel++) {
            sum += channel(reference, estimate, channel * plane, height, width, across, down);
        }
        return sum / channels;
    }

    private static double channel(
            float[] reference, float[] estimate, int start, int height, int width, double[] across, double[] down) {
        int columns = width - across.length + 1;
        int rows = height - down.length + 1;
        // Rows filtered across, five moments each, in a ring as high as the window: memory stays at a few rows.
        double[][][] ring = new double[down.length][5][columns];
        double sum = 0;
        for (int y = 0; y < height; y++) {
            filterRow(reference, estimate, start + y * width, across, ring[y % down.length], columns);
            int top = y - down.length + 1;
            if (top >= 0) {
                sum += similarityOfRow(ring, top, down, columns);
            }
        }
        return sum / ((double) rows * columns);
    }

    private static void filterRow(
            float[] reference, float[] estimate, int start, double[] across, double[][] moments, int columns) {
        for (int x = 0; x < columns; x++) {
            double a = 0;
            double b = 0;
            double aa = 0;
            double bb = 0;
            double ab = 0;
            for (int k = 0; k < across.length; k++) {
                double weight = across[k];
                double p = reference[start + x + k];
                double q = estimate[start + x + k];
                a += weight * p;
                b += weight * q;
                aa += weight * p * p;
                bb += weight * q * q;
                ab += weight * p * q;
            }
            moments[0][x] = a;
            moments[1][x] = b;
            moments[2][x] = aa;
            moments[3][x] = bb;
            moments[4][x] = ab;
        }
    }

    private static double similarityOfRow(double[][][] ring, int top, double[] down, int columns) {
        double[] moment = new double[5];
        double sum = 0;
        for (int x = 0; x < columns; x++) {
            for (int m = 0; m < moment.length; m++) {
                moment[m] = 0;
                for (int k = 0; k < down.length; k++) {
                    moment[m] += down[k] * ring[(top + k) % down.length][m][x];
                }
            }
            double meanA = moment[0];
            double meanB = moment[1];
            double varianceA = moment[2] - meanA * meanA;
            double varianceB = moment[3] - meanB * meanB;
            double covariance = moment[4] - meanA * meanB;
            sum += (2 * meanA * meanB + C1)
                    * (2 * covariance + C2)
                    / ((meanA * meanA + meanB * meanB + C1) * (varianceA + varianceB + C2));
        }
        return sum;
    }

    private static double[] window(int length) {
        double[] weights = new double[length];
        double sum = 0;
        for (int k = 0; k < length; k++) {
            double offset = k - (length - 1) / 2.0;
            weights[k] = Math.exp(-offset * offset / (2 * STANDARD_DEVIATION * STANDARD_DEVIATION));
            sum += weights[k];
        }
        for (int k = 0; k < length; k++) {
            weights[k] /= sum;
        }
        return weights;
    }
}
