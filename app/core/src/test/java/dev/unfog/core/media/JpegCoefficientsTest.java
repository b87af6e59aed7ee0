package dev.unfog.core.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.UnfogException;
import dev.unfog.api.media.JpegCoefficients;
import dev.unfog.api.media.JpegCoefficients.Component;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JpegCoefficientsTest {
    private static final int WIDTH = 75;
    private static final int HEIGHT = 53;
    private static final String NATIVE_FORMAT = "javax_imageio_jpeg_image_1.0";

    @TempDir
    private Path folder;

    @TempDir
    private Path temporary;

    @ParameterizedTest
    @CsvSource({
        "false, 1, 1, 0",
        "true, 1, 1, 0",
        "false, 2, 2, 0",
        "true, 2, 2, 0",
        "false, 2, 1, 0",
        "true, 1, 2, 0",
        "false, 2, 2, 3",
        "true, 2, 2, 2",
        "false, 1, 1, 7"
    })
    void transformedBackTheyAreThePixels(boolean progressive, int across, int down, int restart) throws IOException {
        Path file = write("picture.jpg", BufferedImage.TYPE_INT_RGB, progressive, across, down, restart);
        try (PictureFile picture = SamplePictures.open(file, temporary);
                JpegCoefficients coefficients = picture.jpegCoefficients().orElseThrow()) {
            assertThat(coefficients.transform()).isEqualTo(JpegCoefficients.Transform.YCBCR);
            assertThat(coefficients.components()).hasSize(3);
            assertThat(coefficients.components().get(2).horizontal()).isEqualTo(across);
            assertThat(coefficients.components().get(1).vertical()).isEqualTo(down);
            assertLuminance(picture, coefficients);
            assertMeans(picture, coefficients);
        }
        assertThat(temporary).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aGreyPictureHasOneComponent(boolean progressive) throws IOException {
        Path file = write("grey.jpg", BufferedImage.TYPE_BYTE_GRAY, progressive, 1, 1, 0);
        try (PictureFile picture = SamplePictures.open(file, temporary);
                JpegCoefficients coefficients = picture.jpegCoefficients().orElseThrow()) {
            assertThat(coefficients.transform()).isEqualTo(JpegCoefficients.Transform.NONE);
            assertThat(coefficients.components()).hasSize(1);
            assertLuminance(picture, coefficients);
        }
    }

    @Test
    void progressiveFilesHoldTheSameNumbersAsPlainOnes() throws IOException {
        Path plain = write("plain.jpg", BufferedImage.TYPE_INT_RGB, false, 2, 2, 0);
        Path progressive = write("progressive.jpg", BufferedImage.TYPE_INT_RGB, true, 2, 2, 0);
        assertThat(Files.mismatch(plain, progressive)).isNotEqualTo(-1);
        try (PictureFile one = SamplePictures.open(plain, temporary);
                PictureFile other = SamplePictures.open(progressive, temporary);
                JpegCoefficients first = one.jpegCoefficients().orElseThrow();
                JpegCoefficients second = other.jpegCoefficients().orElseThrow()) {
            assertThat(first.components()).isEqualTo(second.components());
            for (int component = 0; component < 3; component++) {
                // Where blocks lie outside the picture, the two kinds of file say different things about them.
                Component shape = first.components().get(component);
                Region blocks = new Region(
                        0,
                        0,
                        (WIDTH + 8 * shape.horizontal() - 1) / (8 * shape.horizontal()),
                        (HEIGHT + 8 * shape.vertical() - 1) / (8 * shape.vertical()));
                short[] expected = new short[(int) blocks.area() * 64];
                short[] found = expected.clone();
                first.read(component, blocks, expected);
                second.read(component, blocks, found);
                assertThat(found).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void theyAreTurnedAsThePixelsAre(int orientation) throws IOException {
        Path file = write("turned.jpg", BufferedImage.TYPE_INT_RGB, false, 2, 1, 0);
        SamplePictures.insertJpegSegment(
                file, 0xe1, "Exif\0\0", SamplePictures.exif(ByteOrder.LITTLE_ENDIAN, orientation, WIDTH, HEIGHT));
        try (PictureFile picture = SamplePictures.open(file, temporary);
                JpegCoefficients coefficients = picture.jpegCoefficients().orElseThrow()) {
            assertThat(picture.layout().width()).isEqualTo(orientation < 5 ? WIDTH : HEIGHT);
            assertLuminance(picture, coefficients);
            assertMeans(picture, coefficients);
            Component luminance = coefficients.components().get(0);
            short[] all = new short[luminance.blocksAcross() * luminance.blocksDown() * 64];
            coefficients.read(0, new Region(0, 0, luminance.blocksAcross(), luminance.blocksDown()), all);
            short[] part = new short[2 * 3 * 64];
            coefficients.read(0, new Region(1, 2, 2, 3), part);
            for (int i = 0; i < part.length; i++) {
                int block = (2 + i / 128) * luminance.blocksAcross() + 1 + i / 64 % 2;
                assertThat(part[i]).isEqualTo(all[block * 64 + i % 64]);
            }
        }
    }

    @Test
    void whatIsNoJpegHasNone() {
        PictureLayout layout = SamplePictures.rgb(16, 16);
        Path file = SamplePictures.write(
                folder.resolve("picture.png"), layout, SamplePictures.random(layout, 1), temporary);
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            assertThat(picture.jpegCoefficients()).isEmpty();
        }
    }

    @Test
    void aFileThatHasBeenDamagedSinceItWasOpenedIsRefused() throws IOException {
        Path file = write("damaged.jpg", BufferedImage.TYPE_INT_RGB, false, 2, 2, 0);
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            byte[] bytes = Files.readAllBytes(file);
            Random random = new Random(5);
            for (int round = 0; round < 40; round++) {
                byte[] noisy = bytes.clone();
                for (int i = 0; i < 4; i++) {
                    noisy[2 + random.nextInt(noisy.length - 4)] = (byte) random.nextInt();
                }
                Files.write(file, noisy);
                try {
                    picture.jpegCoefficients().ifPresent(JpegCoefficients::close);
                } catch (UnfogException e) {
                    assertThat(e.subject()).isEqualTo(file.toString());
                }
            }
            Files.delete(file);
            assertThatThrownBy(picture::jpegCoefficients)
                    .isInstanceOf(UnfogException.class)
                    .hasMessageContaining("no such file");
        }
        assertThat(temporary).isEmptyDirectory();
    }

    /** Compares the luminance of the pixels with that of the coefficients. */
    private static void assertLuminance(PictureFile picture, JpegCoefficients coefficients) {
        int width = picture.layout().width();
        int height = picture.layout().height();
        double[] samples = samples(coefficients, 0);
        int stride = coefficients.components().get(0).blocksAcross() * 8;
        float[] pixels = SamplePictures.all(picture);
        int area = width * height;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = y * width + x;
                double expected = coefficients.components().size() == 1
                        ? pixels[at]
                        : .299 * pixels[at] + .587 * pixels[area + at] + .114 * pixels[2 * area + at];
                double found = samples[(coefficients.top() + y) * stride + coefficients.left() + x] + 128;
                assertThat(found).isCloseTo(255 * expected, within(1.6));
            }
        }
    }

    /** Compares the mean colour of whole blocks, which no way to interpolate colour changes by much. */
    private static void assertMeans(PictureFile picture, JpegCoefficients coefficients) {
        int width = picture.layout().width();
        int height = picture.layout().height();
        float[] pixels = SamplePictures.all(picture);
        int area = width * height;
        for (int component = 1; component < 3; component++) {
            Component shape = coefficients.components().get(component);
            double[] samples = samples(coefficients, component);
            int stride = shape.blocksAcross() * 8;
            double difference = 0;
            int count = 0;
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int at = y * width + x;
                    double luminance = .299 * pixels[at] + .587 * pixels[area + at] + .114 * pixels[2 * area + at];
                    double expected = component == 1
                            ? (pixels[2 * area + at] - luminance) / 1.772
                            : (pixels[at] - luminance) / 1.402;
                    int row = (coefficients.top() + y) / shape.vertical();
                    int column = (coefficients.left() + x) / shape.horizontal();
                    difference += Math.abs(samples[row * stride + column] - 255 * expected);
                    count++;
                }
            }
            assertThat(difference / count).isLessThan(1.2);
        }
    }

    /** Returns a component's samples, by the formula of T.81, A.3.3. */
    private static double[] samples(JpegCoefficients coefficients, int component) {
        Component shape = coefficients.components().get(component);
        int across = shape.blocksAcross();
        int down = shape.blocksDown();
        short[] read = new short[across * down * 64];
        coefficients.read(component, new Region(0, 0, across, down), read);
        double[] samples = new double[read.length];
        for (int block = 0; block < across * down; block++) {
            for (int i = 0; i < 64; i++) {
                double sum = 0;
                for (int k = 0; k < 64; k++) {
                    double scale = (k / 8 == 0 ? Math.sqrt(.5) : 1) * (k % 8 == 0 ? Math.sqrt(.5) : 1) / 4;
                    sum += scale
                            * read[block * 64 + k]
                            * shape.steps().get(k)
                            * Math.cos((2 * (i % 8) + 1) * (k % 8) * Math.PI / 16)
                            * Math.cos((2 * (i / 8) + 1) * (k / 8) * Math.PI / 16);
                }
                samples[(block / across * 8 + i / 8) * across * 8 + block % across * 8 + i % 8] = sum;
            }
        }
        return samples;
    }

    /** Writes waves of muted colours, which no decoder clips. */
    private Path write(String name, int type, boolean progressive, int across, int down, int restart)
            throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
        Random random = new Random(3);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                double wave = Math.sin(x / 6.0) * Math.cos(y / 9.0);
                int red = (int) (128 + 50 * wave) + random.nextInt(12);
                int green = (int) (120 + 40 * Math.sin(x / 15.0)) + random.nextInt(12);
                int blue = (int) (130 + 40 * Math.cos(y / 13.0)) + random.nextInt(12);
                image.setRGB(x, y, red << 16 | green << 8 | blue);
            }
        }
        Path file = folder.resolve(name);
        ImageWriter writer = ImageReaders.jdkWriter("jpeg");
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            if (progressive) {
                parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            }
            IIOMetadata header =
                    writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), parameters);
            IIOMetadataNode root = (IIOMetadataNode) header.getAsTree(NATIVE_FORMAT);
            List<IIOMetadataNode> components = nodes(root, "componentSpec");
            if (components.size() > 1) {
                components.get(0).setAttribute("HsamplingFactor", Integer.toString(across));
                components.get(0).setAttribute("VsamplingFactor", Integer.toString(down));
            }
            if (restart > 0) {
                IIOMetadataNode interval = new IIOMetadataNode("dri");
                interval.setAttribute("interval", Integer.toString(restart));
                root.getElementsByTagName("markerSequence").item(0).appendChild(interval);
            }
            header.setFromTree(NATIVE_FORMAT, root);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, header), parameters);
        } finally {
            writer.dispose();
        }
        return file;
    }

    private static List<IIOMetadataNode> nodes(IIOMetadataNode root, String name) {
        List<IIOMetadataNode> found = new ArrayList<>();
        for (int i = 0; i < root.getElementsByTagName(name).getLength(); i++) {
            found.add((IIOMetadataNode) root.getElementsByTagName(name).item(i));
        }
        return found;
    }
}
