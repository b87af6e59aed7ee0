package dev.unfog.plugins.anomaly;

import java.util.Arrays;

/**
 * What normal samples that the network never saw come to, and with it how unusual another sample is.
 *
 * <p>Each of a sample's measures, the score norms and the distance to the nearest normals, is compared with its mean and deviation over
 * the calibration samples. The norms are taken one-sided and together: the root mean square over the levels of what lies above the mean,
 * in units of the norm and not of its deviation, so that a level at which the normals differ, and others may differ more, counts more
 * than one at which all are alike; and each weighted by what the network has learned there. In deviations that weighs a level by its
 * variance. The distance, signed, is added with a weight that is the same for all data. The p-value is that of split-conformal
 * prediction: (1 + number of calibration samples that score at least as much) / (1 + number of calibration samples), valid whatever the data
 * (Vovk et al. 2005). Immutable.
 */
final class Calibration {
    /**
     * How much the distance counts beside the norms. Found on 13 tables: 1 to 2 are alike on average; the more it counts, the fewer tables
     * there are on which the distance alone would have been much better.
     */
    static final double DISTANCE_WEIGHT = 1.5;

    /** How many deviations above the median a calibration sample may pull. */
    private static final double FARTHEST = 8;

    private final double[] weights;
    private final int width;
    private final float[] measures;
    private final double distanceWeight;
    private final double[] means;
    private final double[] deviations;
    private final double[] scores;

    /**
     * @param measures of the calibration samples, {@code [samples][levels + 1]}: the norm at each level, then the distance
     * @param weights how much each level counts in units of the norm, none below 0; if they are all 0, all alike in deviations
     * @param distanceWeight 0 for score norms alone
     */
    Calibration(float[] measures, double[] weights, double distanceWeight) {
        this(measures, weights, weights.length + 1, distanceWeight);
    }

    /**
     * For samples that are told by other measures than norms, all of them one-sided and alike, without a distance.
     *
     * @param measures of the calibration samples, {@code [samples][count]}
     */
    Calibration(float[] measures, int count) {
        this(measures, new double[count], count, 0);
    }

    private Calibration(float[] measures, double[] weights, int width, double distanceWeight) {
        this.width = width;
        this.measures = measures.clone();
        this.distanceWeight = distanceWeight;
        int samples = measures.length / width;
        if (samples < 2) {
            throw new IllegalArgumentException("Calibration needs at least two samples, not " + samples);
        }
        means = new double[width];
        deviations = new double[width];
        double[] column = new double[samples];
        for (int j = 0; j < width; j++) {
            for (int i = 0; i < samples; i++) {
                column[i] = measures[i * width + j];
            }
            tame(column);
            double mean = Arrays.stream(column).average().orElseThrow();
            double variance = Arrays.stream(column)
                    .map(value -> (value - mean) * (value - mean))
                    .average()
                    .orElseThrow();
            means[j] = mean;
            // Where all are alike, any difference counts, in units of the size itself.
            deviations[j] = Math.max(1e-6 * Math.abs(mean) + 1e-12, Math.sqrt(variance));
        }
        this.weights = new double[weights.length];
        for (int j = 0; j < weights.length; j++) {
            this.weights[j] = weights[j] * deviations[j] * deviations[j];
        }
        double total = Arrays.stream(this.weights).sum();
        for (int j = 0; j < weights.length; j++) {
            this.weights[j] = total > 0 ? this.weights[j] / total : 1.0 / weights.length;
        }
        scores = new double[samples];
        double[] sample = new double[width];
        for (int i = 0; i < samples; i++) {
            for (int j = 0; j < width; j++) {
                sample[j] = measures[i * width + j];
            }
            scores[i] = score(sample);
        }
        Arrays.sort(scores);
    }

    /**
     * Brings outliers near: among the calibration samples of real data there is now and then an anomaly, and one that is far enough would
     * stretch the mean and deviation until nothing is unusual. Sorts the values.
     */
    private static void tame(double[] values) {
        Arrays.sort(values);
        double median = values[values.length / 2];
        double spread = values[(int) (0.84 * values.length)] - median;
        if (spread > 0) {
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.min(values[i], median + FARTHEST * spread);
            }
        }
    }

    /** Returns how many measures a sample has. */
    int width() {
        return width;
    }

    /** Returns how many calibration samples there are, n: no p-value is below 1 / (n + 1). */
    int samples() {
        return scores.length;
    }

    /** Returns the measures of the calibration samples as given; a copy. */
    float[] measures() {
        return measures.clone();
    }

    /** Returns by how many deviations a measure lies above its mean. */
    double excess(int measure, double value) {
        return (value - means[measure]) / deviations[measure];
    }

    /**
     * Returns how unusual a sample is.
     *
     * @param sample its norm at each level, then its distance; as they would be read from the model, in float precision
     */
    double score(double[] sample) {
        double sum = 0;
        for (int level = 0; level < weights.length; level++) {
            double above = Math.max(0, excess(level, sample[level]));
            sum += weights[level] * above * above;
        }
        double score = Math.sqrt(sum);
        return distanceWeight == 0 ? score : score + distanceWeight * excess(width - 1, sample[width - 1]);
    }

    /** Returns the chance that a normal sample scores at least this much, from 1 / (n + 1) to 1. */
    double pValue(double score) {
        int low = 0;
        int high = scores.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (scores[middle] < score) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return (1.0 + scores.length - low) / (1 + scores.length);
    }
}
