package dev.unfog.core.measure;

/**
 * Mean and deviation of the columns of normal samples, and samples brought to mean 0 and deviation 1 by them.
 *
 * <p>A constant column is not scaled. Immutable; safe for use by many threads.
 */
final class ColumnScale {
    private static final double CONSTANT = 1e-12;

    private final double[] means;
    private final double[] deviations;

    /**
     * Learns mean and deviation of each column.
     *
     * @param normals {@code [samples][columns]}, at least one
     */
    ColumnScale(double[][] normals) {
        int columns = normals[0].length;
        means = new double[columns];
        deviations = new double[columns];
        for (int column = 0; column < columns; column++) {
            double sum = 0;
            for (double[] row : normals) {
                sum += row[column];
            }
            means[column] = sum / normals.length;
            double squares = 0;
            for (double[] row : normals) {
                squares += (row[column] - means[column]) * (row[column] - means[column]);
            }
            double deviation = Math.sqrt(squares / normals.length);
            deviations[column] = deviation < CONSTANT ? 1 : deviation;
        }
    }

    /** Returns a sample, standardised. */
    double[] standardised(double[] sample) {
        double[] standardised = new double[sample.length];
        for (int column = 0; column < sample.length; column++) {
            standardised[column] = (sample[column] - means[column]) / deviations[column];
        }
        return standardised;
    }
}
