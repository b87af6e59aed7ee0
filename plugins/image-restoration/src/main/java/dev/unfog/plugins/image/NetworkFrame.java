package dev.unfog.plugins.image;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;

/**
 * A picture's colours as the network takes them: three channels, whatever the file has.
 *
 * <p>Grey is repeated in the three channels and averaged on the way back; opacity is not the network's business and is carried past
 * it. Values are those of the file, not clamped. For one thread.
 */
final class NetworkFrame {
    /** How many channels the network takes. */
    static final int CHANNELS = 3;

    private final Picture picture;
    private final PictureLayout layout;
    private float[] original = new float[0];

    NetworkFrame(Picture picture) {
        this.picture = picture;
        this.layout = picture.layout();
    }

    /**
     * Reads a rectangle.
     *
     * @param region inside the picture
     * @param colors receives {@code [3, height, width]}
     * @throws UnfogException if a value is not a finite number
     */
    void read(Region region, float[] colors) {
        int pixels = Math.toIntExact(region.area());
        original = readOriginal(region, original);
        requireFinite(region, pixels);
        if (layout.color() == PictureLayout.Color.GREY) {
            for (int channel = 0; channel < CHANNELS; channel++) {
                System.arraycopy(original, 0, colors, channel * pixels, pixels);
            }
        } else {
            System.arraycopy(original, 0, colors, 0, CHANNELS * pixels);
        }
    }

    /**
     * Mixes a result with the picture's own values, in the picture's channels.
     *
     * @param region inside the picture
     * @param colors the network's colours, {@code [3, height, width]}
     * @param strength 1 takes the colours, 0 keeps the picture
     * @return {@code [channels, height, width]}, valid until the next call
     */
    float[] blend(Region region, float[] colors, float strength) {
        int pixels = Math.toIntExact(region.area());
        original = readOriginal(region, original);
        if (layout.color() == PictureLayout.Color.GREY) {
            for (int i = 0; i < pixels; i++) {
                float grey = (colors[i] + colors[pixels + i] + colors[2 * pixels + i]) / CHANNELS;
                original[i] += strength * (grey - original[i]);
            }
        } else {
            for (int i = 0; i < CHANNELS * pixels; i++) {
                original[i] += strength * (colors[i] - original[i]);
            }
        }
        return original;
    }

    private float[] readOriginal(Region region, float[] buffer) {
        int needed = Math.multiplyExact(layout.channels(), Math.toIntExact(region.area()));
        float[] values = buffer.length < needed ? new float[needed] : buffer;
        picture.read(region, values);
        return values;
    }

    private void requireFinite(Region region, int pixels) {
        if (layout.depth() != PictureLayout.Depth.FLOAT32) {
            return;
        }
        for (int i = 0; i < layout.color().channels() * pixels; i++) {
            if (!Float.isFinite(original[i])) {
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
