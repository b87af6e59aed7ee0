package dev.unfog.core.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JpegTest {
    @TempDir
    private Path folder;

    @TempDir
    private Path temporary;

    @ParameterizedTest
    @CsvSource({"GREY,100", "RGB,100", "RGB,75"})
    void aResultLooksLikeWhatWasWritten(Color color, int quality) {
        PictureLayout layout = color == Color.GREY ? SamplePictures.grey(203, 117) : SamplePictures.rgb(203, 117);
        float[] values = SamplePictures.smooth(layout);
        Path file = write(layout, values, quality);
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            assertThat(picture.layout()).isEqualTo(layout);
            float[] read = SamplePictures.all(picture);
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += Math.abs(read[i] - values[i]);
            }
            assertThat(255 * sum / values.length).isLessThan(quality == 100 ? 1 : 3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatTheJdkReadsIsReadBaselineOrProgressive(boolean progressive) throws IOException {
        BufferedImage image = new BufferedImage(150, 90, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 150 * 90; i++) {
            image.setRGB(i % 150, i / 150, i * 977 & 0xf0f0f0);
        }
        Path file = folder.resolve("jdk.jpg");
        ImageWriter writer = ImageReaders.jdkWriter("jpeg");
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } finally {
            writer.dispose();
        }
        BufferedImage expected = ImageIO.read(file.toFile());
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            float[] values = SamplePictures.all(picture);
            for (int i = 0; i < 150 * 90; i++) {
                int colour = expected.getRGB(i % 150, i / 150);
                assertThat(Math.round(values[i] * 255)).isEqualTo(colour >> 16 & 0xff);
                assertThat(Math.round(values[150 * 90 + i] * 255)).isEqualTo(colour >> 8 & 0xff);
                assertThat(Math.round(values[2 * 150 * 90 + i] * 255)).isEqualTo(colour & 0xff);
            }
            assertThat(picture.jpeg()).isNotNull();
            assertThat(picture.jpeg().horizontal()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 30, 50, 88, 100})
    void theQualityAskedForIsWritten(int quality) {
        Path file = write(SamplePictures.rgb(40, 40), SamplePictures.smooth(SamplePictures.rgb(40, 40)), quality);
        assertThat(JpegFile.read(file).compression()).isEqualTo(JpegCompression.ofQuality(quality));
    }

    @Test
    void qualityAndSubsamplingOfTheInputAreKept() throws IOException {
        BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        Path input = folder.resolve("input.jpg");
        ImageIO.write(image, "jpeg", input.toFile());
        Path result = folder.resolve("result.jpg");
        try (PictureFile picture = SamplePictures.open(input, temporary)) {
            SamplePictures.copy(picture, result, temporary);
            assertThat(JpegFile.read(result).compression())
                    .isEqualTo(picture.jpeg())
                    .satisfies(kept -> assertThat(kept.vertical()).isEqualTo(2));
        }
    }

    @Test
    void aJpegOfRedGreenAndBlueIsNotTakenForAnother() throws IOException {
        Path file = folder.resolve("rgb.jpg");
        int[] inks = {200, 100, 50};
        writeBands(file, inks);
        // The JDK writes three bands without saying what they are; this says it.
        SamplePictures.insertJpegSegment(file, 0xee, "Adobe", new byte[] {0, 100, 0, 0, 0, 0, 0});
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            assertClose(picture, inks, 2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0,0,0,0, 255,255,255",
        "255,0,0,0, 0,255,255",
        "0,255,0,0, 255,0,255",
        "0,0,255,0, 255,255,0",
        "0,0,0,255, 0,0,0"
    })
    void inksAreConvertedWithTheProfileOfTheFile(int c, int m, int y, int k, int red, int green, int blue)
            throws IOException {
        Path plain = folder.resolve("cmyk.jpg");
        writeBands(plain, c, m, y, k);
        SamplePictures.insertJpegSegment(plain, 0xe2, "ICC_PROFILE\0\1\1", SamplePictures.cmykProfile());
        Path inverted = folder.resolve("adobe.jpg");
        writeBands(inverted, 255 - c, 255 - m, 255 - y, 255 - k);
        SamplePictures.insertJpegSegment(inverted, 0xe2, "ICC_PROFILE\0\1\1", SamplePictures.cmykProfile());
        SamplePictures.insertJpegSegment(inverted, 0xee, "Adobe", new byte[] {0, 100, 0, 0, 0, 0, 0});
        // YCCK: luminance and colour differences of the complements of cyan, magenta and yellow, then key
        Path ycck = folder.resolve("ycck.jpg");
        int luminance = Math.round(0.299f * c + 0.587f * m + 0.114f * y);
        writeBands(
                ycck, luminance, clip(128 + 0.564f * (y - luminance)), clip(128 + 0.713f * (c - luminance)), 255 - k);
        SamplePictures.insertJpegSegment(ycck, 0xe2, "ICC_PROFILE\0\1\1", SamplePictures.cmykProfile());
        SamplePictures.insertJpegSegment(ycck, 0xee, "Adobe", new byte[] {0, 100, 0, 0, 0, 0, 2});
        for (Path file : new Path[] {plain, inverted, ycck}) {
            try (PictureFile picture = SamplePictures.open(file, temporary)) {
                assertClose(picture, new int[] {red, green, blue}, 64);
                assertThat(picture.metadata().icc()).isEqualTo(CmykConversion.resultProfile());
            }
        }
    }

    @Test
    void inksWithoutAProfileAreRefused() throws IOException {
        Path file = folder.resolve("cmyk.jpg");
        writeBands(file, 10, 20, 30, 40);
        assertThatThrownBy(() -> SamplePictures.open(file, temporary))
                .isInstanceOfSatisfying(UnfogException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_MEDIA);
                    assertThat(e.subject()).isEqualTo(file.toString());
                    assertThat(e).hasMessageContaining("CMYK").hasMessageContaining("convert it to RGB");
                });
    }

    @ParameterizedTest
    @CsvSource({"0xc9, 8, arithmetic", "0xc1, 12, 12 bits", "0xc3, 8, lossless"})
    void kindsOfJpegThatNobodyReadsAreNamed(String marker, int precision, String named) throws IOException {
        Path file = write(SamplePictures.rgb(16, 16), SamplePictures.smooth(SamplePictures.rgb(16, 16)), 90);
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < bytes.length - 4; i++) {
            if (bytes[i] == (byte) 0xff && bytes[i + 1] == (byte) 0xc0) {
                bytes[i + 1] = (byte) (int) Integer.decode(marker);
                bytes[i + 4] = (byte) precision;
            }
        }
        Files.write(file, bytes);
        assertThatThrownBy(() -> SamplePictures.open(file, temporary))
                .isInstanceOfSatisfying(UnfogException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_MEDIA);
                    assertThat(e).hasMessageContaining(named);
                });
    }

    private Path write(PictureLayout layout, float[] values, int quality) {
        return SamplePictures.write(
                folder.resolve("result.jpg"),
                layout,
                values,
                null,
                new ResultOptions(OptionalInt.of(quality), false),
                temporary);
    }

    /** Writes bands of one value each, untouched by any conversion of colours. */
    private static void writeBands(Path file, int... bands) throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 32, 24, bands.length, null);
        for (int y = 0; y < 24; y++) {
            for (int x = 0; x < 32; x++) {
                raster.setPixel(x, y, bands);
            }
        }
        ImageWriter writer = ImageReaders.jdkWriter("jpeg");
        Files.deleteIfExists(file);
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(raster, null, null), null);
        } finally {
            writer.dispose();
        }
    }

    private static void assertClose(PictureFile picture, int[] expected, int tolerance) {
        float[] values = SamplePictures.all(picture);
        int area = Math.toIntExact(picture.layout().pixels());
        for (int channel = 0; channel < 3; channel++) {
            assertThat(values[channel * area + area / 2] * 255).isCloseTo(expected[channel], within((float) tolerance));
        }
    }

    private static int clip(float value) {
        return Math.round(Math.max(0, Math.min(255, value)));
    }
}
