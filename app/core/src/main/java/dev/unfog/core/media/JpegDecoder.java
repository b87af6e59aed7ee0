package dev.unfog.core.media;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.awt.Rectangle;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a JPEG row by row into a scratch file.
 *
 * <p>The JDK's reader, which is the Independent JPEG Group's library, sees a file without metadata: it can neither convert colours by a
 * profile that lies nor guess the colour space. It only warns about data that ends early; here that is an error.
 */
final class JpegDecoder {
    /** How many bytes of ink amounts are decoded in one go. */
    private static final int CMYK_BYTES = 1 << 27;

    private JpegDecoder() {}

    /**
     * Decodes a file.
     *
     * @param file a JPEG
     * @param directory where to put the pixels
     * @param limit how large a picture may be
     */
    static DecodedPicture decode(Path file, Path directory, PixelLimit limit) {
        JpegFile structure = JpegFile.read(file);
        limit.check(file, structure.width(), structure.height());
        boolean inks = structure.space() == JpegFile.Space.CMYK || structure.space() == JpegFile.Space.YCCK;
        PictureMetadata metadata = structure.metadata();
        CmykConversion conversion = inks ? CmykConversion.of(file, metadata.icc()) : null;
        PictureLayout layout = new PictureLayout(
                structure.width(),
                structure.height(),
                structure.space() == JpegFile.Space.GREY ? Color.GREY : Color.RGB,
                false,
                Depth.UINT8);
        List<String> warnings = new ArrayList<>(structure.warnings());
        PixelStore pixels = PixelStore.create(directory, layout);
        ImageReader reader = ImageReaders.jdk("jpeg");
        DamageListener damage = new DamageListener(reader);
        try (FileChannel channel = FileChannel.open(file);
                SplicedImageInputStream stream = new SplicedImageInputStream(
                        structure.plainHeader(), channel, structure.firstScan(), structure.end())) {
            reader.addIIOReadWarningListener(damage);
            reader.setInput(stream, false, true);
            if (conversion == null) {
                decode(reader, pixels);
            } else {
                decodeInks(reader, pixels, structure, conversion);
                metadata = metadata.withIcc(CmykConversion.resultProfile());
            }
            damage.throwIfFound(file);
            return new DecodedPicture(
                    pixels, structure.orientation(), metadata, structure.compression(), List.copyOf(warnings));
        } catch (IOException e) {
            pixels.close();
            damage.throwIfFound(file);
            throw FileProblems.damaged(file, "its pixels cannot be decoded (" + e.getMessage() + ")", e);
        } catch (RuntimeException | Error e) {
            pixels.close();
            throw e;
        } finally {
            reader.dispose();
        }
    }

    private static void decode(ImageReader reader, PixelStore pixels) throws IOException {
        int channels = pixels.layout().channels();
        int[] bands = new int[channels];
        for (int c = 0; c < channels; c++) {
            bands[c] = c;
        }
        int width = pixels.layout().width();
        ColorModel colours = new ComponentColorModel(
                ColorSpace.getInstance(channels == 1 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB),
                false,
                false,
                Transparency.OPAQUE,
                DataBuffer.TYPE_BYTE);
        StoreRaster raster = new StoreRaster(
                new PixelInterleavedSampleModel(
                        DataBuffer.TYPE_BYTE, width, pixels.layout().height(), channels, width * channels, bands),
                (x, y, count, elements, band) -> pixels.writeSpan(x, y, count, (byte[]) elements));
        ImageReadParam parameters = reader.getDefaultReadParam();
        parameters.setDestination(new BufferedImage(colours, raster, false, null));
        reader.read(0, parameters);
    }

    /** Ink amounts come as a raster only; large pictures are decoded once for each strip. */
    private static void decodeInks(ImageReader reader, PixelStore pixels, JpegFile structure, CmykConversion conversion)
            throws IOException {
        int width = structure.width();
        int rowsAtOnce = Math.max(1, CMYK_BYTES / (4 * width));
        byte[] inks = new byte[4 * width];
        for (int y = 0; y < structure.height(); y += rowsAtOnce) {
            int rows = Math.min(rowsAtOnce, structure.height() - y);
            ImageReadParam parameters = reader.getDefaultReadParam();
            parameters.setSourceRegion(new Rectangle(0, y, width, rows));
            Raster raster = reader.readRaster(0, parameters);
            for (int row = 0; row < rows; row++) {
                raster.getDataElements(0, row, width, 1, inks);
                if (structure.space() == JpegFile.Space.YCCK) {
                    toCmyk(inks);
                }
                if (structure.isInverted()) {
                    for (int i = 0; i < inks.length; i++) {
                        inks[i] = (byte) ~inks[i];
                    }
                }
                pixels.writeRows(y + row, 1, conversion.convert(inks, width));
            }
        }
    }

    /** The inverse of YCbCr of the complements of cyan, magenta and yellow (Adobe Technical Note 5116). */
    private static void toCmyk(byte[] row) {
        for (int i = 0; i < row.length; i += 4) {
            float luminance = row[i] & 0xff;
            float blue = (row[i + 1] & 0xff) - 128;
            float red = (row[i + 2] & 0xff) - 128;
            row[i] = (byte) (255 - clip(luminance + 1.402f * red));
            row[i + 1] = (byte) (255 - clip(luminance - 0.344136f * blue - 0.714136f * red));
            row[i + 2] = (byte) (255 - clip(luminance + 1.772f * blue));
        }
    }

    private static int clip(float value) {
        return (int) Math.max(0, Math.min(255, value + 0.5f));
    }

    /** Stops a decoder that goes on after its data has ended. */
    private static final class DamageListener implements IIOReadWarningListener {
        private final ImageReader reader;
        private @Nullable String found;

        DamageListener(ImageReader reader) {
            this.reader = reader;
        }

        @Override
        public void warningOccurred(ImageReader source, String warning) {
            String lowerCase = warning.toLowerCase(Locale.ROOT);
            if (lowerCase.contains("premature")
                    || lowerCase.contains("truncated")
                    || lowerCase.contains("huffman")
                    || lowerCase.contains("instead of rst")
                    || lowerCase.contains("inconsistent progression")) {
                found = warning;
                reader.abort();
            }
        }

        void throwIfFound(Path file) {
            String warning = found;
            if (warning != null) {
                String lowerCase = warning.toLowerCase(Locale.ROOT);
                throw lowerCase.contains("premature") || lowerCase.contains("truncated")
                        ? FileProblems.cutShort(file)
                        : FileProblems.damaged(file, "its pixels are damaged (" + warning + ")");
            }
        }
    }
}
