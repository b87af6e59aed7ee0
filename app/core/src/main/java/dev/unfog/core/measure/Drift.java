package dev.unfog.core.measure;

import java.util.Arrays;

/**
 * Whether what is normal has changed since a model was calibrated: the p-values of normal samples are spread evenly, as long as they
 * come from where the calibration samples came from.
 *
 * <p>Only p-values above {@value #ABOVE} are looked at, so that a few anomalies are no drift.
 */
public final class Drift {
    /** What lies at or below it may be anomalies. */
    public static final double ABOVE = 0.1;

    private Drift() {}

    /**
     * Returns the chance of p-values at least this uneven without drift: the test of Kolmogorov and Smirnov for two samples, the
     * p-values and the calibration samples that they are ranks among.
     *
     * @param pValues recent ones, any number
     * @param calibration how many samples they are calibrated on
     * @return 0..1; 1 where fewer than 20 are above {@value #ABOVE}
     */
    public static double significance(double[] pValues, int calibration) {
        double[] rest = Arrays.stream(pValues).filter(p -> p > ABOVE).sorted().toArray();
        if (rest.length < 20) {
            return 1;
        }
        double distance = 0;
        for (int i = 0; i < rest.length; i++) {
            double even = (rest[i] - ABOVE) / (1 - ABOVE);
            distance = Math.max(distance, Math.max((i + 1.0) / rest.length - even, even - (double) i / rest.length));
        }
        // p-values are multiples of 1 / (n + 1), a step that is no drift.
        double size = rest.length * (double) calibration / (rest.length + calibration);
        double scaled = Math.max(0, distance - 1.0 / (calibration + 1)) * Math.sqrt(size);
        return tail(scaled);
    }

    /** The limiting distribution of Kolmogorov. */
    private static double tail(double scaled) {
        if (scaled < 0.3) {
            return 1;
        }
        double sum = 0;
        for (int k = 1; k <= 100; k++) {
            sum += (k % 2 == 1 ? 2 : -2) * Math.exp(-2.0 * k * k * scaled * scaled);
        }
        return Math.max(0, Math.min(1, sum));
    }
}
