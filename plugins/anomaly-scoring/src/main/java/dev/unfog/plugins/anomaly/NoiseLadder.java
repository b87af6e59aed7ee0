package dev.unfog.plugins.anomaly;

/** The noise levels at which a sample is looked at, each a constant factor above the one before. */
final class NoiseLadder {
    /** For rows, in deviations of the normal rows: below the lowest all looks alike to the network, above the highest to the noise. */
    static final double[] ROWS = geometric(0.1, 2, 8);

    private NoiseLadder() {}

    static double[] geometric(double lowest, double highest, int count) {
        double[] levels = new double[count];
        for (int i = 0; i < count; i++) {
            levels[i] = lowest * Math.pow(highest / lowest, (double) i / (count - 1));
        }
        return levels;
    }
}
