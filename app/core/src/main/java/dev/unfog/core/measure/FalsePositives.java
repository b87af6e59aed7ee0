package dev.unfog.core.measure;

import java.util.Arrays;
import java.util.SplittableRandom;

/** How often split-conformal p-values call a normal sample anomalous, which should be as often as was asked for. */
public final class FalsePositives {
    private FalsePositives() {}

    /**
     * Returns the share of normal samples whose p-value is at most α, averaged over random splits into calibration and test.
     *
     * <p>The p-value of a score s is (1 + number of calibration scores ≥ s) / (1 + number of calibration scores).
     *
     * @param scores of normal samples that nothing was fitted to, at least twice as many as {@code calibration}
     * @param calibration how many of them each split calibrates on
     * @param alpha the share asked for, 0..1
     * @param splits how many splits
     * @param seed of the splits
     */
    public static double rate(double[] scores, int calibration, double alpha, int splits, long seed) {
        if (calibration < 1 || calibration >= scores.length) {
            throw new IllegalArgumentException(
                    "Of " + scores.length + " scores, " + calibration + " cannot be for calibration");
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] shuffled = scores.clone();
        double sum = 0;
        for (int split = 0; split < splits; split++) {
            for (int i = shuffled.length - 1; i > 0; i--) {
                int other = random.nextInt(i + 1);
                double swapped = shuffled[i];
                shuffled[i] = shuffled[other];
                shuffled[other] = swapped;
            }
            double[] sorted = Arrays.copyOf(shuffled, calibration);
            Arrays.sort(sorted);
            int flagged = 0;
            for (int i = calibration; i < shuffled.length; i++) {
                flagged += (1.0 + calibration - below(sorted, shuffled[i])) / (1 + calibration) <= alpha ? 1 : 0;
            }
            sum += (double) flagged / (shuffled.length - calibration);
        }
        return sum / splits;
    }

    /** How many of the sorted values lie below one. */
    private static int below(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
