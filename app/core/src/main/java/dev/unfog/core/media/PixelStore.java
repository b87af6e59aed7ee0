package dev.unfog.core.media;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Depth;
import dev.unfog.api.media.Region;
import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A picture in a scratch file, read and written by region in flat memory.
 *
 * <p>Rows lie one after the other, the channels of a pixel side by side, samples in the machine's byte order. What was never written
 * is zero. The file is gone once the store is closed, or the process has ended.
 *
 * <p>Reading, and writing disjoint regions, is safe from many threads.
 */
final class PixelStore implements AutoCloseable {
    /** About how many bytes one read or write moves. */
    private static final int CHUNK_BYTES = 1 << 20;

    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());
    private static final VarHandle FLOATS =
            MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.nativeOrder());
    private static final float[] UNIT_OF_BYTE = new float[256];

    static {
        for (int value = 0; value < 256; value++) {
            UNIT_OF_BYTE[value] = value / 255f;
        }
    }

    private final Path directory;
    private final PictureLayout layout;
    private final int channels;
    private final int pixelBytes;
    private final int rowBytes;
    private final FileChannel channel;

    private PixelStore(Path directory, PictureLayout layout, FileChannel channel) {
        this.directory = directory;
        this.layout = layout;
        this.channels = layout.channels();
        this.pixelBytes = channels * layout.depth().bytes();
        this.rowBytes = Math.multiplyExact(layout.width(), pixelBytes);
        this.channel = channel;
    }

    /**
     * Makes a store whose samples are all zero; takes disk space only as it is written.
     *
     * @param directory an existing folder
     * @param layout the shape, and how samples are stored
     */
    static PixelStore create(Path directory, PictureLayout layout) {
        Path file = directory.resolve("picture-" + UUID.randomUUID() + ".pixels");
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    file,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.SPARSE,
                    StandardOpenOption.DELETE_ON_CLOSE);
            PixelStore store = new PixelStore(directory, layout, channel);
            long size = (long) store.rowBytes * layout.height();
            channel.write(ByteBuffer.wrap(new byte[1]), size - 1);
            return store;
        } catch (IOException e) {
            closeQuietly(channel);
            throw FileProblems.scratch(directory, e);
        }
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // the first failure is the one worth telling
            }
        }
    }

    /** Returns the shape, and how samples are stored. */
    PictureLayout layout() {
        return layout;
    }

    /** Returns how many bytes a pixel takes. */
    int pixelBytes() {
        return pixelBytes;
    }

    /** Returns how many bytes a row takes. */
    int rowBytes() {
        return rowBytes;
    }

    /**
     * Reads whole rows as they are stored.
     *
     * @param y the first row
     * @param rows how many
     * @param target receives {@code rows * rowBytes()} bytes from index 0
     */
    void readRows(int y, int rows, byte[] target) {
        read(position(0, y), target, 0, Math.multiplyExact(rows, rowBytes));
    }

    /**
     * Writes whole rows as they are stored.
     *
     * @param y the first row
     * @param rows how many
     * @param source holds {@code rows * rowBytes()} bytes from index 0
     */
    void writeRows(int y, int rows, byte[] source) {
        write(position(0, y), source, 0, Math.multiplyExact(rows, rowBytes));
    }

    /** Reads {@code pixels} pixels of row {@code y} from column {@code x} on, as they are stored. */
    void readSpan(int x, int y, int pixels, byte[] target) {
        read(position(x, y), target, 0, pixels * pixelBytes);
    }

    /** Writes {@code pixels} pixels of row {@code y} from column {@code x} on, as they are stored. */
    void writeSpan(int x, int y, int pixels, byte[] source) {
        write(position(x, y), source, 0, pixels * pixelBytes);
    }

    /**
     * Reads a rectangle as floats.
     *
     * @param region inside the picture
     * @param planar receives {@code [channels, height, width]}, integers scaled to 0..1
     */
    void read(Region region, float[] planar) {
        check(region, planar.length);
        int width = region.width();
        int area = Math.toIntExact(region.area());
        int spanBytes = width * pixelBytes;
        // Rows of a region that is nearly as wide as the picture are read together with what lies between them.
        boolean together = spanBytes * 2L >= rowBytes;
        int rowsAtOnce = together ? Math.min(region.height(), Math.max(1, CHUNK_BYTES / rowBytes)) : 1;
        byte[] bytes = new byte[(rowsAtOnce - 1) * rowBytes + spanBytes];
        for (int row = 0; row < region.height(); row += rowsAtOnce) {
            int rows = Math.min(rowsAtOnce, region.height() - row);
            read(position(region.x(), region.y() + row), bytes, 0, (rows - 1) * rowBytes + spanBytes);
            for (int i = 0; i < rows; i++) {
                unpack(bytes, i * rowBytes, width, planar, (row + i) * width, area);
            }
        }
    }

    /**
     * Writes a rectangle of floats, rounded to the depth of the store, half up.
     *
     * @param region inside the picture
     * @param planar the values, {@code [channels, height, width]}
     * @throws UnfogException with {@link ErrorCode#PLUGIN_BROKEN} if a value is not a number
     */
    void write(Region region, float[] planar) {
        check(region, planar.length);
        int width = region.width();
        int area = Math.toIntExact(region.area());
        int spanBytes = width * pixelBytes;
        int rowsAtOnce = spanBytes == rowBytes ? Math.min(region.height(), Math.max(1, CHUNK_BYTES / rowBytes)) : 1;
        byte[] bytes = new byte[rowsAtOnce * spanBytes];
        for (int row = 0; row < region.height(); row += rowsAtOnce) {
            int rows = Math.min(rowsAtOnce, region.height() - row);
            for (int i = 0; i < rows; i++) {
                pack(planar, (row + i) * width, area, width, bytes, i * spanBytes);
            }
            write(position(region.x(), region.y() + row), bytes, 0, rows * spanBytes);
        }
    }

    /**
     * Reads whole rows, the channels of a pixel side by side, at the depth and in the byte order that a file format wants.
     *
     * @param y the first row
     * @param rows how many
     * @param depth integers are rounded half up, and what lies outside 0..1 is clipped
     * @param order of the bytes in a sample
     * @param target receives {@code rows * width * channels * depth.bytes()} bytes from index 0
     */
    void readRows(int y, int rows, Depth depth, ByteOrder order, byte[] target) {
        int samples = Math.multiplyExact(Math.multiplyExact(rows, layout.width()), channels);
        if (depth == layout.depth()) {
            readRows(y, rows, target);
        } else {
            convert(new Region(0, y, layout.width(), rows), depth, target);
        }
        if (order != ByteOrder.nativeOrder() && depth != Depth.UINT8) {
            reverse(target, samples, depth.bytes());
        }
    }

    private void convert(Region region, Depth depth, byte[] target) {
        int area = Math.toIntExact(region.area());
        float[] planar = new float[area * channels];
        read(region, planar);
        for (int c = 0; c < channels; c++) {
            for (int i = 0, out = c; i < area; i++, out += channels) {
                float value = planar[c * area + i];
                switch (depth) {
                    case UINT8 -> target[out] = (byte) round(value, 255);
                    case UINT16 -> SHORTS.set(target, 2 * out, (short) round(value, 65535));
                    case FLOAT32 -> FLOATS.set(target, 4 * out, value);
                }
            }
        }
    }

    private static void reverse(byte[] bytes, int samples, int size) {
        for (int i = 0; i < samples * size; i += size) {
            for (int low = i, high = i + size - 1; low < high; low++, high--) {
                byte swap = bytes[low];
                bytes[low] = bytes[high];
                bytes[high] = swap;
            }
        }
    }

    private void unpack(byte[] bytes, int from, int width, float[] planar, int to, int area) {
        for (int c = 0; c < channels; c++) {
            int out = c * area + to;
            switch (layout.depth()) {
                case UINT8 -> {
                    for (int x = 0, in = from + c; x < width; x++, in += channels) {
                        planar[out + x] = UNIT_OF_BYTE[bytes[in] & 0xff];
                    }
                }
                case UINT16 -> {
                    for (int x = 0, in = from + 2 * c; x < width; x++, in += pixelBytes) {
                        planar[out + x] = ((short) SHORTS.get(bytes, in) & 0xffff) / 65535f;
                    }
                }
                case FLOAT32 -> {
                    for (int x = 0, in = from + 4 * c; x < width; x++, in += pixelBytes) {
                        planar[out + x] = (float) FLOATS.get(bytes, in);
                    }
                }
            }
        }
    }

    private void pack(float[] planar, int from, int area, int width, byte[] bytes, int to) {
        boolean numbers = true;
        for (int c = 0; c < channels; c++) {
            int in = c * area + from;
            switch (layout.depth()) {
                case UINT8 -> {
                    for (int x = 0, out = to + c; x < width; x++, out += channels) {
                        float value = planar[in + x];
                        numbers &= value == value;
                        bytes[out] = (byte) round(value, 255);
                    }
                }
                case UINT16 -> {
                    for (int x = 0, out = to + 2 * c; x < width; x++, out += pixelBytes) {
                        float value = planar[in + x];
                        numbers &= value == value;
                        SHORTS.set(bytes, out, (short) round(value, 65535));
                    }
                }
                case FLOAT32 -> {
                    for (int x = 0, out = to + 4 * c; x < width; x++, out += pixelBytes) {
                        float value = planar[in + x];
                        numbers &= value == value;
                        FLOATS.set(bytes, out, value);
                    }
                }
            }
        }
        if (!numbers) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    "result",
                    "a value is not a number (NaN)",
                    "report it to the plugin's author, with the input and the parameters");
        }
    }

    /** Rounds a value of 0..1 to an integer of 0..{@code most}, half up; what lies outside is clipped. */
    static int round(float value, int most) {
        return (int) Math.max(0f, Math.min(most, value * most + 0.5f));
    }

    private void check(Region region, int length) {
        if (region.x() + (long) region.width() > layout.width()
                || region.y() + (long) region.height() > layout.height()) {
            throw new IllegalArgumentException(
                    region + " leaves the picture of " + layout.width() + "x" + layout.height() + " pixels");
        }
        if (region.area() * channels > length) {
            throw new IllegalArgumentException(
                    "An array of " + length + " values is too short for " + region + " with " + channels + " channels");
        }
    }

    private long position(int x, int y) {
        return (long) y * rowBytes + (long) x * pixelBytes;
    }

    private void read(long position, byte[] target, int offset, int length) {
        int done = 0;
        try {
            while (done < length) {
                int step = Math.min(CHUNK_BYTES, length - done);
                int count = channel.read(ByteBuffer.wrap(target, offset + done, step), position + done);
                if (count < 0) {
                    throw new EOFException("The scratch file is shorter than the picture");
                }
                done += count;
            }
        } catch (IOException e) {
            throw FileProblems.scratch(directory, e);
        }
    }

    private void write(long position, byte[] source, int offset, int length) {
        int done = 0;
        try {
            while (done < length) {
                int step = Math.min(CHUNK_BYTES, length - done);
                done += channel.write(ByteBuffer.wrap(source, offset + done, step), position + done);
            }
        } catch (IOException e) {
            throw FileProblems.scratch(directory, e);
        }
    }

    /** Gives the file back; closing twice is harmless. */
    @Override
    public void close() {
        closeQuietly(channel);
    }
}
