package dev.unfog.api.sde;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** A sparse matrix that resamples a line: which values of the input, with which weights, make each value of the output. */
final class ResamplingAxis {
    private final int inputLength;
    private final int[][] indices;
    private final double[][] weights;

    private ResamplingAxis(int inputLength, int[][] indices, double[][] weights) {
        this.inputLength = inputLength;
        this.indices = indices;
        this.weights = weights;
    }

    private interface RowOfMatrix {
        void fill(int output, TreeMap<Integer, Double> row);
    }

    private static ResamplingAxis of(int inputLength, int outputLength, RowOfMatrix rows) {
        int[][] indices = new int[outputLength][];
        double[][] weights = new double[outputLength][];
        for (int o = 0; o < outputLength; o++) {
            TreeMap<Integer, Double> row = new TreeMap<>();
            rows.fill(o, row);
            indices[o] = new int[row.size()];
            weights[o] = new double[row.size()];
            int at = 0;
            for (Map.Entry<Integer, Double> entry : row.entrySet()) {
                indices[o][at] = entry.getKey();
                weights[o][at++] = entry.getValue();
            }
        }
        return new ResamplingAxis(inputLength, indices, weights);
    }

    /** Returns the mean over the part of the input that each value of the output covers. */
    static ResamplingAxis box(int inputLength, int outputLength) {
        double scale = (double) inputLength / outputLength;
        return of(inputLength, outputLength, (output, row) -> {
            double begin = output * scale;
            double end = begin + scale;
            for (int i = (int) Math.floor(begin); i < inputLength && i < end; i++) {
                double overlap = Math.min(end, i + 1) - Math.max(begin, i);
                // What rounding leaves over is not a weight.
                if (overlap > 1e-9) {
                    row.merge(i, overlap / scale, Double::sum);
                }
            }
        });
    }

    /** Returns cubic interpolation, widened against aliasing where it shrinks; the line is mirrored at its ends. */
    static ResamplingAxis bicubic(int inputLength, int outputLength) {
        double scale = (double) outputLength / inputLength;
        double shrink = Math.min(1, scale);
        double radius = 2 / shrink;
        return of(inputLength, outputLength, (output, row) -> {
            double centre = (output + 0.5) / scale - 0.5;
            double sum = 0;
            for (int i = (int) Math.ceil(centre - radius); i <= Math.floor(centre + radius); i++) {
                double weight = cubic((centre - i) * shrink);
                if (weight != 0) {
                    row.merge(mirror(i, inputLength), weight, Double::sum);
                    sum += weight;
                }
            }
            double total = sum;
            row.replaceAll((index, weight) -> weight / total);
        });
    }

    private static int mirror(int index, int length) {
        int folded = Math.floorMod(index, 2 * length);
        return folded < length ? folded : 2 * length - 1 - folded;
    }

    /** Keys 1981, "Cubic Convolution Interpolation for Digital Image Processing", equation 15. */
    private static double cubic(double x) {
        double d = Math.abs(x);
        if (d <= 1) {
            return (1.5 * d - 2.5) * d * d + 1;
        }
        return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
    }

    ResamplingAxis transpose() {
        @SuppressWarnings({"unchecked", "rawtypes"})
        TreeMap<Integer, Double>[] rows = new TreeMap[inputLength];
        for (int i = 0; i < inputLength; i++) {
            rows[i] = new TreeMap<>();
        }
        for (int o = 0; o < indices.length; o++) {
            for (int j = 0; j < indices[o].length; j++) {
                rows[indices[o][j]].put(o, weights[o][j]);
            }
        }
        return of(indices.length, inputLength, (output, row) -> row.putAll(rows[output]));
    }

    /** Returns R Rᵀ. */
    ResamplingAxis gram() {
        ResamplingAxis transposed = transpose();
        return of(indices.length, indices.length, (output, row) -> {
            for (int j = 0; j < indices[output].length; j++) {
                int i = indices[output][j];
                for (int k = 0; k < transposed.indices[i].length; k++) {
                    row.merge(transposed.indices[i][k], weights[output][j] * transposed.weights[i][k], Double::sum);
                }
            }
        });
    }

    int inputLength() {
        return inputLength;
    }

    int outputLength() {
        return indices.length;
    }

    /** Returns the first input that an output is made of, or the input's length if of none. */
    int first(int output) {
        return indices[output].length == 0 ? inputLength : indices[output][0];
    }

    /** Returns the last input that an output is made of, or −1 if of none. */
    int last(int output) {
        return indices[output].length == 0 ? -1 : indices[output][indices[output].length - 1];
    }

    /** Resamples a line. */
    void line(double[] input, double[] output) {
        for (int o = 0; o < indices.length; o++) {
            int[] from = indices[o];
            double[] weight = weights[o];
            double sum = 0;
            for (int j = 0; j < from.length; j++) {
                sum += weight[j] * input[from[j]];
            }
            output[o] = sum;
        }
    }

    /** Sums lines, held in a ring by their index, into one of the output. */
    void sum(int output, double[][] ring, double[] into) {
        Arrays.fill(into, 0);
        for (int j = 0; j < indices[output].length; j++) {
            double weight = weights[output][j];
            double[] line = ring[indices[output][j] % ring.length];
            for (int x = 0; x < into.length; x++) {
                into[x] += weight * line[x];
            }
        }
    }
}
