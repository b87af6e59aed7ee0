package dev.unfog.core.measure;

import java.util.Arrays;

/**
 * Which p-values of a batch to act on so that of those at most a given share is expected to be false (Benjamini and Hochberg 1995).
 */
public final class FalseDiscoveryRate {
    private FalseDiscoveryRate() {}

    /**
     * Returns the largest p-value that is a discovery; 0 if none is.
     *
     * @param pValues of all samples of the batch, in any order; not changed
     * @param rate the share of false discoveries to be expected at most, 0..1
     */
    public static double threshold(double[] pValues, double rate) {
        double[] sorted = pValues.clone();
        Arrays.sort(sorted);
        for (int rank = sorted.length; rank >= 1; rank--) {
            if (sorted[rank - 1] <= rate * rank / sorted.length) {
                return sorted[rank - 1];
            }
        }
        return 0;
    }

    /**
     * Returns how many samples of a batch must have the smallest p-value that calibration allows, 1 / (n + 1), before any of them is a
     * discovery. If that is more than the batch holds, no discovery is possible.
     *
     * @param batch how many samples there are
     * @param calibration n, how many samples the p-values are calibrated on
     * @param rate the share of false discoveries to be expected at most, above 0
     */
    public static long needed(long batch, int calibration, double rate) {
        return (long) Math.ceil(batch / (rate * (calibration + 1)) - 1e-9);
    }
}
