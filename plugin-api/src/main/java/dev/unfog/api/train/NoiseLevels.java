package dev.unfog.api.train;

/**
 * How the noise level σ of a training sample is drawn, in the units of the data.
 *
 * <p>Log-uniform over the whole range, or, for the given share of the samples, over a narrower range that matters more. The
 * squared error of a sample counts by 1 / (σ² + floor²): near the noise's own size, yet without the least noisy samples,
 * whose error does not fall as fast as σ², ruling the sum.
 *
 * @param minimum smallest level, above 0
 * @param maximum largest level
 * @param focusMinimum smallest level of the narrower range
 * @param focusMaximum largest level of the narrower range
 * @param focusShare share of the samples that draw from the narrower range, 0 to 1
 * @param varyingShare share of the samples, 0 to 1, whose level rises by up to a factor of 4 across the sample, so that the
 *     network learns to read its level element by element; for samples with two spatial dimensions
 * @param floor level below which a sample counts no more than at it
 * @since 0.1.0
 */
public record NoiseLevels(
        double minimum,
        double maximum,
        double focusMinimum,
        double focusMaximum,
        double focusShare,
        double varyingShare,
        double floor) {

    /**
     * Requires levels above 0 in order, and shares from 0 to 1.
     *
     * @param minimum smallest level, above 0
     * @param maximum largest level
     * @param focusMinimum smallest level of the narrower range
     * @param focusMaximum largest level of the narrower range
     * @param focusShare share of the samples that draw from the narrower range, 0 to 1
     * @param varyingShare share of the samples, 0 to 1, whose level rises by up to a factor of 4 across the sample, so that the network learns to read its level element by element; for samples with two spatial dimensions
     * @param floor level below which a sample counts no more than at it
     */
    public NoiseLevels {
        if (!(minimum > 0 && minimum <= maximum && Double.isFinite(maximum))) {
            throw new IllegalArgumentException("Noise levels " + minimum + " to " + maximum + " are no range above 0");
        }
        if (!(focusMinimum >= minimum && focusMinimum <= focusMaximum && focusMaximum <= maximum)) {
            throw new IllegalArgumentException(
                    "The range " + focusMinimum + " to " + focusMaximum + " does not lie within the whole");
        }
        if (!(focusShare >= 0 && focusShare <= 1 && varyingShare >= 0 && varyingShare <= 1)) {
            throw new IllegalArgumentException("A share lies between 0 and 1");
        }
        if (!(floor > 0 && Double.isFinite(floor))) {
            throw new IllegalArgumentException("The floor must be above 0");
        }
    }

    /**
     * {@return log-uniform levels, each the same over its whole sample}
     *
     * @param minimum the smallest
     * @param maximum the largest
     */
    public static NoiseLevels logUniform(double minimum, double maximum) {
        return new NoiseLevels(minimum, maximum, minimum, maximum, 0, 0, minimum);
    }

    /**
     * {@return these levels with a narrower range for a share of the samples}
     *
     * @param low the smallest level of the narrower range
     * @param high the largest level of the narrower range
     * @param share of the samples, 0 to 1
     */
    public NoiseLevels focusedOn(double low, double high, double share) {
        return new NoiseLevels(minimum, maximum, low, high, share, varyingShare, floor);
    }

    /**
     * {@return these levels with another share of samples whose level varies}
     *
     * @param share of the samples, 0 to 1
     */
    public NoiseLevels withVaryingShare(double share) {
        return new NoiseLevels(minimum, maximum, focusMinimum, focusMaximum, focusShare, share, floor);
    }

    /**
     * {@return these levels with another floor of the weight}
     *
     * @param level the floor, above 0
     */
    public NoiseLevels withFloor(double level) {
        return new NoiseLevels(minimum, maximum, focusMinimum, focusMaximum, focusShare, varyingShare, level);
    }
}
