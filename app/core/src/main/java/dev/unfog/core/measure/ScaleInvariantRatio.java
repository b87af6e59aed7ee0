package dev.unfog.core.measure;

/**
 * The scale-invariant signal-to-distortion ratio (SI-SDR): what of an estimate is the reference, however loud, against the rest.
 *
 * <p>Le Roux et al. 2019, "SDR – Half-baked or Well Done?", equation 2, both signals first freed of their mean.
 */
public final class ScaleInvariantRatio {
    private ScaleInvariantRatio() {}

    /**
     * Returns the ratio, {@code 10 log10(|αs|² / |αs − ŝ|²)} with {@code α = ŝᵀs / |s|²}.
     *
     * @param reference the clean signal s
     * @param estimate the signal to judge ŝ, as long
     * @return dB; positive infinity where the estimate is a multiple of the reference, NaN where either is silent
     */
    public static double decibels(float[] reference, float[] estimate) {
        if (reference.length != estimate.length || reference.length == 0) {
            throw new IllegalArgumentException("SI-SDR compares as many values with as many, not " + reference.length
                    + " with " + estimate.length);
        }
        double referenceMean = mean(reference);
        double estimateMean = mean(estimate);
        double product = 0;
        double power = 0;
        double estimatePower = 0;
        for (int i = 0; i < reference.length; i++) {
            double s = reference[i] - referenceMean;
            double e = estimate[i] - estimateMean;
            product += s * e;
            power += s * s;
            estimatePower += e * e;
        }
        if (power == 0 || estimatePower == 0) {
            return Double.NaN;
        }
        double scale = product / power;
        double distortion = 0;
        for (int i = 0; i < reference.length; i++) {
            double difference = scale * (reference[i] - referenceMean) - (estimate[i] - estimateMean);
            distortion += difference * difference;
        }
        return 10 * Math.log10(scale * scale * power / distortion);
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
