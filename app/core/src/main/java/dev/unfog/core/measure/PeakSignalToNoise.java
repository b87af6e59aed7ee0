package dev.unfog.core.measure;

/** The peak signal-to-noise ratio (PSNR): how small the mean squared error is against full scale, in dB. */
public final class PeakSignalToNoise {
    private PeakSignalToNoise() {}

    /**
     * Returns the PSNR over all values together, {@code -10 log10(mean (a - b)²)}.
     *
     * @param reference the true values, full scale 1, any layout
     * @param estimate the values to judge, in the same layout
     * @return dB; positive infinity where both are equal
     */
    public static double decibels(float[] reference, float[] estimate) {
        if (reference.length != estimate.length || reference.length == 0) {
            throw new IllegalArgumentException(
                    "PSNR compares as many values with as many, not " + reference.length + " with " + estimate.length);
        }
        double sum = 0;
        for (int i = 0; i < reference.length; i++) {
            double error = (double) reference[i] - estimate[i];
            sum += error * error;
        }
        return -10 * Math.log10(sum / reference.length);
    }
}
