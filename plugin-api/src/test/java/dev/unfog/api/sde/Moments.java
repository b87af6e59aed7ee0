package dev.unfog.api.sde;

/** Mean, variance and third and fourth standardised moments of values. */
record Moments(double mean, double variance, double skewness, double kurtosis) {

    static Moments of(double[] values) {
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        double second = 0;
        double third = 0;
        double fourth = 0;
        for (double value : values) {
            double d = value - mean;
            second += d * d / values.length;
            third += d * d * d / values.length;
            fourth += d * d * d * d / values.length;
        }
        return new Moments(mean, second, third / Math.pow(second, 1.5), fourth / (second * second));
    }

    static Moments of(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return of(wide);
    }
}
