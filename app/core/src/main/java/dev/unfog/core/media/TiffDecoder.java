package dev.unfog.core.media;

import dev.unfog.api.UnfogException;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.SampleModel;
import java.awt.image.WritableRaster;
import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a TIFF row by row into a scratch file.
 *
 * <p>The TwelveMonkeys reader decodes; the directory is checked first, so that it never sees a file that is cut short.
 */
final class TiffDecoder {
    private static final int IMAGE_WIDTH = 256;
    private static final int IMAGE_LENGTH = 257;
    private static final int COMPRESSION = 259;
    private static final int PHOTOMETRIC = 262;
    private static final int STRIP_OFFSETS = 273;
    private static final int STRIP_BYTE_COUNTS = 279;
    private static final int TILE_OFFSETS = 324;
    private static final int TILE_BYTE_COUNTS = 325;
    private static final int SAMPLE_FORMAT = 339;
    private static final int DNG_VERSION = 50706;
    private static final int UNCOMPRESSED = 1;
    private static final int SEPARATED = 5;
    /** No compression of TIFF makes more than this of one byte; LZW comes nearest. */
    private static final long MOST_EXPANSION = 2800;

    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());
    private static final VarHandle FLOATS =
            MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.nativeOrder());

    private final Path file;
    private final TiffDirectory directory;
    private final List<String> warnings = new ArrayList<>();

    private TiffDecoder(Path file, TiffDirectory directory) {
        this.file = file;
        this.directory = directory;
    }

    /**
     * Decodes a file.
     *
     * @param file a TIFF or BigTIFF
     * @param scratch where to put the pixels
     * @param limit how large a picture may be
     */
    static DecodedPicture decode(Path file, Path scratch, PixelLimit limit) {
        try (FileChannel channel = FileChannel.open(file)) {
            TiffDirectory.Source source = (position, length) -> bytes(channel, position, length);
            TiffDirectory directory;
            try {
                directory = TiffDirectory.parse(source);
            } catch (EOFException e) {
                throw e;
            } catch (IOException e) {
                throw FileProblems.damaged(file, "its TIFF directory is not sound (" + e.getMessage() + ")", e);
            }
            TiffDecoder decoder = new TiffDecoder(file, directory);
            limit.check(file, directory.number(IMAGE_WIDTH, 0), directory.number(IMAGE_LENGTH, 0));
            decoder.checkKind();
            decoder.checkPages(
                    source, bytes(channel, 2, 2).order(directory.order()).getShort() == 43);
            decoder.checkExtent(channel.size());
            try (SplicedImageInputStream stream =
                    new SplicedImageInputStream(new byte[0], channel, 0, channel.size())) {
                return decoder.decode(stream, scratch);
            }
        } catch (IOException e) {
            throw FileProblems.reading(file, e);
        }
    }

    private static ByteBuffer bytes(FileChannel channel, long position, int length) throws IOException {
        if (position < 0 || position > channel.size() - length) {
            throw new EOFException("A part lies behind the end of the file");
        }
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException();
            }
        }
        return buffer.flip();
    }

    private void checkKind() {
        long photometric = directory.number(PHOTOMETRIC, -1);
        if (directory.field(DNG_VERSION) != null || photometric == 32803 || photometric == 34892) {
            throw FileProblems.unsupported(
                    file, "it is a camera's raw file", "develop it, and give the TIFF or JPEG that comes out");
        }
        if (photometric > SEPARATED && photometric != 6) {
            throw FileProblems.unsupported(
                    file,
                    "it is a TIFF with colours of a kind that is not supported (photometric " + photometric + ")",
                    "convert it to RGB");
        }
        if (directory.number(SAMPLE_FORMAT, 1) == 2) {
            throw FileProblems.unsupported(
                    file, "its samples are signed integers", "convert it to unsigned integers or floats");
        }
    }

    private void checkPages(TiffDirectory.Source source, boolean big) {
        Set<Long> visited = new HashSet<>();
        long next = directory.next();
        while (next != 0 && visited.add(next)) {
            TiffDirectory page;
            try {
                page = TiffDirectory.parseAt(source, directory.order(), big, next);
            } catch (IOException e) {
                warnings.add("what follows its first page was ignored: it is damaged");
                return;
            }
            // Bit 0: a reduced version of another page; bit 2: a transparency mask (TIFF 6.0, section 8).
            if ((page.number(254, 0) & 5) == 0 && page.number(255, 1) != 2) {
                throw FileProblems.unsupported(file, "it holds several pages", "save each page as a file of its own");
            }
            next = page.next();
        }
    }

    private void checkExtent(long size) {
        boolean tiled = directory.field(TILE_OFFSETS) != null;
        long[] positions = directory.numbers(tiled ? TILE_OFFSETS : STRIP_OFFSETS);
        long[] lengths = directory.numbers(tiled ? TILE_BYTE_COUNTS : STRIP_BYTE_COUNTS);
        if (positions.length == 0) {
            throw directory.isDamaged()
                    ? FileProblems.cutShort(file)
                    : FileProblems.damaged(file, "it does not say where its pixels are");
        }
        long total = 0;
        for (int i = 0; i < positions.length; i++) {
            long length = i < lengths.length ? lengths[i] : 0;
            if (positions[i] + length > size || positions[i] >= size && length > 0) {
                throw FileProblems.cutShort(file);
            }
            total += length;
        }
        long bits = 0;
        long[] bitsPerSample = directory.numbers(258);
        for (int i = 0; i < Math.max(1, directory.number(277, 1)); i++) {
            bits += bitsPerSample.length == 0 ? 1 : bitsPerSample[Math.min(i, bitsPerSample.length - 1)];
        }
        long pixelBytes = (directory.number(IMAGE_WIDTH, 0) * bits + 7) / 8 * directory.number(IMAGE_LENGTH, 0);
        long compression = directory.number(COMPRESSION, UNCOMPRESSED);
        boolean general = compression == 5 || compression == 8 || compression == 32946 || compression == 32773;
        long available = total == 0 ? size : total;
        if (compression == UNCOMPRESSED && available < pixelBytes
                || general && available * MOST_EXPANSION < pixelBytes) {
            throw FileProblems.cutShort(file);
        }
    }

    private DecodedPicture decode(SplicedImageInputStream stream, Path scratch) {
        ImageReader reader = ImageReaders.twelveMonkeys("tiff");
        PixelStore pixels = null;
        try {
            reader.setInput(stream, false, true);
            ImageTypeSpecifier type = reader.getRawImageType(0);
            if (type == null) {
                throw FileProblems.unsupported(
                        file, "it is a TIFF of a kind that is not supported", "save it as an ordinary RGB TIFF");
            }
            ColorModel colours = type.getColorModel();
            SampleModel samples = type.getSampleModel(reader.getWidth(0), reader.getHeight(0));
            PictureMetadata metadata = metadata(samples.getNumBands());
            CmykConversion conversion =
                    directory.number(PHOTOMETRIC, 1) == SEPARATED ? CmykConversion.of(file, metadata.icc()) : null;
            PictureLayout layout = layout(colours, samples, conversion != null);
            pixels = PixelStore.create(scratch, layout);
            Receiver receiver = new Receiver(pixels, colours, samples, conversion);
            ImageReadParam parameters = reader.getDefaultReadParam();
            parameters.setDestination(new UncopiedImage(colours, new StoreRaster(samples, receiver)));
            if (layout.depth() == Depth.FLOAT32) {
                // What is read as an image is clipped to 0..1.
                reader.readRaster(0, parameters);
            } else {
                reader.read(0, parameters);
            }
            int orientation = Orientation.checked((int) directory.number(274, 1), warnings);
            PictureMetadata kept = conversion == null ? metadata : metadata.withIcc(CmykConversion.resultProfile());
            return new DecodedPicture(pixels, orientation, kept, null, List.copyOf(warnings));
        } catch (IOException e) {
            discard(pixels);
            if (e instanceof EOFException || e.getCause() instanceof EOFException) {
                throw FileProblems.cutShort(file, e);
            }
            throw FileProblems.damaged(file, "its pixels cannot be decoded (" + e.getMessage() + ")", e);
        } catch (UnfogException e) {
            discard(pixels);
            throw e;
        } catch (RuntimeException e) {
            // The reader answers some damaged files with whatever exception its arithmetic ends in.
            discard(pixels);
            throw FileProblems.damaged(file, "its pixels cannot be decoded (" + e + ")", e);
        } catch (Error e) {
            discard(pixels);
            throw e;
        } finally {
            reader.dispose();
        }
    }

    private static void discard(@Nullable PixelStore pixels) {
        if (pixels != null) {
            pixels.close();
        }
    }

    private PictureMetadata metadata(int bands) {
        PictureMetadata.Builder metadata = new PictureMetadata.Builder();
        ExifBlock exif = ExifBlock.ofTiff(directory);
        if (!exif.isEmpty()) {
            metadata.optExif(exif);
        }
        if (directory.isDamaged()) {
            warnings.add("a part of its metadata is damaged and was left out");
        }
        TiffField xmp = directory.field(700);
        if (xmp != null) {
            metadata.optXmp(xmp.value());
        }
        TiffField iptc = directory.field(33723);
        if (iptc != null) {
            metadata.optIptc(iptc.value());
        }
        TiffField photoshop = directory.field(34377);
        if (photoshop != null) {
            metadata.optPhotoshop(PhotoshopResources.parse(photoshop.value())
                    .withoutThumbnails()
                    .toBytes());
        }
        TiffField profile = directory.field(34675);
        if (profile != null) {
            long photometric = directory.number(PHOTOMETRIC, 1);
            String space = photometric == SEPARATED
                    ? ColourProfile.CMYK
                    : photometric <= 1 ? ColourProfile.GREY : ColourProfile.RGB;
            String against = ColourProfile.reasonAgainst(profile.value(), space);
            if (against == null) {
                metadata.optIcc(profile.value());
            } else {
                warnings.add("its colour profile was ignored: " + against);
            }
        }
        return metadata.build();
    }

    private PictureLayout layout(ColorModel colours, SampleModel samples, boolean inks) {
        int width = samples.getWidth();
        int height = samples.getHeight();
        int bands = samples.getNumBands();
        if (colours instanceof IndexColorModel index) {
            boolean grey = isGrey(index);
            return new PictureLayout(width, height, grey ? Color.GREY : Color.RGB, false, Depth.UINT8);
        }
        Depth depth =
                switch (samples.getTransferType()) {
                    case DataBuffer.TYPE_BYTE -> Depth.UINT8;
                    case DataBuffer.TYPE_USHORT -> Depth.UINT16;
                    case DataBuffer.TYPE_INT, DataBuffer.TYPE_FLOAT, DataBuffer.TYPE_DOUBLE -> Depth.FLOAT32;
                    default -> throw unsupported();
                };
        if (inks) {
            if (bands != 4 || depth == Depth.FLOAT32) {
                throw FileProblems.unsupported(file, "it is a CMYK TIFF with additional channels", "convert it to RGB");
            }
            return new PictureLayout(width, height, Color.RGB, false, depth);
        }
        if (bands > 4) {
            throw unsupported();
        }
        return new PictureLayout(width, height, bands < 3 ? Color.GREY : Color.RGB, bands % 2 == 0, depth);
    }

    private UnfogException unsupported() {
        return FileProblems.unsupported(
                file,
                "it is a TIFF with channels of a number or kind that is not supported",
                "save it with 8, 16 or 32 bits as grey or RGB, with or without alpha");
    }

    private static boolean isGrey(IndexColorModel colours) {
        for (int i = 0; i < colours.getMapSize(); i++) {
            if (colours.getRed(i) != colours.getGreen(i) || colours.getRed(i) != colours.getBlue(i)) {
                return false;
            }
        }
        return true;
    }

    /** An image whose pixels are not copied when they are asked for as a raster. */
    private static final class UncopiedImage extends BufferedImage {
        UncopiedImage(ColorModel colours, WritableRaster raster) {
            super(colours, raster, colours.isAlphaPremultiplied(), null);
        }

        @Override
        public Raster getData() {
            return getRaster();
        }
    }

    /** Brings rows into the form of the scratch file. */
    private final class Receiver implements StoreRaster.RowReceiver {
        private final PixelStore pixels;
        private final SampleModel samples;
        private final @Nullable IndexColorModel palette;
        private final @Nullable CmykConversion conversion;
        private final boolean premultiplied;
        private final boolean whiteIsZero;
        private final int channels;

        Receiver(PixelStore pixels, ColorModel colours, SampleModel samples, @Nullable CmykConversion conversion) {
            this.pixels = pixels;
            this.samples = samples;
            this.palette = colours instanceof IndexColorModel index ? index : null;
            this.conversion = conversion;
            this.premultiplied = colours.hasAlpha() && colours.isAlphaPremultiplied();
            this.whiteIsZero = directory.number(PHOTOMETRIC, 1) == 0;
            this.channels = pixels.layout().channels();
        }

        @Override
        public void accept(int x, int y, int count, Object elements, int band) {
            if (band >= 0 && (palette != null || conversion != null || premultiplied)) {
                throw FileProblems.unsupported(
                        file,
                        "it keeps each channel apart, which is not supported for CMYK, palettes and multiplied opacity",
                        "save it with its channels interleaved");
            }
            if (conversion != null) {
                byte[] row = elements instanceof short[] inks
                        ? bytes(conversion.convert(inks, count))
                        : conversion.convert((byte[]) elements, count);
                pixels.writeSpan(x, y, count, row);
            } else if (palette != null) {
                pixels.writeSpan(x, y, count, colours(elements, count, palette));
            } else if (band >= 0) {
                writeBand(x, y, count, stored(elements), band);
            } else {
                byte[] row = stored(elements);
                if (premultiplied) {
                    divideByOpacity(row, count);
                }
                pixels.writeSpan(x, y, count, row);
            }
        }

        private void writeBand(int x, int y, int count, byte[] samplesOfBand, int band) {
            int size = pixels.layout().depth().bytes();
            byte[] row = new byte[count * pixels.pixelBytes()];
            pixels.readSpan(x, y, count, row);
            for (int i = 0, to = band * size; i < count; i++, to += pixels.pixelBytes()) {
                System.arraycopy(samplesOfBand, i * size, row, to, size);
            }
            pixels.writeSpan(x, y, count, row);
        }

        private byte[] colours(Object elements, int count, IndexColorModel model) {
            byte[] row = new byte[count * channels];
            for (int i = 0, to = 0; i < count; i++) {
                int index = elements instanceof short[] indices ? indices[i] & 0xffff : ((byte[]) elements)[i] & 0xff;
                if (index >= model.getMapSize()) {
                    throw FileProblems.damaged(file, "a pixel of it has a colour that its palette lacks");
                }
                row[to++] = (byte) model.getRed(index);
                if (channels == 3) {
                    row[to++] = (byte) model.getGreen(index);
                    row[to++] = (byte) model.getBlue(index);
                }
            }
            return row;
        }

        private byte[] stored(Object elements) {
            if (elements instanceof byte[] values) {
                int most = (1 << samples.getSampleSize(0)) - 1;
                if (most < 255) {
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (byte) ((values[i] & most) * 255 / most);
                    }
                }
                return values;
            }
            if (elements instanceof short[] values) {
                return bytes(values);
            }
            float[] floats;
            if (elements instanceof float[] values) {
                floats = values;
            } else if (elements instanceof double[] values) {
                floats = new float[values.length];
                for (int i = 0; i < values.length; i++) {
                    floats[i] = (float) values[i];
                }
            } else {
                int[] values = (int[]) elements;
                floats = new float[values.length];
                for (int i = 0; i < values.length; i++) {
                    floats[i] = (float) ((values[i] & 0xffffffffL) / 4294967295.0);
                }
            }
            byte[] row = new byte[4 * floats.length];
            for (int i = 0; i < floats.length; i++) {
                if (!Float.isFinite(floats[i])) {
                    throw FileProblems.damaged(
                            file, "it holds a value that is not a finite number (" + floats[i] + ")");
                }
                FLOATS.set(row, 4 * i, whiteIsZero ? 1 - floats[i] : floats[i]);
            }
            return row;
        }

        private static byte[] bytes(short[] values) {
            byte[] row = new byte[2 * values.length];
            for (int i = 0; i < values.length; i++) {
                SHORTS.set(row, 2 * i, values[i]);
            }
            return row;
        }

        private void divideByOpacity(byte[] row, int count) {
            for (int i = 0; i < count; i++) {
                int last = i * channels + channels - 1;
                for (int c = 0; c < channels - 1; c++) {
                    int at = i * channels + c;
                    switch (pixels.layout().depth()) {
                        case UINT8 -> {
                            int opacity = row[last] & 0xff;
                            row[at] = (byte)
                                    (opacity == 0
                                            ? 0
                                            : Math.min(255, ((row[at] & 0xff) * 255 + opacity / 2) / opacity));
                        }
                        case UINT16 -> {
                            long opacity = (short) SHORTS.get(row, 2 * last) & 0xffff;
                            long value = (short) SHORTS.get(row, 2 * at) & 0xffff;
                            SHORTS.set(row, 2 * at, (short)
                                    (opacity == 0 ? 0 : Math.min(65535, (value * 65535 + opacity / 2) / opacity)));
                        }
                        case FLOAT32 -> {
                            float opacity = (float) FLOATS.get(row, 4 * last);
                            FLOATS.set(row, 4 * at, opacity == 0 ? 0f : (float) FLOATS.get(row, 4 * at) / opacity);
                        }
                    }
                }
            }
        }
    }
}
