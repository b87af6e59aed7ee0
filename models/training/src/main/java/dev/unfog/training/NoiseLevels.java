package dev.unfog.training;

import java.util.random.RandomGenerator;

/**
 * How the noise level of a training sample is drawn: log-uniform over [min, max], and with probability {@code focus} log-uniform
 * over the narrower [focusMin, focusMax] instead.
 *
 * @param varying share of the samples whose level varies smoothly over the sample, so that a level per pixel is learned too
 */
record NoiseLevels(double min, double max, double focusMin, double focusMax, double focus, double varying) {

    double draw(RandomGenerator random) {
        boolean focused = random.nextDouble() < focus;
        double low = focused ? focusMin : min;
        double high = focused ? focusMax : max;
        return low * Math.pow(high / low, random.nextDouble());
    }
}
