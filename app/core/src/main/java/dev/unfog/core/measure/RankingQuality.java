package dev.unfog.core.measure;

import java.util.Arrays;
import java.util.Comparator;

/**
 * How well scores put anomalies above normal samples, whatever threshold is chosen.
 *
 * <p>Ties count as half right, so that a score without information comes to ½ and the share of anomalies.
 *
 * @param auroc the area under the curve of true over false positives: the chance that an anomaly scores above a normal sample, 0..1
 * @param averagePrecision the precision at each anomaly, from the highest score down, averaged; 0..1
 */
public record RankingQuality(double auroc, double averagePrecision) {
    /**
     * Measures scores against labels.
     *
     * @param scores larger is more anomalous; not NaN
     * @param anomalous for each score, whether its sample is an anomaly
     * @throws IllegalArgumentException if a score is NaN, or anomalies or normal samples are missing
     */
    public static RankingQuality of(double[] scores, boolean[] anomalous) {
        if (scores.length != anomalous.length) {
            throw new IllegalArgumentException(scores.length + " scores do not fit " + anomalous.length + " labels");
        }
        Integer[] order = new Integer[scores.length];
        long anomalies = 0;
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
            anomalies += anomalous[i] ? 1 : 0;
            if (Double.isNaN(scores[i])) {
                throw new IllegalArgumentException("Score " + i + " is not a number");
            }
        }
        long normals = scores.length - anomalies;
        if (anomalies == 0 || normals == 0) {
            throw new IllegalArgumentException(
                    "A ranking needs anomalies and normal samples, not " + anomalies + " and " + normals);
        }
        Arrays.sort(order, Comparator.comparingDouble((Integer i) -> scores[i]).reversed());
        Sums sums = new Sums();
        for (int from = 0, to; from < order.length; from = to) {
            int positives = 0;
            for (to = from; to < order.length && scores[order[to]] == scores[order[from]]; to++) {
                positives += anomalous[order[to]] ? 1 : 0;
            }
            sums.add(positives, to - from - positives);
        }
        return sums.quality();
    }

    /**
     * Measures scores of which only how often each occurs is known, such as the pixels of many maps.
     *
     * @param anomalies for each score, lowest first, how many anomalies have it
     * @param normals for each score, lowest first, how many normal samples have it
     * @throws IllegalArgumentException if there are no anomalies or no normal samples
     */
    public static RankingQuality ofCounts(long[] anomalies, long[] normals) {
        Sums sums = new Sums();
        for (int score = anomalies.length - 1; score >= 0; score--) {
            if (anomalies[score] + normals[score] > 0) {
                sums.add(anomalies[score], normals[score]);
            }
        }
        if (sums.truePositives == 0 || sums.falsePositives == 0) {
            throw new IllegalArgumentException("A ranking needs anomalies and normal samples, not " + sums.truePositives
                    + " and " + sums.falsePositives);
        }
        return sums.quality();
    }

    /** Goes from the highest score down. */
    private static final class Sums {
        private double area;
        private double precision;
        private long truePositives;
        private long falsePositives;

        /** Adds what has one score. */
        void add(long positives, long negatives) {
            area += negatives * (truePositives + 0.5 * positives);
            truePositives += positives;
            falsePositives += negatives;
            precision += positives * (double) truePositives / (truePositives + falsePositives);
        }

        RankingQuality quality() {
            return new RankingQuality(area / ((double) truePositives * falsePositives), precision / truePositives);
        }
    }
}
