package dev.unfog.core.measure;

/**
 * How well a map of standard deviations tells how wrong an estimate is.
 *
 * @param correlation Pearson's correlation between deviation and absolute error, value by value; not a number where either is the
 *     same everywhere. Were every error drawn from a normal distribution of its own deviation it would be well below 1
 * @param coverage the share of true values within the 90 % interval around the estimate
 */
public record DeviationQuality(double correlation, double coverage) {
    /** The 95 % quantile of the standard normal distribution. */
    private static final double QUANTILE = 1.6448536;

    /**
     * Compares deviations with errors. The interval is that of a further draw: the truth is one, if the samples are drawn from what
     * the truth may be. Values that all samples agree on exactly are left out: they were known.
     *
     * @param truth the true values
     * @param mean the mean of the samples, in the same layout
     * @param deviation their standard deviation, with {@code samples - 1} degrees of freedom
     * @param samples how many there were, at least 2
     */
    public static DeviationQuality of(float[] truth, float[] mean, float[] deviation, int samples) {
        if (truth.length != mean.length || truth.length != deviation.length || samples < 2) {
            throw new IllegalArgumentException("as many values of each kind are needed, of two samples or more");
        }
        double factor = student(samples - 1) * Math.sqrt(1 + 1.0 / samples);
        long count = 0;
        long covered = 0;
        double sumX = 0;
        double sumY = 0;
        double sumXx = 0;
        double sumYy = 0;
        double sumXy = 0;
        for (int i = 0; i < truth.length; i++) {
            double x = deviation[i];
            double y = Math.abs(truth[i] - mean[i]);
            if (x == 0) {
                continue;
            }
            count++;
            covered += y <= factor * x ? 1 : 0;
            sumX += x;
            sumY += y;
            sumXx += x * x;
            sumYy += y * y;
            sumXy += x * y;
        }
        double covariance = sumXy - sumX * sumY / count;
        double spread = (sumXx - sumX * sumX / count) * (sumYy - sumY * sumY / count);
        return new DeviationQuality(
                spread > 0 ? covariance / Math.sqrt(spread) : Double.NaN,
                count == 0 ? Double.NaN : (double) covered / count);
    }

    /** Returns the 95 % quantile of Student's distribution (Abramowitz and Stegun 1964, 26.7.5, to the second term). */
    private static double student(int freedom) {
        double z = QUANTILE;
        double cube = z * z * z;
        return z + (cube + z) / (4.0 * freedom) + (5 * cube * z * z + 16 * cube + 3 * z) / (96.0 * freedom * freedom);
    }
}
