package dev.unfog.core.measure;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The distance to the k-th nearest normal sample after standardisation: the plain method that anomaly scores are measured against.
 *
 * <p>Exact, by comparing with every normal sample. Immutable; safe for use by many threads.
 */
public final class NearestNeighbours {
    private final ColumnScale scale;
    private final double[][] normals;
    private final int neighbours;

    /**
     * Learns mean and deviation of each column; a constant column is not scaled.
     *
     * @param normals the normal samples, {@code [samples][columns]}, at least as many as {@code neighbours}
     * @param neighbours k
     */
    public NearestNeighbours(double[][] normals, int neighbours) {
        if (neighbours < 1 || normals.length < neighbours) {
            throw new IllegalArgumentException(normals.length + " samples have no neighbour number " + neighbours);
        }
        scale = new ColumnScale(normals);
        this.normals = Arrays.stream(normals).map(scale::standardised).toArray(double[][]::new);
        this.neighbours = neighbours;
    }

    /** Returns the distance of each sample to its k-th nearest normal sample. */
    public double[] distances(double[][] samples) {
        return IntStream.range(0, samples.length)
                .parallel()
                .mapToDouble(i -> distance(scale.standardised(samples[i])))
                .toArray();
    }

    private double distance(double[] sample) {
        // The nearest so far, nearest first.
        double[] nearest = new double[neighbours];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        for (double[] normal : normals) {
            double bound = nearest[neighbours - 1];
            double sum = 0;
            for (int column = 0; column < sample.length && sum < bound; column++) {
                double difference = sample[column] - normal[column];
                sum += difference * difference;
            }
            if (sum < bound) {
                int place = neighbours - 1;
                while (place > 0 && nearest[place - 1] > sum) {
                    nearest[place] = nearest[place - 1];
                    place--;
                }
                nearest[place] = sum;
            }
        }
        return Math.sqrt(nearest[neighbours - 1]);
    }
}
