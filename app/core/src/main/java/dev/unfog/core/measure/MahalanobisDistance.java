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

    private final ColumnScale scale;
    private final double[][] inverse;

    /**
     * Learns mean and covariance.
     *
     * @param normals the normal samples, {@code [samples][columns]}, at least one
     */
    public MahalanobisDistance(double[][] normals) {
        int columns = normals[0].length;
        scale = new ColumnScale(normals);
        DMatrixRMaj covariance = new DMatrixRMaj(columns, columns);
        for (double[] normal : normals) {
            double[] row = scale.standardised(normal);
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

    /** Returns the distance of each sample from the mean. */
    public double[] distances(double[][] samples) {
        return IntStream.range(0, samples.length)
                .parallel()
                .mapToDouble(i -> distance(scale.standardised(samples[i])))
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
