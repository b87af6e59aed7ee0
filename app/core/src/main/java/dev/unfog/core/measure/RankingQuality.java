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
        double area = 0;
        double precision = 0;
        long truePositives = 0;
        long falsePositives = 0;
        for (int from = 0, to; from < order.length; from = to) {
            int positives = 0;
            for (to = from; to < order.length && scores[order[to]] == scores[order[from]]; to++) {
                positives += anomalous[order[to]] ? 1 : 0;
            }
            int negatives = to - from - positives;
            area += negatives * (truePositives + 0.5 * positives);
            truePositives += positives;
            falsePositives += negatives;
            precision += positives * (double) truePositives / (truePositives + falsePositives);
        }
        return new RankingQuality(area / ((double) anomalies * normals), precision / anomalies);
    }
}
