package dev.unfog.api.media;

/**
 * A rectangle of pixels.
 *
 * @param x the left-most column, from 0
 * @param y the top-most row, from 0
 * @param width columns, at least 1
 * @param height rows, at least 1
 * @since 0.1.0
 */
public record Region(int x, int y, int width, int height) {
    /**
     * Requires a rectangle that is not empty and lies at or after the origin.
     *
     * @param x the left-most column, from 0
     * @param y the top-most row, from 0
     * @param width columns, at least 1
     * @param height rows, at least 1
     */
    public Region {
        if (x < 0 || y < 0 || width < 1 || height < 1) {
            throw new IllegalArgumentException("Not a region: " + width + "x" + height + " at (" + x + ", " + y + ")");
        }
    }

    /** {@return how many pixels it covers} */
    public long area() {
        return (long) width * height;
    }
}
