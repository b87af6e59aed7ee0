package dev.unfog.api.sde;

/** The rate β(t) = β_min + t (β_max − β_min) on 0 to 1 that the variance-preserving processes share. */
final class LinearRate {
    private LinearRate() {}

    static void check(double lowest, double highest, double startTime) {
        ProcessConstants.positive("lowestRate", lowest);
        ProcessConstants.positive("highestRate", highest);
        if (highest < lowest) {
            throw new IllegalArgumentException(
                    "highestRate (" + highest + ") must be at least lowestRate (" + lowest + ")");
        }
        if (!(startTime > 0 && startTime < 1)) {
            throw new IllegalArgumentException("startTime must be between 0 and 1, not " + startTime);
        }
    }

    static double at(double lowest, double highest, double time) {
        return lowest + time * (highest - lowest);
    }

    static double integral(double lowest, double highest, double time) {
        return time * (lowest + 0.5 * time * (highest - lowest));
    }

    /** Returns the time at which the integral of β has the value given, at most 1. */
    static double timeOfIntegral(double lowest, double highest, double integral) {
        if (integral >= integral(lowest, highest, 1)) {
            return 1;
        }
        // This form of the root of the quadratic loses no digits when the integral is small or β is constant.
        return 2 * integral / (lowest + Math.sqrt(lowest * lowest + 2 * (highest - lowest) * integral));
    }
}
