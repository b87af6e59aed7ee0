package dev.unfog.plugins.image;

import java.util.Arrays;

/**
 * The spread of a picture's small patches in all directions, from which the level of its noise can be read.
 *
 * <p>Clean patches lie near a subspace of few dimensions, while white noise adds the same variance in every direction: the smallest
 * eigenvalues of the patches' covariance are the noise. Which of them are nothing but noise is decided as in Chen, Zhu and Heng
 * 2015, "An Efficient Statistical Method for Image Noise Level Estimation": the largest are taken away until the mean of the
 * rest is their median. For one thread.
 */
final class PatchSpectrum {
    private static final int SIDE = 5;
    private static final int SWEEPS = 12;

    private final int channels;
    private final int dimension;
    private final double[] sums;
    private final double[][] products;
    private final float[] patch;
    private long count;

    PatchSpectrum(int channels) {
        this.channels = channels;
        this.dimension = channels * SIDE * SIDE;
        this.sums = new double[dimension];
        this.products = new double[dimension][dimension];
        this.patch = new float[dimension];
    }

    /**
     * Adds the patches of a piece of the picture.
     *
     * @param values {@code [channels, height, width]}
     * @param width columns of the piece
     * @param height rows of the piece
     * @param stride how far apart patches lie
     * @param lowest patches with a value at or below this are left out: clipping took their noise
     * @param highest patches with a value at or above this are left out
     */
    void add(float[] values, int width, int height, int stride, float lowest, float highest) {
        for (int y = 0; y + SIDE <= height; y += stride) {
            for (int x = 0; x + SIDE <= width; x += stride) {
                if (gather(values, width, height, x, y, lowest, highest)) {
                    accumulate();
                }
            }
        }
    }

    private boolean gather(float[] values, int width, int height, int x, int y, float lowest, float highest) {
        int at = 0;
        for (int channel = 0; channel < channels; channel++) {
            for (int row = 0; row < SIDE; row++) {
                int from = (channel * height + y + row) * width + x;
                for (int column = 0; column < SIDE; column++) {
                    float value = values[from + column];
                    if (value <= lowest || value >= highest) {
                        return false;
                    }
                    patch[at++] = value;
                }
            }
        }
        return true;
    }

    private void accumulate() {
        for (int i = 0; i < dimension; i++) {
            double value = patch[i];
            sums[i] += value;
            double[] line = products[i];
            for (int j = 0; j <= i; j++) {
                line[j] += value * patch[j];
            }
        }
        count++;
    }

    /** Returns whether there are enough patches to tell. */
    boolean suffices() {
        return count >= 2L * dimension;
    }

    /** Returns the standard deviation of the noise; NaN where there are too few patches to tell. */
    double noiseLevel() {
        if (!suffices()) {
            return Double.NaN;
        }
        double[] eigenvalues = eigenvalues(covariance());
        double sum = Arrays.stream(eigenvalues).sum();
        for (int kept = dimension; kept > 1; kept--) {
            double mean = sum / kept;
            double median =
                    kept % 2 == 1 ? eigenvalues[kept / 2] : (eigenvalues[kept / 2 - 1] + eigenvalues[kept / 2]) / 2;
            if (mean <= median) {
                return Math.sqrt(Math.max(0, mean));
            }
            sum -= eigenvalues[kept - 1];
        }
        return Math.sqrt(Math.max(0, eigenvalues[0]));
    }

    private double[][] covariance() {
        double[][] covariance = new double[dimension][dimension];
        for (int i = 0; i < dimension; i++) {
            for (int j = 0; j <= i; j++) {
                double value = products[i][j] / count - sums[i] / count * (sums[j] / count);
                covariance[i][j] = value;
                covariance[j][i] = value;
            }
        }
        return covariance;
    }

    /** Returns the eigenvalues of a symmetric matrix, which is destroyed, in rising order, by Jacobi's method. */
    static double[] eigenvalues(double[][] matrix) {
        int size = matrix.length;
        double scale = 0;
        for (int i = 0; i < size; i++) {
            scale = Math.max(scale, Math.abs(matrix[i][i]));
        }
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            double largest = 0;
            for (int p = 0; p < size - 1; p++) {
                for (int q = p + 1; q < size; q++) {
                    largest = Math.max(largest, Math.abs(matrix[p][q]));
                    rotate(matrix, p, q);
                }
            }
            if (largest <= 1e-13 * scale) {
                break;
            }
        }
        double[] eigenvalues = new double[size];
        for (int i = 0; i < size; i++) {
            eigenvalues[i] = matrix[i][i];
        }
        Arrays.sort(eigenvalues);
        return eigenvalues;
    }

    /** Turns two axes so that the element that couples them becomes zero. */
    private static void rotate(double[][] matrix, int p, int q) {
        double coupling = matrix[p][q];
        if (coupling == 0) {
            return;
        }
        double ratio = (matrix[q][q] - matrix[p][p]) / (2 * coupling);
        double tangent = Math.copySign(1, ratio) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1));
        double cosine = 1 / Math.sqrt(tangent * tangent + 1);
        double sine = tangent * cosine;
        double[] rowP = matrix[p];
        double[] rowQ = matrix[q];
        double diagonalP = rowP[p] - tangent * coupling;
        double diagonalQ = rowQ[q] + tangent * coupling;
        for (int k = 0; k < matrix.length; k++) {
            double valueP = rowP[k];
            double valueQ = rowQ[k];
            rowP[k] = cosine * valueP - sine * valueQ;
            rowQ[k] = sine * valueP + cosine * valueQ;
        }
        for (int k = 0; k < matrix.length; k++) {
            matrix[k][p] = rowP[k];
            matrix[k][q] = rowQ[k];
        }
        rowP[p] = diagonalP;
        rowQ[q] = diagonalQ;
        rowP[q] = 0;
        rowQ[p] = 0;
    }
}
