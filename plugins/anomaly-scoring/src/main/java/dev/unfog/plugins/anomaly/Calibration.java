package dev.unfog.plugins.anomaly;

import java.util.Arrays;

/**
 * What normal samples that the network never saw come to, and with it how unusual another sample is.
 *
 * <p>Each of a sample's measures, the score norms and the distance to the nearest normals, is compared with its mean and deviation over
 * the calibration samples. The norms are taken one-sided and together: the root mean square over the levels of what lies above the mean.
 * The distance, signed, is added with a weight that is the same for all data. The p-value is that of split-conformal prediction: (1 +
 * number of calibration samples that score at least as much) / (1 + number of calibration samples), which is valid whatever the data
 * (Vovk et al. 2005). Immutable.
 */
final class Calibration {
    /**
     * How much the distance counts beside the norms. Found on 13 tables: 1 to 2 are alike on average, and 2 is closest to the better
     * of both on each.
     */
    static final double DISTANCE_WEIGHT = 2;

    private final int levels;
    private final float[] measures;
    private final double distanceWeight;
    private final double[] means;
    private final double[] deviations;
    private final double[] scores;

    /**
     * @param measures of the calibration samples, {@code [samples][levels + 1]}: the norm at each level, then the distance
     * @param levels how many noise levels
     * @param distanceWeight 0 for score norms alone
     */
    Calibration(float[] measures, int levels, double distanceWeight) {
        this.levels = levels;
        this.measures = measures.clone();
        this.distanceWeight = distanceWeight;
        int width = levels + 1;
        int samples = measures.length / width;
        if (samples < 2) {
            throw new IllegalArgumentException("Calibration needs at least two samples, not " + samples);
        }
        means = new double[width];
        deviations = new double[width];
        for (int i = 0; i < measures.length; i++) {
            means[i % width] += measures[i] / (double) samples;
        }
        for (int i = 0; i < measures.length; i++) {
            double difference = measures[i] - means[i % width];
            deviations[i % width] += difference * difference / samples;
        }
        for (int i = 0; i < width; i++) {
            // Where all are alike, any difference counts, in units of the size itself.
            double floor = 1e-6 * Math.abs(means[i]) + 1e-12;
            deviations[i] = Math.max(floor, Math.sqrt(deviations[i]));
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

    int levels() {
        return levels;
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
        for (int level = 0; level < levels; level++) {
            double above = Math.max(0, excess(level, sample[level]));
            sum += above * above;
        }
        double score = Math.sqrt(sum / levels);
        return distanceWeight == 0 ? score : score + distanceWeight * excess(levels, sample[levels]);
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
