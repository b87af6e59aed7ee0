package dev.unfog.core.measure;

import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * The distance from the mean of the normal samples in units of their spread in that direction (Mahalanobis 1936): a plain method that
 * anomaly scores are measured against.
 *
 * <p>Columns are standardised first, and a small part of the unit matrix is added to their covariance, so that columns which are constant
 * or follow from others do no harm. Immutable; safe for use by many threads.
 */
public final class MahalanobisDistance {
    private static final double UNIT_SHARE = 1e-6;

    private final double[] means;
    private final double[] deviations;
    private final double[][] inverse;

    /**
     * Learns mean and covariance.
     *
     * @param normals the normal samples, {@code [samples][columns]}, at least one
     */
    public MahalanobisDistance(double[][] normals) {
        int columns = normals[0].length;
        means = new double[columns];
        deviations = new double[columns];
        for (int column = 0; column < columns; column++) {
            int at = column;
            double mean = java.util.Arrays.stream(normals)
                    .mapToDouble(row -> row[at])
                    .average()
                    .orElseThrow();
            double variance = java.util.Arrays.stream(normals)
                    .mapToDouble(row -> (row[at] - mean) * (row[at] - mean))
                    .average()
                    .orElseThrow();
            means[column] = mean;
            deviations[column] = variance < 1e-24 ? 1 : Math.sqrt(variance);
        }
        DMatrixRMaj covariance = new DMatrixRMaj(columns, columns);
        for (double[] normal : normals) {
            double[] row = standardised(normal);
            for (int i = 0; i < columns; i++) {
                for (int j = 0; j < columns; j++) {
                    covariance.data[i * columns + j] += row[i] * row[j] / normals.length;
                }
            }
        }
        for (int i = 0; i < columns; i++) {
            covariance.data[i * columns + i] += UNIT_SHARE;
        }
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(columns);
        if (!solver.setA(covariance)) {
            throw new IllegalArgumentException("The columns hold values that are no numbers");
        }
        DMatrixRMaj inverted = new DMatrixRMaj(columns, columns);
        solver.invert(inverted);
        inverse = new double[columns][columns];
        for (int i = 0; i < columns; i++) {
            System.arraycopy(inverted.data, i * columns, inverse[i], 0, columns);
        }
    }

    private double[] standardised(double[] row) {
        double[] standardised = new double[row.length];
        for (int column = 0; column < row.length; column++) {
            standardised[column] = (row[column] - means[column]) / deviations[column];
        }
        return standardised;
    }

    /** Returns the distance of each sample from the mean. */
    public double[] distances(double[][] samples) {
        return IntStream.range(0, samples.length)
                .parallel()
                .mapToDouble(i -> distance(standardised(samples[i])))
                .toArray();
    }

    private double distance(double[] sample) {
        double sum = 0;
        for (int i = 0; i < sample.length; i++) {
            double product = 0;
            for (int j = 0; j < sample.length; j++) {
                product += inverse[i][j] * sample[j];
            }
            sum += sample[i] * product;
        }
        return Math.sqrt(Math.max(0, sum));
    }
}
