package dev.unfog.api.media;

/**
 * The shape of a picture and how its samples are stored.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 * @param color what the colour channels are
 * @param alpha whether one more channel, the last, holds opacity (1 is opaque; colours are not multiplied by it)
 * @param depth how a sample is stored in the file
 * @since 0.1.0
 */
public record PictureLayout(int width, int height, Color color, boolean alpha, Depth depth) {
    /**
     * What the colour channels are.
     *
     * @since 0.1.0
     */
    public enum Color {
        /** One channel. */
        GREY(1),
        /** Red, green and blue. */
        RGB(3);

        private final int channels;

        Color(int channels) {
            this.channels = channels;
        }

        /** {@return how many channels there are} */
        public int channels() {
            return channels;
        }
    }

    /**
     * How a sample is stored.
     *
     * @since 0.1.0
     */
    public enum Depth {
        /** 8-bit integers; 255 is 1. */
        UINT8(1),
        /** 16-bit integers; 65535 is 1. */
        UINT16(2),
        /** 32-bit floats; values outside 0..1 are kept. */
        FLOAT32(4);

        private final int bytes;

        Depth(int bytes) {
            this.bytes = bytes;
        }

        /** {@return how many bytes a sample takes} */
        public int bytes() {
            return bytes;
        }
    }

    /**
     * Requires a picture that is not empty.
     *
     * @param width columns, at least 1
     * @param height rows, at least 1
     * @param color what the colour channels are
     * @param alpha whether one more channel, the last, holds opacity (1 is opaque; colours are not multiplied by it)
     * @param depth how a sample is stored in the file
     */
    public PictureLayout {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("A picture has at least one pixel, not " + width + "x" + height);
        }
    }

    /** {@return how many channels there are, opacity included} */
    public int channels() {
        return color.channels() + (alpha ? 1 : 0);
    }

    /** {@return how many pixels there are} */
    public long pixels() {
        return (long) width * height;
    }

    /** {@return the region that covers the whole picture} */
    public Region bounds() {
        return new Region(0, 0, width, height);
    }

    /**
     * {@return this layout with another sample depth}
     *
     * @param other the depth of the new layout
     */
    public PictureLayout withDepth(Depth other) {
        return new PictureLayout(width, height, color, alpha, other);
    }

    /**
     * {@return this layout with another size}
     *
     * @param newWidth columns of the new layout
     * @param newHeight rows of the new layout
     */
    public PictureLayout withSize(int newWidth, int newHeight) {
        return new PictureLayout(newWidth, newHeight, color, alpha, depth);
    }
}
