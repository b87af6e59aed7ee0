package dev.unfog.plugins.speech;

/**
 * How loud a recording is where there is sound: the mean power of the blocks that are at most 25 dB below the loudest of all but one
 * in fifty.
 *
 * <p>Blocks are counted by their level in whole decibels below full scale. For one thread.
 */
final class ActiveLevel {
    /** The length of a block, in seconds. */
    static final double BLOCK_SECONDS = 0.02;

    private static final int LEVELS = 160;
    private static final int RANGE = 25;
    private static final double LOUDEST_SHARE = 0.02;
    private static final double SILENT = 1e-16;

    private final double[] counts = new double[LEVELS];
    private final double[] powers = new double[LEVELS];

    /** Adds a block of its mean power, full scale 1. */
    void add(double power) {
        if (power > SILENT) {
            int level = (int) Math.max(0, Math.min(LEVELS - 1, -10 * Math.log10(power)));
            counts[level]++;
            powers[level] += power;
        }
    }

    /** Lets all blocks so far count less, by a factor below 1. */
    void fade(double factor) {
        for (int level = 0; level < LEVELS; level++) {
            counts[level] *= factor;
            powers[level] *= factor;
        }
    }

    /** Returns the mean power where there is sound, 0 for silence. */
    double power() {
        double total = 0;
        for (double count : counts) {
            total += count;
        }
        int loudest = 0;
        for (double above = 0; loudest < LEVELS - 1; loudest++) {
            above += counts[loudest];
            if (above > LOUDEST_SHARE * total) {
                break;
            }
        }
        double count = 0;
        double power = 0;
        for (int level = 0; level < Math.min(LEVELS, loudest + RANGE); level++) {
            count += counts[level];
            power += powers[level];
        }
        return count == 0 ? 0 : power / count;
    }
}
