package dev.unfog.core.media;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Depth;
import java.awt.Point;
import java.awt.Rectangle;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.SampleModel;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import javax.imageio.IIOImage;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.plugins.jpeg.JPEGQTable;
import javax.imageio.stream.ImageOutputStreamImpl;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.NodeList;

/** Writes a baseline JPEG through the JDK's writer, which takes row after row, and puts the metadata in front (ITU-T T.81, annex B). */
final class JpegEncoder implements PictureEncoder {
    static final String PROVENANCE_PREFIX = "unfog {";

    /** The longest side that a JPEG can have. */
    static final int LONGEST_SIDE = 65500;

    private static final String NATIVE_FORMAT = "javax_imageio_jpeg_image_1.0";
    private static final int LONGEST_SEGMENT = 65533;

    private final JpegCompression compression;

    /**
     * Creates an encoder.
     *
     * @param compression how strongly to compress
     */
    JpegEncoder(JpegCompression compression) {
        this.compression = compression;
    }

    @Override
    public void encode(
            PixelStore pixels, PictureMetadata metadata, String provenance, FileChannel out, Consumer<String> warnings)
            throws IOException {
        ImageWriter writer = ImageReaders.jdkWriter("jpeg");
        try (SegmentedOutput stream = new SegmentedOutput(out, metadata.exif() != null)) {
            write(out, ByteBuffer.wrap(new byte[] {(byte) 0xff, (byte) 0xd8}));
            writeMetadata(pixels.layout(), metadata, provenance, out, warnings);
            BufferedImage image = image(pixels);
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            IIOMetadata header =
                    writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), parameters);
            setCompression(header);
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, header), parameters);
            stream.flush();
        } finally {
            writer.dispose();
        }
    }

    private void setCompression(IIOMetadata header) throws IOException {
        IIOMetadataNode root = (IIOMetadataNode) header.getAsTree(NATIVE_FORMAT);
        NodeList tables = root.getElementsByTagName("dqtable");
        for (int i = 0; i < tables.getLength(); i++) {
            IIOMetadataNode table = (IIOMetadataNode) tables.item(i);
            table.setUserObject(new JPEGQTable(steps(i == 0 ? compression.luminance() : compression.chrominance())));
        }
        NodeList components = root.getElementsByTagName("componentSpec");
        for (int i = 0; i < components.getLength(); i++) {
            IIOMetadataNode component = (IIOMetadataNode) components.item(i);
            boolean finest = i == 0 && components.getLength() > 1;
            component.setAttribute("HsamplingFactor", Integer.toString(finest ? compression.horizontal() : 1));
            component.setAttribute("VsamplingFactor", Integer.toString(finest ? compression.vertical() : 1));
        }
        header.setFromTree(NATIVE_FORMAT, root);
    }

    /** A baseline JPEG has steps of 8 bits. */
    private static int[] steps(List<Integer> table) {
        return table.stream().mapToInt(step -> Math.max(1, Math.min(255, step))).toArray();
    }

    private static void writeMetadata(
            PictureLayout layout,
            PictureMetadata metadata,
            String provenance,
            FileChannel out,
            Consumer<String> warnings)
            throws IOException {
        if (metadata.exif() != null) {
            byte[] exif = metadata.exif().forResult(layout.width(), layout.height());
            segment(out, 0xe1, "Exif\0\0", exif, "EXIF data", warnings);
        }
        if (metadata.xmp() != null) {
            byte[] xmp = XmpPacket.forResult(metadata.xmp());
            segment(out, 0xe1, "http://ns.adobe.com/xap/1.0/\0", xmp, "XMP data", warnings);
        }
        for (byte[] payload : metadata.extendedXmp()) {
            segment(out, 0xe1, "http://ns.adobe.com/xmp/extension/\0", payload, "extended XMP data", warnings);
        }
        byte[] resources = metadata.resources();
        if (resources != null) {
            String prefix = "Photoshop 3.0\0";
            int room = LONGEST_SEGMENT - prefix.length();
            for (int from = 0; from < resources.length; from += room) {
                byte[] part = Arrays.copyOfRange(resources, from, Math.min(resources.length, from + room));
                segment(out, 0xed, prefix, part, "IPTC data", warnings);
            }
        }
        if (metadata.icc() != null) {
            writeProfile(metadata.icc(), out, warnings);
        }
        for (byte[] comment : metadata.comments()) {
            segment(out, 0xfe, "", comment, "comment", warnings);
        }
        String prefix = PROVENANCE_PREFIX.substring(0, PROVENANCE_PREFIX.length() - 1);
        segment(out, 0xfe, prefix, provenance.getBytes(StandardCharsets.UTF_8), "provenance", warnings);
    }

    private static void writeProfile(byte[] profile, FileChannel out, Consumer<String> warnings) throws IOException {
        String prefix = "ICC_PROFILE\0";
        int room = LONGEST_SEGMENT - prefix.length() - 2;
        int parts = (profile.length + room - 1) / room;
        if (parts > 255) {
            warnings.accept("the colour profile was left out: a JPEG cannot hold one of " + profile.length + " bytes");
            return;
        }
        for (int i = 0; i < parts; i++) {
            int length = Math.min(room, profile.length - i * room);
            byte[] part = new byte[length + 2];
            part[0] = (byte) (i + 1);
            part[1] = (byte) parts;
            System.arraycopy(profile, i * room, part, 2, length);
            segment(out, 0xe2, prefix, part, "colour profile", warnings);
        }
    }

    private static void segment(
            FileChannel out, int marker, String prefix, byte[] body, String what, Consumer<String> warnings)
            throws IOException {
        byte[] head = prefix.getBytes(StandardCharsets.ISO_8859_1);
        int length = head.length + body.length;
        if (length > LONGEST_SEGMENT) {
            warnings.accept("the " + what + " was left out: a JPEG cannot hold " + length + " bytes of it");
            return;
        }
        ByteBuffer segment = ByteBuffer.allocate(4 + length);
        segment.put((byte) 0xff).put((byte) marker).putShort((short) (2 + length));
        segment.put(head).put(body).flip();
        write(out, segment);
    }

    private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private static BufferedImage image(PixelStore pixels) {
        int channels = pixels.layout().channels();
        ColorModel colours = new ComponentColorModel(
                ColorSpace.getInstance(channels == 1 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB),
                false,
                false,
                Transparency.OPAQUE,
                DataBuffer.TYPE_BYTE);
        return new BufferedImage(colours, new RowSource(pixels), false, null);
    }

    /** Looks like a raster of bytes to the JDK's writer, which asks for one row after the other. */
    private static final class RowSource extends WritableRaster {
        private final PixelStore pixels;

        RowSource(PixelStore pixels) {
            super(
                    model(pixels.layout()),
                    new StoreRaster.NoSamples(DataBuffer.TYPE_BYTE),
                    new Rectangle(0, 0, pixels.layout().width(), pixels.layout().height()),
                    new Point(0, 0),
                    null);
            this.pixels = pixels;
        }

        private static SampleModel model(PictureLayout layout) {
            int channels = layout.channels();
            int[] bands = new int[channels];
            for (int c = 0; c < channels; c++) {
                bands[c] = c;
            }
            return new PixelInterleavedSampleModel(
                    DataBuffer.TYPE_BYTE, layout.width(), layout.height(), channels, layout.width() * channels, bands);
        }

        @Override
        public Raster createChild(
                int parentX, int parentY, int w, int h, int childMinX, int childMinY, int @Nullable [] bandList) {
            int channels = pixels.layout().channels();
            int width = pixels.layout().width();
            byte[] rows = new byte[h * width * channels];
            pixels.readRows(parentY, h, Depth.UINT8, ByteOrder.nativeOrder(), rows);
            int[] bands = new int[channels];
            for (int c = 0; c < channels; c++) {
                bands[c] = c;
            }
            return Raster.createInterleavedRaster(
                            new DataBufferByte(rows, rows.length), width, h, width * channels, channels, bands, null)
                    .createChild(parentX, 0, w, h, childMinX, childMinY, bandList);
        }
    }

    /** Drops the start marker, and where EXIF stands in front also the JFIF segment, of what the JDK's writer writes. */
    private static final class SegmentedOutput extends ImageOutputStreamImpl {
        private final FileChannel out;
        private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        private final boolean withoutJfif;
        private boolean begun;
        private long written;

        SegmentedOutput(FileChannel out, boolean withoutJfif) {
            this.out = out;
            this.withoutJfif = withoutJfif;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            int done = 0;
            while (done < length) {
                if (!buffer.hasRemaining()) {
                    drain();
                }
                int step = Math.min(length - done, buffer.remaining());
                buffer.put(source, offset + done, step);
                done += step;
            }
            written += length;
            streamPos = written;
        }

        private void drain() throws IOException {
            buffer.flip();
            if (!begun) {
                begun = true;
                buffer.position(2);
                boolean jfif = buffer.remaining() > 4 && (buffer.getShort(2) & 0xffff) == 0xffe0;
                if (jfif && withoutJfif) {
                    buffer.position(4 + (buffer.getShort(4) & 0xffff));
                }
            }
            JpegEncoder.write(out, buffer);
            buffer.clear();
        }

        @Override
        public void flush() throws IOException {
            drain();
        }

        @Override
        public void close() throws IOException {
            super.close();
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("Written from start to end");
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            throw new UnsupportedOperationException("Written from start to end");
        }
    }
}
