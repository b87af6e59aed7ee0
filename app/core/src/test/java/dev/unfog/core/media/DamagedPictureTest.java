package dev.unfog.core.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DamagedPictureTest {
    @TempDir
    private Path folder;

    @TempDir
    private Path temporary;

    @AfterEach
    void nothingIsLeftBehind() {
        assertThat(temporary).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "tif", "gif", "bmp"})
    void aFileThatIsCutShortIsRefusedWhereverTheCutIs(String extension) throws IOException {
        byte[] whole = Files.readAllBytes(picture(extension));
        Random random = new Random(11);
        for (int i = 0; i < 40; i++) {
            int length =
                    i < 3 && !extension.equals("tif") ? whole.length - 1 - i : 20 + random.nextInt(whole.length - 300);
            Path file = folder.resolve("cut." + extension);
            Files.write(file, Arrays.copyOf(whole, length));
            assertRefused(file, ErrorCode.UNREADABLE_MEDIA, "cut short");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "tif", "gif", "bmp", "webp"})
    void noisyBytesAreRefusedOrReadButNeverAnythingElse(String extension) throws IOException {
        byte[] whole = extension.equals("webp") ? webp() : Files.readAllBytes(picture(extension));
        Random random = new Random(12);
        Path file = folder.resolve("noisy." + extension);
        for (int i = 0; i < 60; i++) {
            byte[] noisy = whole.clone();
            for (int k = 0; k < 3; k++) {
                noisy[random.nextInt(i < 30 ? Math.min(200, noisy.length) : noisy.length)] = (byte) random.nextInt();
            }
            Files.write(file, noisy);
            try {
                new MediaFiles(List.of(), 1_000_000).open(file, temporary).close();
            } catch (UnfogException e) {
                assertThat(e.subject()).isEqualTo(file.toString());
            }
        }
    }

    @Test
    void aJpegWhoseDataEndsEarlyIsRefusedThoughItsEndMarkerIsThere() throws IOException {
        byte[] whole = Files.readAllBytes(picture("jpg"));
        byte[] cut = Arrays.copyOf(whole, whole.length * 2 / 3);
        cut[cut.length - 2] = (byte) 0xff;
        cut[cut.length - 1] = (byte) 0xd9;
        Path file = folder.resolve("ended.jpg");
        Files.write(file, cut);
        assertRefused(file, ErrorCode.UNREADABLE_MEDIA, "cut short");
    }

    @ParameterizedTest
    @CsvSource({"text.png,not a picture", "text.jpg,not a picture", "text.txt,nothing here reads", "text,nothing here"})
    void whatIsNotAPictureIsRefused(String name, String problem) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, "Dear Sir or Madam, this is not a picture.");
        assertThatThrownBy(() -> new MediaFiles().open(file, temporary))
                .isInstanceOf(UnfogException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(problem);
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        assertRefused(Files.createFile(folder.resolve("empty.png")), ErrorCode.UNREADABLE_MEDIA, "it is empty");
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        assertRefused(folder.resolve("missing.png"), ErrorCode.UNREADABLE_MEDIA, "no such file");
    }

    @Test
    void aFolderIsRefused() {
        assertRefused(folder, ErrorCode.UNSUPPORTED_MEDIA, "it is a folder");
    }

    @Test
    void aFileThatMayNotBeReadIsRefused() throws IOException {
        Path file = picture("png");
        assumeThat(file.getFileSystem().supportedFileAttributeViews()).contains("posix");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeThat(Files.isReadable(file)).as("root reads everything").isFalse();
        assertRefused(file, ErrorCode.UNREADABLE_MEDIA, "not permitted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "tif", "gif", "bmp", "webp"})
    void aHeaderThatClaims30000By30000PixelsWithoutDataIsRefusedAtOnce(String extension) throws IOException {
        Path file = folder.resolve("huge." + extension);
        Files.write(file, hugeHeader(extension, 30000));
        long before = usedMemory();
        assertThatThrownBy(() -> new MediaFiles().open(file, temporary))
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.subject()).isEqualTo(file.toString()));
        assertThat(usedMemory() - before).isLessThan(200_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "tif", "gif"})
    void moreThanTheLimitOfPixelsIsRefused(String extension) throws IOException {
        Path file = folder.resolve("huge." + extension);
        Files.write(file, hugeHeader(extension, 60000));
        assertRefused(file, ErrorCode.MEDIA_TOO_LARGE, "more than the limit");
    }

    @Test
    void theLimitOfPixelsCanBeSet() {
        Path file = picture("png");
        assertThatThrownBy(() -> new MediaFiles(List.of(), 1000).open(file, temporary))
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MEDIA_TOO_LARGE));
    }

    @Test
    void anAnimatedGifIsRefused() throws IOException {
        Path file = folder.resolve("animated.gif");
        ImageWriter writer = ImageReaders.jdkWriter("gif");
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            writer.setOutput(out);
            writer.prepareWriteSequence(null);
            for (int i = 0; i < 3; i++) {
                BufferedImage frame = new BufferedImage(20, 20, BufferedImage.TYPE_BYTE_BINARY);
                writer.writeToSequence(new IIOImage(frame, null, null), null);
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
        assertRefused(file, ErrorCode.UNSUPPORTED_MEDIA, "animation");
    }

    @Test
    void anAnimatedPngIsRefused() throws IOException {
        Path file = picture("png");
        SamplePictures.insertPngChunk(file, "acTL", new byte[8]);
        assertRefused(file, ErrorCode.UNSUPPORTED_MEDIA, "animation");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void aFloatTiffWithValuesThatAreNotNumbersIsRefused(float value) throws IOException {
        PictureLayout layout = new PictureLayout(10, 10, Color.GREY, false, Depth.FLOAT32);
        Path file =
                SamplePictures.write(folder.resolve("nan.tif"), layout, SamplePictures.random(layout, 1), temporary);
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putFloat(8 + 4 * 55, value);
        Files.write(file, bytes);
        assertRefused(file, ErrorCode.UNREADABLE_MEDIA, "not a finite number");
    }

    @Test
    void aTiffOfSeveralPagesIsRefused() throws IOException {
        Path file = picture("tif");
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        int directory = buffer.getInt(4);
        int fields = buffer.getShort(directory);
        // Another directory, a copy of the first, at the end.
        byte[] two = Arrays.copyOf(bytes, bytes.length + 2 + fields * 12 + 4);
        System.arraycopy(bytes, directory, two, bytes.length, 2 + fields * 12);
        ByteBuffer.wrap(two).order(ByteOrder.nativeOrder()).putInt(directory + 2 + fields * 12, bytes.length);
        Files.write(file, two);
        assertRefused(file, ErrorCode.UNSUPPORTED_MEDIA, "several pages");
    }

    @Test
    void aRawFileIsNotTakenForItsThumbnail() throws IOException {
        Path file = folder.resolve("photo.nef");
        Files.move(picture("tif"), file);
        assertRefused(file, ErrorCode.UNSUPPORTED_MEDIA, "raw file");
    }

    @Test
    void aFileIsKnownByItsContentWhateverItIsCalled() throws IOException {
        Path file = folder.resolve("really-a-png.jpg");
        Files.move(picture("png"), file);
        try (PictureFile opened = SamplePictures.open(file, temporary)) {
            assertThat(opened.format()).isEqualTo(PictureFormat.PNG);
            assertThat(ResultFiles.defaultExtension(opened)).isEqualTo("png");
        }
    }

    private void assertRefused(Path file, ErrorCode code, String problem) {
        assertThatThrownBy(() -> new MediaFiles().open(file, temporary))
                .isInstanceOfSatisfying(UnfogException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e.subject()).isEqualTo(file.toString());
                    assertThat(e.problem()).contains(problem);
                    assertThat(e.remedy()).isNotBlank();
                });
    }

    private Path picture(String extension) {
        PictureLayout layout = SamplePictures.rgb(60, 50);
        Path file = folder.resolve("picture." + extension);
        if (PictureFormat.ofExtension(extension).orElseThrow().isWritable()) {
            return SamplePictures.write(file, layout, SamplePictures.smooth(layout), temporary);
        }
        BufferedImage image = new BufferedImage(60, 50, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 3000; i++) {
            image.setRGB(i % 60, i / 60, i * 5113);
        }
        try {
            ImageIO.write(image, extension, file.toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return file;
    }

    /** A lossless WebP of one black pixel (RFC 9649). */
    private static byte[] webp() {
        byte[] lossless = {
            0x2f, 0, 0, 0, 0, 0x10, 0x07, 0x10, 0x11, 0x11, (byte) 0x88, (byte) 0x88, (byte) 0xfe, 0x07, 0
        };
        ByteBuffer file = ByteBuffer.allocate(20 + 16).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(28);
        file.put("WEBPVP8L".getBytes(StandardCharsets.US_ASCII)).putInt(15).put(lossless);
        return file.array();
    }

    private static byte[] hugeHeader(String extension, int side) {
        ByteBuffer little = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        switch (extension) {
            case "png" -> {
                return SamplePictures.png(
                        SamplePictures.pngHeader(side, side, 8, 2),
                        SamplePictures.pngChunk("IDAT", new byte[] {0x78, 1}),
                        SamplePictures.pngChunk("IEND", new byte[0]));
            }
            case "jpg" -> {
                ByteBuffer jpeg = ByteBuffer.allocate(2 + 69 + 13 + 10 + 4);
                jpeg.putShort((short) 0xffd8);
                jpeg.putShort((short) 0xffdb).putShort((short) 67).put(new byte[65]);
                jpeg.putShort((short) 0xffc0).putShort((short) 11).put((byte) 8);
                jpeg.putShort((short) side).putShort((short) side);
                jpeg.put((byte) 1).put((byte) 1).put((byte) 0x11).put((byte) 0);
                jpeg.putShort((short) 0xffda).putShort((short) 8).put(new byte[] {1, 1, 0, 0, 63, 0});
                jpeg.putShort((short) 0).putShort((short) 0xffd9);
                return jpeg.array();
            }
            case "tif" -> {
                TiffDirectory fields = new TiffDirectory(ByteOrder.LITTLE_ENDIAN);
                fields.put(TiffField.ofLongs(256, ByteOrder.LITTLE_ENDIAN, side));
                fields.put(TiffField.ofLongs(257, ByteOrder.LITTLE_ENDIAN, side));
                fields.put(TiffField.ofShorts(258, ByteOrder.LITTLE_ENDIAN, 8));
                fields.put(TiffField.ofShorts(259, ByteOrder.LITTLE_ENDIAN, 5));
                fields.put(TiffField.ofShorts(262, ByteOrder.LITTLE_ENDIAN, 1));
                fields.put(TiffField.ofLongs(273, ByteOrder.LITTLE_ENDIAN, 8));
                fields.put(TiffField.ofLongs(279, ByteOrder.LITTLE_ENDIAN, 20));
                return fields.toBlock();
            }
            case "gif" -> {
                little.put("GIF89a".getBytes(StandardCharsets.US_ASCII));
                little.putShort((short) side).putShort((short) side).put(new byte[3]);
                little.put((byte) 0x2c)
                        .putInt(0)
                        .putShort((short) side)
                        .putShort((short) side)
                        .put((byte) 0);
                little.put(new byte[] {8, 1, 0, 0, 0x3b});
                return Arrays.copyOf(little.array(), little.position());
            }
            case "bmp" -> {
                little.put("BM".getBytes(StandardCharsets.US_ASCII))
                        .putInt(200)
                        .putInt(0)
                        .putInt(54);
                little.putInt(40).putInt(side).putInt(side).putShort((short) 1).putShort((short) 24);
                return little.array();
            }
            default -> {
                little.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(22);
                little.put("WEBPVP8 ".getBytes(StandardCharsets.US_ASCII)).putInt(10);
                // a key frame: its tag, its start code, then both sides in 14 bits (RFC 6386, section 9.1)
                little.put(new byte[] {0x10, 0, 0, (byte) 0x9d, 1, 0x2a});
                little.putShort((short) 16383).putShort((short) 16383);
                return Arrays.copyOf(little.array(), little.position());
            }
        }
    }

    private static long usedMemory() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
