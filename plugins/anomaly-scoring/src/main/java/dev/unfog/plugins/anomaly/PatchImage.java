package dev.unfog.plugins.anomaly;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A picture or a spectrogram in memory, to be looked at patch by patch.
 *
 * @param values {@code [channels][height][width]}
 * @param channels 1 or 3
 * @param height rows
 * @param width columns
 */
record PatchImage(float[] values, int channels, int height, int width) {
    /** The shortest side that holds a patch at the coarser scale. */
    static final int SHORTEST = 32;

    /**
     * The longest side that is looked at as it is: what is wrong with a larger photograph is larger too, and can be seen, in a quarter of
     * the time, at half its size.
     */
    private static final int LONGEST = 640;

    private static final long MOST_VALUES = 1L << 27;

    /**
     * Reads a picture, its opacity left out.
     *
     * @param channels 1 to turn colours into luminance (ITU-R BT.601), 3 to keep or repeat them
     * @throws UnfogException if it is too small to hold a patch, or too large for memory
     */
    static PatchImage of(Picture picture, int channels) {
        PictureLayout layout = picture.layout();
        requireSize(picture.name(), layout.width(), layout.height(), channels, "pixels");
        int area = layout.width() * layout.height();
        float[] values = new float[channels * area];
        float[] row = new float[layout.channels() * layout.width()];
        for (int y = 0; y < layout.height(); y++) {
            picture.read(new Region(0, y, layout.width(), 1), row);
            for (int x = 0; x < layout.width(); x++) {
                int at = y * layout.width() + x;
                boolean isColour = layout.color() == PictureLayout.Color.RGB;
                float red = row[x];
                float green = isColour ? row[layout.width() + x] : red;
                float blue = isColour ? row[2 * layout.width() + x] : red;
                if (channels == 1) {
                    values[at] = isColour ? 0.299f * red + 0.587f * green + 0.114f * blue : red;
                } else {
                    values[at] = red;
                    values[area + at] = green;
                    values[2 * area + at] = blue;
                }
            }
        }
        return new PatchImage(values, channels, layout.height(), layout.width());
    }

    static void requireSize(String name, int width, int height, int channels, String unit) {
        if (Math.min(width, height) < SHORTEST) {
            throw new UnfogException(
                    ErrorCode.UNSUPPORTED_MEDIA,
                    name,
                    "it is " + width + "x" + height + " " + unit + ", smaller than a patch of " + SHORTEST + "x"
                            + SHORTEST,
                    "give a larger sample");
        }
        if ((long) width * height * channels > MOST_VALUES) {
            throw new UnfogException(
                    ErrorCode.MEDIA_TOO_LARGE,
                    name,
                    "it is " + width + "x" + height + " " + unit + ", more than fits in memory",
                    "cut it into pieces");
        }
    }

    /** Returns the picture at half its size, each value the mean of four. */
    PatchImage half() {
        int rows = height / 2;
        int columns = width / 2;
        float[] halved = new float[channels * rows * columns];
        for (int channel = 0; channel < channels; channel++) {
            for (int y = 0; y < rows; y++) {
                for (int x = 0; x < columns; x++) {
                    int at = (channel * height + 2 * y) * width + 2 * x;
                    halved[(channel * rows + y) * columns + x] =
                            0.25f * (values[at] + values[at + 1] + values[at + width] + values[at + width + 1]);
                }
            }
        }
        return new PatchImage(halved, channels, rows, columns);
    }

    /** Returns by which power of two a picture is made smaller before it is looked at. */
    int reduction() {
        int reduction = 1;
        while (Math.max(height, width) / reduction > LONGEST && Math.min(height, width) / (2 * reduction) >= SHORTEST) {
            reduction *= 2;
        }
        return reduction;
    }

    /** Returns the picture, made smaller by {@link #reduction}. */
    PatchImage reduced() {
        PatchImage reduced = this;
        for (int reduction = reduction(); reduction > 1; reduction /= 2) {
            reduced = reduced.half();
        }
        return reduced;
    }

    /** Returns what no other picture shares. */
    String digest() {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length + 2, Float.BYTES));
        bytes.putInt(height).putInt(width).asFloatBuffer().put(values);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Copies a rectangle that may leave the picture; what lies outside is its mirror image. */
    void copy(int left, int top, int columns, int rows, float[] into, int offset) {
        int at = offset;
        for (int channel = 0; channel < channels; channel++) {
            for (int y = top; y < top + rows; y++) {
                int base = (channel * height + mirrored(y, height)) * width;
                for (int x = left; x < left + columns; x++) {
                    into[at++] = values[base + (x >= 0 && x < width ? x : mirrored(x, width))];
                }
            }
        }
    }

    private static int mirrored(int at, int size) {
        int period = 2 * size;
        int place = Math.floorMod(at, period);
        return place < size ? place : period - 1 - place;
    }
}
