package dev.unfog.core.media;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.Deflater;

/**
 * Writes a TIFF, or from about 4 GB on a BigTIFF, strip by strip (TIFF 6.0; Adobe Photoshop TIFF Technical Notes, 2002).
 *
 * <p>Integers are compressed with Deflate after differences along the row; floats, which hardly shrink, are left as they are.
 */
final class TiffEncoder implements PictureEncoder {
    /** The field of TIFF/EP (ISO 12234-2) for "a record of what has been done to the image". */
    static final int IMAGE_HISTORY = 0x9213;

    private static final int DEFLATE_LEVEL = 1;
    private static final int STRIP_BYTES = 1 << 19;
    private static final long LARGEST_CLASSIC = 4_000_000_000L;

    private final long largestClassic;

    /** Creates an encoder. */
    TiffEncoder() {
        this(LARGEST_CLASSIC);
    }

    /**
     * Creates an encoder that goes over to BigTIFF elsewhere than is usual.
     *
     * @param largestClassic how many bytes of pixels an ordinary TIFF may hold
     */
    TiffEncoder(long largestClassic) {
        this.largestClassic = largestClassic;
    }

    @Override
    public void encode(
            PixelStore pixels, PictureMetadata metadata, String provenance, FileChannel out, Consumer<String> warnings)
            throws IOException {
        PictureLayout layout = pixels.layout();
        ExifBlock exif = metadata.exif();
        ByteOrder order = exif == null ? ByteOrder.nativeOrder() : exif.order();
        int rowBytes = Math.multiplyExact(layout.width(), pixels.pixelBytes());
        int rowsInStrip = Math.max(1, Math.min(layout.height(), STRIP_BYTES / rowBytes));
        int strips = (layout.height() + rowsInStrip - 1) / rowsInStrip;
        boolean big = (long) rowBytes * layout.height() > largestClassic;
        out.position(big ? 16 : 8);
        long[] positions = new long[strips];
        long[] lengths = new long[strips];
        int[] done = {0};
        ParallelChunks.write(
                strips,
                strip -> {
                    int y = strip * rowsInStrip;
                    int rows = Math.min(rowsInStrip, layout.height() - y);
                    byte[] bytes = new byte[rows * rowBytes];
                    pixels.readRows(y, rows, layout.depth(), order, bytes);
                    return compress(bytes, rows, layout, order);
                },
                bytes -> {
                    positions[done[0]] = out.position();
                    lengths[done[0]] = bytes.length;
                    done[0]++;
                    write(out, ByteBuffer.wrap(bytes));
                    if (bytes.length % 2 != 0) {
                        write(out, ByteBuffer.allocate(1));
                    }
                });
        TiffDirectory fields =
                exif == null ? new TiffDirectory(order) : exif.fieldsForResult(layout.width(), layout.height());
        putStructure(fields, layout, rowsInStrip);
        fields.put(big ? TiffField.ofLongs8(273, order, positions) : TiffField.ofLongs(273, order, positions));
        fields.put(big ? TiffField.ofLongs8(279, order, lengths) : TiffField.ofLongs(279, order, lengths));
        putMetadata(fields, metadata, provenance);
        long position = out.position();
        write(out, ByteBuffer.wrap(fields.serialise(position, big)));
        out.position(0);
        write(out, header(order, big, position));
    }

    private static void putStructure(TiffDirectory fields, PictureLayout layout, int rowsInStrip) {
        ByteOrder order = fields.order();
        int channels = layout.channels();
        int[] bits = new int[channels];
        Arrays.fill(bits, 8 * layout.depth().bytes());
        int[] format = new int[channels];
        Arrays.fill(format, layout.depth() == Depth.FLOAT32 ? 3 : 1);
        fields.put(TiffField.ofLongs(254, order, 0));
        fields.put(TiffField.ofLongs(256, order, layout.width()));
        fields.put(TiffField.ofLongs(257, order, layout.height()));
        fields.put(TiffField.ofShorts(258, order, bits));
        fields.put(TiffField.ofShorts(259, order, layout.depth() == Depth.FLOAT32 ? 1 : 8));
        fields.put(TiffField.ofShorts(262, order, layout.color() == Color.RGB ? 2 : 1));
        fields.put(TiffField.ofShorts(274, order, 1));
        fields.put(TiffField.ofShorts(277, order, channels));
        fields.put(TiffField.ofLongs(278, order, rowsInStrip));
        fields.put(TiffField.ofShorts(284, order, 1));
        if (layout.depth() != Depth.FLOAT32) {
            fields.put(TiffField.ofShorts(317, order, 2));
        }
        if (layout.alpha()) {
            fields.put(TiffField.ofShorts(338, order, 2));
        }
        fields.put(TiffField.ofShorts(339, order, format));
    }

    private static void putMetadata(TiffDirectory fields, PictureMetadata metadata, String provenance) {
        fields.put(TiffField.ofText(IMAGE_HISTORY, provenance));
        if (metadata.xmp() != null) {
            fields.put(TiffField.ofBytes(700, TiffField.BYTE, XmpPacket.forResult(metadata.xmp())));
        }
        if (metadata.iptc() != null) {
            fields.put(TiffField.ofBytes(33723, TiffField.UNDEFINED, metadata.iptc()));
        }
        if (metadata.photoshop() != null) {
            fields.put(TiffField.ofBytes(34377, TiffField.BYTE, metadata.photoshop()));
        }
        if (metadata.icc() != null) {
            fields.put(TiffField.ofBytes(34675, TiffField.UNDEFINED, metadata.icc()));
        }
    }

    private static byte[] compress(byte[] bytes, int rows, PictureLayout layout, ByteOrder order) {
        int channels = layout.channels();
        switch (layout.depth()) {
            case UINT8 -> differencesOfBytes(bytes, rows, channels);
            case UINT16 -> differencesOfShorts(bytes, rows, channels, order);
            case FLOAT32 -> {
                return bytes;
            }
        }
        Deflater deflater = new Deflater(DEFLATE_LEVEL);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            byte[] out = new byte[bytes.length + bytes.length / 1000 + 64];
            int size = 0;
            while (!deflater.finished()) {
                if (size == out.length) {
                    out = Arrays.copyOf(out, out.length + 4096);
                }
                size += deflater.deflate(out, size, out.length - size);
            }
            return Arrays.copyOf(out, size);
        } finally {
            deflater.end();
        }
    }

    /** Predictor 2: each sample less the one before it in the row and channel (TIFF 6.0, section 14). */
    private static void differencesOfBytes(byte[] bytes, int rows, int channels) {
        int rowBytes = bytes.length / rows;
        for (int row = 0; row < rows; row++) {
            int start = row * rowBytes;
            for (int i = start + rowBytes - 1; i >= start + channels; i--) {
                bytes[i] -= bytes[i - channels];
            }
        }
    }

    private static void differencesOfShorts(byte[] bytes, int rows, int channels, ByteOrder order) {
        int rowBytes = bytes.length / rows;
        ByteBuffer samples = ByteBuffer.wrap(bytes).order(order);
        for (int row = 0; row < rows; row++) {
            int start = row * rowBytes;
            for (int i = start + rowBytes - 2; i >= start + 2 * channels; i -= 2) {
                samples.putShort(i, (short) (samples.getShort(i) - samples.getShort(i - 2 * channels)));
            }
        }
    }

    private static ByteBuffer header(ByteOrder order, boolean big, long directory) {
        ByteBuffer header = ByteBuffer.allocate(big ? 16 : 8).order(order);
        byte letter = (byte) (order == ByteOrder.LITTLE_ENDIAN ? 'I' : 'M');
        header.put(letter).put(letter).putShort((short) (big ? 43 : 42));
        if (big) {
            header.putShort((short) 8).putShort((short) 0).putLong(directory);
        } else {
            header.putInt((int) directory);
        }
        return header.flip();
    }

    private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
