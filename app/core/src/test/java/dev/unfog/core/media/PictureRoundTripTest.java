package dev.unfog.core.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PictureRoundTripTest {
    @TempDir
    private Path folder;

    @TempDir
    private Path temporary;

    static List<PictureLayout> layouts() {
        List<PictureLayout> layouts = new ArrayList<>();
        for (Depth depth : Depth.values()) {
            for (Color color : Color.values()) {
                layouts.add(new PictureLayout(67, 45, color, false, depth));
                layouts.add(new PictureLayout(31, 52, color, true, depth));
            }
        }
        layouts.add(SamplePictures.grey(1, 1));
        layouts.add(SamplePictures.rgb(1, 300));
        layouts.add(SamplePictures.rgb(5000, 900));
        return layouts;
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void everyValueOfATiffComesBackExactly(PictureLayout layout) {
        assertComesBack(layout, "picture.tif");
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void everyIntegerOfAPngComesBackExactly(PictureLayout layout) {
        if (layout.depth() != Depth.FLOAT32) {
            assertComesBack(layout, "picture.png");
        }
    }

    private void assertComesBack(PictureLayout layout, String name) {
        float[] values = SamplePictures.random(layout, 7);
        Path file = SamplePictures.write(folder.resolve(name), layout, values, temporary);
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            assertThat(picture.layout()).isEqualTo(layout);
            assertThat(picture.warnings()).isEmpty();
            assertThat(SamplePictures.all(picture)).isEqualTo(values);
        }
        assertThat(temporary).isEmptyDirectory();
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void theJdkReadsTheSamePixelsFromAPng(PictureLayout layout) throws IOException {
        if (layout.depth() != Depth.UINT8) {
            return;
        }
        float[] values = SamplePictures.random(layout, 8);
        Path file = SamplePictures.write(folder.resolve("picture.png"), layout, values, temporary);
        BufferedImage image = ImageIO.read(file.toFile());
        int area = Math.toIntExact(layout.pixels());
        int[] samples = image.getRaster().getPixels(0, 0, layout.width(), layout.height(), (int[]) null);
        int[] expected = new int[samples.length];
        for (int i = 0; i < samples.length; i++) {
            expected[i] = Math.round(values[i % layout.channels() * area + i / layout.channels()] * 255);
        }
        assertThat(samples).isEqualTo(expected);
    }

    @Test
    void aTiffBeyondFourGigabytesIsABigTiff() throws IOException {
        PictureLayout layout = new PictureLayout(300, 700, Color.RGB, false, Depth.UINT16);
        float[] values = SamplePictures.random(layout, 9);
        Path file = folder.resolve("big.tif");
        try (PixelStore pixels = PixelStore.create(temporary, layout);
                FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            pixels.write(layout.bounds(), values);
            new TiffEncoder(1000).encode(pixels, PictureMetadata.NONE, "{}", out, warning -> {});
        }
        assertThat(Files.readAllBytes(file)).startsWith(new byte[] {'I', 'I', 43, 0});
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            assertThat(SamplePictures.all(picture)).isEqualTo(values);
        }
    }

    @Test
    void aFloatPictureBecomesAPngOf16Bits() {
        PictureLayout layout = new PictureLayout(3, 1, Color.GREY, false, Depth.FLOAT32);
        Path file =
                SamplePictures.write(folder.resolve("float.png"), layout, new float[] {-0.5f, 0.25f, 1.5f}, temporary);
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            assertThat(picture.layout().depth()).isEqualTo(Depth.UINT16);
            assertThat(SamplePictures.all(picture)).containsExactly(0f, 16384 / 65535f, 1f);
        }
    }

    @Test
    void valuesAreRoundedHalfUpAndClipped() {
        PictureLayout layout = SamplePictures.grey(6, 1);
        float[] values = {-1f, 0.5f / 255, 1.49f / 255, 254.5f / 255, 2f, 127.5f / 255};
        Path file = SamplePictures.write(folder.resolve("rounded.png"), layout, values, temporary);
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            assertThat(SamplePictures.all(picture)).containsExactly(0f, 1 / 255f, 1 / 255f, 1f, 1f, 128 / 255f);
        }
    }

    @Test
    void pixelsThatWereNeverWrittenAreBlack() {
        PictureLayout layout = SamplePictures.rgb(20, 10);
        Path file = folder.resolve("black.png");
        try (ResultFiles results = new ResultFiles(file, null, ResultOptions.DEFAULT, temporary)) {
            results.picture("main", layout);
            results.commit(Map.of());
        }
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            assertThat(SamplePictures.all(picture)).containsOnly(0f);
        }
    }

    @Test
    void bmpGifAndPaletteFilesAreRead() throws IOException {
        BufferedImage image = new BufferedImage(33, 21, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 21; y++) {
            for (int x = 0; x < 33; x++) {
                image.setRGB(x, y, (x / 11 * 127 << 16) | (y / 11 * 255 << 8) | 51);
            }
        }
        for (String format : List.of("bmp", "gif")) {
            Path file = folder.resolve("picture." + format);
            assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
            assertThat(new MediaFiles().kindOf(file)).contains(MediaKind.PICTURE);
            BufferedImage expected = ImageIO.read(file.toFile());
            try (PictureFile picture = SamplePictures.open(file, temporary)) {
                assertThat(picture.layout()).isEqualTo(SamplePictures.rgb(33, 21));
                float[] values = SamplePictures.all(picture);
                for (int i = 0; i < 33 * 21; i++) {
                    int colour = expected.getRGB(i % 33, i / 33);
                    assertThat(Math.round(values[i] * 255)).isEqualTo(colour >> 16 & 0xff);
                    assertThat(Math.round(values[2 * 33 * 21 + i] * 255)).isEqualTo(colour & 0xff);
                }
            }
        }
    }
}
