package dev.unfog.plugins.image;

/**
 * What can be said of a number that was rounded to a multiple of a step, when it was expected to be somewhere else.
 *
 * <p>The number is as far from its expected value as a normal distribution says, but in the interval from which it was rounded:
 * its mean is that of the truncated normal distribution (Johnson, Kotz and Balakrishnan 1994, "Continuous Univariate
 * Distributions", volume 1, section 13.10.1).
 */
final class QuantisationCell {
    /** From how many standard deviations on the normal density is taken for an exponential one. */
    private static final double TAIL = 4;
    /** Up to how many standard deviations an interval is so narrow that the density in it is nearly straight. */
    private static final double NARROW = 0.05;

    private static final double DENSITY = 1 / Math.sqrt(2 * Math.PI);

    private QuantisationCell() {}

    /**
     * Returns the mean of a number.
     *
     * @param expected where it was expected to be
     * @param spread the standard deviation of what was expected, above 0
     * @param low the lowest that it can be
     * @param high the highest that it can be, above {@code low}
     * @return a number from {@code low} to {@code high}
     */
    static double mean(double expected, double spread, double low, double high) {
        double from = (low - expected) / spread;
        double to = (high - expected) / spread;
        if (from + to < 0) {
            return -mean(-expected, spread, -high, -low);
        }
        if (from < -2 * TAIL) {
            return expected;
        }
        double mean;
        if (to - from < NARROW) {
            double width = to - from;
            mean = (from + to) / 2 * (1 - width * width / 12);
        } else if (from > TAIL) {
            // Mills' ratio as a continued fraction says how fast the density falls in the mean.
            double rate = from + 2 / (from + 3 / (from + 4 / from));
            mean = from + 1 / rate - (to - from) / Math.expm1(Math.min(700, rate * (to - from)));
        } else {
            mean = (density(from) - density(to)) / (distribution(to) - distribution(from));
        }
        return Math.max(low, Math.min(high, expected + spread * mean));
    }

    private static double density(double x) {
        return DENSITY * Math.exp(-x * x / 2);
    }

    /** The normal distribution function less 1/2, to 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26). */
    private static double distribution(double x) {
        double z = Math.abs(x) / Math.sqrt(2);
        double t = 1 / (1 + 0.3275911 * z);
        double polynomial =
                t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
        double half = (1 - polynomial * Math.exp(-z * z)) / 2;
        return x < 0 ? -half : half;
    }
}
