package dev.unfog.api.sde;

/**
 * The shape of a state: samples, channels and positions, laid out in that order, positions next to each other.
 *
 * <p>A picture has its planes as channels and height · width positions, row by row. The flat index of a value is
 * (sample · channels + channel) · positions + position. Immutable; safe for use by many threads.
 *
 * @param samples how many samples are worked on together, at least 1
 * @param channels channels of each, 1 to {@link GaussianNoise#CHANNEL_LIMIT}
 * @param positions positions of each channel, at least 1
 * @since 0.1.0
 */
public record StateShape(int samples, int channels, long positions) {
    /**
     * Creates a shape.
     *
     * @param samples how many samples are worked on together, at least 1
     * @param channels channels of each, 1 to {@link GaussianNoise#CHANNEL_LIMIT}
     * @param positions positions of each channel, at least 1
     */
    public StateShape {
        if (samples < 1 || channels < 1 || positions < 1) {
            throw new IllegalArgumentException("a state has at least one sample, channel and position, not " + samples
                    + ", " + channels + ", " + positions);
        }
        if (channels > GaussianNoise.CHANNEL_LIMIT || positions > GaussianNoise.POSITION_LIMIT) {
            throw new IllegalArgumentException("too many channels or positions: " + channels + ", " + positions);
        }
        Math.multiplyExact(Math.multiplyExact((long) samples, channels), positions);
    }

    /**
     * {@return the shape of one picture in planes}
     *
     * @param channels how many channels
     * @param height how many rows
     * @param width how many columns
     */
    public static StateShape picture(int channels, int height, int width) {
        return new StateShape(1, channels, (long) height * width);
    }

    /** {@return how many values a state of this shape has} */
    public long size() {
        return (long) samples * channels * positions;
    }
}
