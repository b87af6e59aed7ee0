package dev.unfog.plugins.image;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;

/**
 * A picture's colour channels without its opacity, which is carried past all restoration untouched.
 *
 * <p>Values are those of the file, not clamped. For one thread.
 */
final class PictureColors {
    private final Picture picture;
    private final PictureLayout layout;
    private final int channels;
    private float[] original = new float[0];

    PictureColors(Picture picture) {
        this.picture = picture;
        this.layout = picture.layout();
        this.channels = layout.color().channels();
    }

    PictureLayout layout() {
        return layout;
    }

    /** Returns how many colour channels there are: 1 or 3. */
    int channels() {
        return channels;
    }

    /**
     * Reads a rectangle.
     *
     * @param region inside the picture
     * @param colors receives {@code [1 or 3, height, width]}
     * @throws UnfogException if a value is not a finite number
     */
    void read(Region region, float[] colors) {
        int count = channels * Math.toIntExact(region.area());
        if (layout.alpha()) {
            readOriginal(region);
            System.arraycopy(original, 0, colors, 0, count);
        } else {
            picture.read(region, colors);
        }
        if (layout.depth() == PictureLayout.Depth.FLOAT32) {
            requireFinite(region, colors, count);
        }
    }

    /**
     * Reads a rectangle with its opacity.
     *
     * @param region inside the picture
     * @return {@code [channels, height, width]}, valid until the next call
     */
    float[] readAll(Region region) {
        readOriginal(region);
        return original;
    }

    private void readOriginal(Region region) {
        int needed = Math.multiplyExact(layout.channels(), Math.toIntExact(region.area()));
        if (original.length < needed) {
            original = new float[needed];
        }
        picture.read(region, original);
    }

    private void requireFinite(Region region, float[] colors, int count) {
        int pixels = Math.toIntExact(region.area());
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(colors[i])) {
                int pixel = i % pixels;
                throw new UnfogException(
                        ErrorCode.UNREADABLE_MEDIA,
                        picture.name(),
                        "the pixel at (" + (region.x() + pixel % region.width()) + ", "
                                + (region.y() + pixel / region.width()) + ") is not a finite number",
                        "replace such pixels by numbers and try again");
            }
        }
    }
}
