package dev.unfog.core.media;

import dev.unfog.api.media.Media;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Pictures and parts of files, made anew for each test. */
final class SamplePictures {
    private SamplePictures() {}

    /** Returns random values that the layout's depth can hold exactly. */
    static float[] random(PictureLayout layout, long seed) {
        Random random = new Random(seed);
        float[] planar = new float[Math.toIntExact(layout.pixels() * layout.channels())];
        for (int i = 0; i < planar.length; i++) {
            planar[i] = switch (layout.depth()) {
                case UINT8 -> random.nextInt(256) / 255f;
                case UINT16 -> random.nextInt(65536) / 65535f;
                case FLOAT32 -> 3 * random.nextFloat() - 1;
            };
        }
        return planar;
    }

    /** Returns smooth values, as a photograph has them. */
    static float[] smooth(PictureLayout layout) {
        float[] planar = new float[Math.toIntExact(layout.pixels() * layout.channels())];
        int area = Math.toIntExact(layout.pixels());
        for (int i = 0; i < planar.length; i++) {
            int x = i % area % layout.width();
            int y = i % area / layout.width();
            double wave = Math.sin(0.05 * x + i / area) * Math.cos(0.04 * y);
            planar[i] = Math.round(255 * (0.5 + 0.4 * wave)) / 255f;
        }
        return planar;
    }

    /** Writes values to a file, as a plugin's main result. */
    static Path write(Path file, PictureLayout layout, float[] planar, Path temporary) {
        return write(file, layout, planar, null, ResultOptions.DEFAULT, temporary);
    }

    /** Writes values to a file, as the main result of a source. */
    static Path write(
            Path file,
            PictureLayout layout,
            float[] planar,
            @Nullable Media source,
            ResultOptions options,
            Path temporary) {
        try (ResultFiles results = new ResultFiles(file, source, options, temporary)) {
            results.picture(Outputs.MAIN, layout).write(layout.bounds(), planar);
            results.commit(Map.of("plugin", "test"));
        }
        return file;
    }

    /** Writes an opened picture as it is to another file. */
    static Path copy(Picture source, Path file, Path temporary) {
        return write(file, source.layout(), all(source), source, ResultOptions.DEFAULT, temporary);
    }

    /** Opens a file. */
    static PictureFile open(Path file, Path temporary) {
        return (PictureFile) new MediaFiles().open(file, temporary);
    }

    /** Returns all values of a picture. */
    static float[] all(Picture picture) {
        float[] planar = new float
                [Math.toIntExact(picture.layout().pixels() * picture.layout().channels())];
        picture.read(picture.layout().bounds(), planar);
        return planar;
    }

    /** Returns the layout of a small RGB picture. */
    static PictureLayout rgb(int width, int height) {
        return new PictureLayout(width, height, Color.RGB, false, Depth.UINT8);
    }

    /** Returns the layout of a small grey picture. */
    static PictureLayout grey(int width, int height) {
        return new PictureLayout(width, height, Color.GREY, false, Depth.UINT8);
    }

    /** Returns a PNG chunk with length and checksum. */
    static byte[] pngChunk(String type, byte[] data) {
        CRC32 checksum = new CRC32();
        checksum.update(type.getBytes(StandardCharsets.ISO_8859_1));
        checksum.update(data);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DataOutputStream stream = new DataOutputStream(out)) {
            stream.writeInt(data.length);
            stream.writeBytes(type);
            stream.write(data);
            stream.writeInt((int) checksum.getValue());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    /** Returns a PNG header chunk. */
    static byte[] pngHeader(int width, int height, int bits, int colourType) {
        return pngChunk(
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put((byte) bits)
                        .put((byte) colourType)
                        .array());
    }

    /** Returns a whole PNG of some chunks. */
    static byte[] png(byte[]... chunks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        for (byte[] chunk : chunks) {
            out.writeBytes(chunk);
        }
        return out.toByteArray();
    }

    /** Puts a chunk behind the header of a PNG file. */
    static void insertPngChunk(Path file, String type, byte[] data) throws IOException {
        insert(file, 33, pngChunk(type, data));
    }

    /** Puts a marker segment behind the start marker of a JPEG file. */
    static void insertJpegSegment(Path file, int marker, String prefix, byte[] data) throws IOException {
        byte[] head = prefix.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer segment = ByteBuffer.allocate(4 + head.length + data.length);
        segment.put((byte) 0xff)
                .put((byte) marker)
                .putShort((short) (2 + head.length + data.length))
                .put(head)
                .put(data);
        insert(file, 2, segment.array());
    }

    private static void insert(Path file, int position, byte[] bytes) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(whole, 0, position);
        out.writeBytes(bytes);
        out.write(whole, position, whole.length - position);
        Files.write(file, out.toByteArray());
    }

    /** Returns an EXIF block with a camera, an exposure, a size and, behind it, a thumbnail. */
    static byte[] exif(ByteOrder order, int orientation, int width, int height) {
        TiffDirectory exposure = new TiffDirectory(order);
        ByteBuffer time = ByteBuffer.allocate(8).order(order).putInt(1).putInt(250);
        exposure.put(new TiffField(0x829a, TiffField.RATIONAL, 1, time.array(), -1, null));
        exposure.put(TiffField.ofBytes(0x9000, TiffField.UNDEFINED, "0232".getBytes(StandardCharsets.US_ASCII)));
        exposure.put(TiffField.ofLongs(0xa002, order, width));
        exposure.put(TiffField.ofLongs(0xa003, order, height));
        TiffDirectory main = new TiffDirectory(order);
        main.put(TiffField.ofText(0x010f, "Lichtbildwerk"));
        main.put(TiffField.ofText(0x0110, "Model 7"));
        main.put(TiffField.ofShorts(0x0112, order, orientation));
        main.put(new TiffField(TiffDirectory.EXIF, TiffField.LONG, 1, new byte[4], -1, exposure));
        byte[] block = main.toBlock();
        TiffDirectory thumbnail = new TiffDirectory(order);
        int thumbnailDirectory = block.length;
        int thumbnailBytes = 300;
        thumbnail.put(TiffField.ofShorts(0x0103, order, 6));
        thumbnail.put(TiffField.ofLongs(0x0201, order, 0));
        thumbnail.put(TiffField.ofLongs(0x0202, order, thumbnailBytes));
        int length = thumbnail.serialise(thumbnailDirectory, false).length;
        thumbnail.put(TiffField.ofLongs(0x0201, order, thumbnailDirectory + length));
        ByteBuffer all = ByteBuffer.allocate(thumbnailDirectory + length + thumbnailBytes)
                .order(order);
        all.put(block).put(thumbnail.serialise(thumbnailDirectory, false));
        while (all.hasRemaining()) {
            all.put((byte) 'T');
        }
        // the pointer to the next directory stands behind the four fields of the first
        all.putInt(8 + 2 + 4 * 12, thumbnailDirectory);
        return all.array();
    }

    /** Returns a CMYK profile whose inks multiply, good enough to tell colours apart. */
    static byte[] cmykProfile() {
        int lutBytes = 48 + 4 * 256 + 16 * 3 + 3 * 256;
        byte[] text = "made by a test\0".getBytes(StandardCharsets.US_ASCII);
        int descriptionBytes = 12 + text.length + 4 + 4 + 2 + 1 + 67;
        int[] sizes = {descriptionBytes, 8 + text.length, 20, lutBytes};
        String[] names = {"desc", "cprt", "wtpt", "A2B0"};
        int position = 128 + 4 + 12 * names.length;
        int total = position;
        for (int size : sizes) {
            total += (size + 3) / 4 * 4;
        }
        ByteBuffer profile = ByteBuffer.allocate(total);
        profile.putInt(total).putInt(0).putInt(0x02100000);
        profile.put("prtrCMYKLab ".getBytes(StandardCharsets.US_ASCII));
        profile.position(36);
        profile.put("acsp".getBytes(StandardCharsets.US_ASCII));
        profile.position(68);
        profile.putInt(0xf6d6).putInt(0x10000).putInt(0xd32d);
        profile.position(128);
        profile.putInt(names.length);
        for (int i = 0; i < names.length; i++) {
            profile.put(names[i].getBytes(StandardCharsets.US_ASCII))
                    .putInt(position)
                    .putInt(sizes[i]);
            position += (sizes[i] + 3) / 4 * 4;
        }
        int start = profile.position();
        profile.put("desc".getBytes(StandardCharsets.US_ASCII))
                .putInt(0)
                .putInt(text.length)
                .put(text);
        start += (sizes[0] + 3) / 4 * 4;
        profile.position(start);
        profile.put("text".getBytes(StandardCharsets.US_ASCII)).putInt(0).put(text);
        start += (sizes[1] + 3) / 4 * 4;
        profile.position(start);
        profile.put("XYZ ".getBytes(StandardCharsets.US_ASCII)).putInt(0);
        profile.putInt(0xf6d6).putInt(0x10000).putInt(0xd32d);
        start += (sizes[2] + 3) / 4 * 4;
        profile.position(start);
        profile.put("mft1".getBytes(StandardCharsets.US_ASCII)).putInt(0);
        profile.put((byte) 4).put((byte) 3).put((byte) 2).put((byte) 0);
        for (int i = 0; i < 9; i++) {
            profile.putInt(i % 4 == 0 ? 0x10000 : 0);
        }
        putRamps(profile, 4);
        // Lab of white, yellow, magenta, red, cyan, green, blue, black: the corners of CMY, without key and with it
        int[][] corners = {
            {100, 0, 0},
            {97, -22, 94},
            {60, 98, -61},
            {53, 80, 67},
            {91, -48, -14},
            {88, -86, 83},
            {32, 79, -108},
            {0, 0, 0}
        };
        for (int node = 0; node < 16; node++) {
            int[] lab = corners[node >> 1];
            boolean key = (node & 1) == 1;
            profile.put((byte) (key ? 0 : lab[0] * 255 / 100));
            profile.put((byte) (128 + (key ? 0 : lab[1])));
            profile.put((byte) (128 + (key ? 0 : lab[2])));
        }
        putRamps(profile, 3);
        return profile.array();
    }

    private static void putRamps(ByteBuffer profile, int channels) {
        for (int i = 0; i < channels * 256; i++) {
            profile.put((byte) i);
        }
    }
}
