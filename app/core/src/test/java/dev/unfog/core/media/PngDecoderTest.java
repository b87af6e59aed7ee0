package dev.unfog.core.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
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

class PngDecoderTest {
    @TempDir
    private Path folder;

    @TempDir
    private Path temporary;

    @ParameterizedTest
    @CsvSource({
        "5,false",
        "1,false",
        "10,false",
        "11,false",
        "6,false",
        "5,true",
        "1,true",
        "10,true",
        "11,true",
        "6,true"
    })
    void whatTheJdkWritesIsReadInterlacedOrNot(int type, boolean interlaced) throws IOException {
        // 5: BGR, 1: RGB in an int, 10: grey, 11: 16-bit grey, 6: with alpha
        BufferedImage image = new BufferedImage(45, 37, type);
        Random random = new Random(type);
        int bands = image.getRaster().getNumBands();
        int most = type == BufferedImage.TYPE_USHORT_GRAY ? 65536 : 256;
        for (int y = 0; y < 37; y++) {
            for (int x = 0; x < 45; x++) {
                for (int band = 0; band < bands; band++) {
                    image.getRaster().setSample(x, y, band, random.nextInt(most));
                }
            }
        }
        Path file = write(image, interlaced);
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            PictureLayout layout = picture.layout();
            assertThat(layout.channels()).isEqualTo(bands);
            assertThat(layout.depth()).isEqualTo(most == 256 ? Depth.UINT8 : Depth.UINT16);
            float[] values = SamplePictures.all(picture);
            int[] samples = image.getRaster().getPixels(0, 0, 45, 37, (int[]) null);
            for (int i = 0; i < 45 * 37; i++) {
                for (int c = 0; c < bands; c++) {
                    assertThat(values[c * 45 * 37 + i]).isEqualTo(samples[i * bands + c] / (most - 1f));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void palettesWithOpacityBecomeColours(int bits) throws IOException {
        int size = 1 << bits;
        byte[][] channels = new byte[4][size];
        Random random = new Random(bits);
        for (byte[] channel : channels) {
            random.nextBytes(channel);
        }
        IndexColorModel palette = new IndexColorModel(bits, size, channels[0], channels[1], channels[2], channels[3]);
        BufferedImage image = new BufferedImage(
                41, 29, bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY, palette);
        for (int i = 0; i < 41 * 29; i++) {
            image.getRaster().setSample(i % 41, i / 41, 0, random.nextInt(size));
        }
        try (PictureFile picture = SamplePictures.open(write(image, false), temporary)) {
            assertThat(picture.layout()).isEqualTo(new PictureLayout(41, 29, Color.RGB, true, Depth.UINT8));
            float[] values = SamplePictures.all(picture);
            for (int i = 0; i < 41 * 29; i++) {
                int colour = image.getRGB(i % 41, i / 41);
                for (int c = 0; c < 4; c++) {
                    int expected = colour >> (c == 3 ? 24 : 16 - 8 * c) & 0xff;
                    assertThat(Math.round(values[c * 41 * 29 + i] * 255)).isEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void fewBitsOfGreyAreSpreadOverTheWholeRange(int bits) throws IOException {
        int most = (1 << bits) - 1;
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(rows)) {
            deflater.write(0);
            deflater.write(most << 8 - bits);
        }
        Path file = folder.resolve("grey.png");
        Files.write(
                file,
                SamplePictures.png(
                        SamplePictures.pngHeader(2, 1, bits, 0),
                        SamplePictures.pngChunk("IDAT", rows.toByteArray()),
                        SamplePictures.pngChunk("IEND", new byte[0])));
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            assertThat(SamplePictures.all(picture)).containsExactly(1f, 0f);
        }
    }

    @Test
    void theColourThatStandsForTransparentIsTransparent() throws IOException {
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(rows)) {
            deflater.write(new byte[] {0, 10, 20, 30, 10, 20, 31});
        }
        Path file = folder.resolve("hidden.png");
        Files.write(
                file,
                SamplePictures.png(
                        SamplePictures.pngHeader(2, 1, 8, 2),
                        SamplePictures.pngChunk("tRNS", new byte[] {0, 10, 0, 20, 0, 30}),
                        SamplePictures.pngChunk("IDAT", rows.toByteArray()),
                        SamplePictures.pngChunk("IEND", new byte[0])));
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            assertThat(picture.layout().alpha()).isTrue();
            assertThat(SamplePictures.all(picture))
                    .containsExactly(10 / 255f, 10 / 255f, 20 / 255f, 20 / 255f, 30 / 255f, 31 / 255f, 0f, 1f);
        }
    }

    private Path write(BufferedImage image, boolean interlaced) throws IOException {
        Path file = folder.resolve("jdk.png");
        ImageWriter writer = ImageReaders.jdkWriter("png");
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setProgressiveMode(interlaced ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } finally {
            writer.dispose();
        }
        return file;
    }
}
