package dev.unfog.plugins.image;

import java.util.Locale;
import java.util.StringJoiner;

/**
 * How strong a picture's noise is at each brightness.
 *
 * <p>A sensor's noise grows with the light (Poisson) from a floor (Gaussian), a camera's tone curve bends that, and clipping takes
 * noise away at both ends; so it is a table and not a formula. Brightness is the mean of the colour channels. Immutable.
 */
final class NoiseProfile {
    /** How far around a pixel brightness is averaged, so that the noise itself does not choose its level. */
    static final int SMOOTHING_RADIUS = 3;

    /** Up to which fraction of its highest level a profile is followed down; the network knows no noise of level 0. */
    private static final float LOWEST_SHARE = 0.05f;

    private final float[] levels;

    private NoiseProfile(float[] levels) {
        this.levels = levels;
    }

    /** Returns noise of the same strength everywhere, 0 or greater. */
    static NoiseProfile uniform(double level) {
        return new NoiseProfile(new float[] {(float) level});
    }

    /**
     * Returns noise that depends on brightness.
     *
     * @param levels its standard deviation at brightnesses spaced evenly from 0 to 1, 0 or greater; between them the profile is
     *     linear, beyond them constant
     */
    static NoiseProfile table(double[] levels) {
        float[] copy = new float[levels.length];
        for (int i = 0; i < levels.length; i++) {
            copy[i] = (float) levels[i];
        }
        return new NoiseProfile(copy);
    }

    /** Returns noise of the same kind, so many times as strong. */
    NoiseProfile scaled(double factor) {
        float[] scaled = new float[levels.length];
        for (int i = 0; i < levels.length; i++) {
            scaled[i] = (float) (factor * levels[i]);
        }
        return new NoiseProfile(scaled);
    }

    boolean isUniform() {
        return levels.length == 1;
    }

    /** Returns the strongest noise at any brightness. */
    float highest() {
        float highest = 0;
        for (float level : levels) {
            highest = Math.max(highest, level);
        }
        return highest;
    }

    /** Returns the standard deviation of the noise at a brightness. */
    float at(float brightness) {
        if (isUniform()) {
            return levels[0];
        }
        float position = Math.min(1, Math.max(0, brightness)) * (levels.length - 1);
        int below = Math.min(levels.length - 2, (int) position);
        float share = position - below;
        return levels[below] + share * (levels[below + 1] - levels[below]);
    }

    /**
     * Writes the noise level of each pixel as the network is told of it.
     *
     * @param colors the noisy colours, {@code [channels, height, width]}
     * @param channels how many channels there are
     * @param map receives {@code [height, width]}
     */
    void fill(float[] colors, int channels, int width, int height, float[] map) {
        fill(colors, channels, width, height, LOWEST_SHARE * highest(), map);
    }

    /**
     * Writes the noise level of each pixel.
     *
     * @param colors the noisy colours, {@code [channels, height, width]}
     * @param channels how many channels there are
     * @param lowest what is written instead of a lower level, above 0
     * @param map receives {@code [height, width]}
     */
    void fill(float[] colors, int channels, int width, int height, float lowest, float[] map) {
        int pixels = width * height;
        float[] brightness = new float[pixels];
        for (int i = 0; i < pixels; i++) {
            float sum = 0;
            for (int channel = 0; channel < channels; channel++) {
                sum += colors[channel * pixels + i];
            }
            brightness[i] = sum / channels;
        }
        for (int y = 0; y < height; y++) {
            smooth(brightness, y * width, 1, width, map);
        }
        for (int x = 0; x < width; x++) {
            smooth(map, x, width, height, brightness);
        }
        for (int i = 0; i < pixels; i++) {
            map[i] = Math.max(lowest, at(brightness[i]));
        }
    }

    /** Writes the means of a row's or column's surroundings; each is summed anew, so that it depends on nothing further away. */
    private static void smooth(float[] values, int start, int step, int length, float[] into) {
        for (int i = 0; i < length; i++) {
            int first = Math.max(0, i - SMOOTHING_RADIUS);
            int last = Math.min(length - 1, i + SMOOTHING_RADIUS);
            float sum = 0;
            for (int k = first; k <= last; k++) {
                sum += values[start + k * step];
            }
            into[start + i * step] = sum / (last - first + 1);
        }
    }

    /** Returns the levels in 255ths, for people. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(" ");
        for (float level : levels) {
            text.add(String.format(Locale.ROOT, "%.2f", 255 * level));
        }
        return text.toString();
    }
}
