package dev.unfog.core.media;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the formats whose readers need the whole picture in memory: WebP, GIF and BMP, 8 bits each.
 *
 * <p>A picture that would take more than half of the memory that is free is refused.
 *
 * <p>Lossy WebP is not decoded to the bit: the library's reconstruction of luminance strays from that of RFC 6386 by a step or two,
 * and further from block to block, since each is predicted from those before (rms 1.2 of 255 on a grey photograph at quality 75), and
 * colours are repeated, not interpolated, to full resolution (rms 2.5 in red and blue). Where that matters, the file should be
 * converted to PNG by its maker's tool first. Lossless WebP is exact.
 */
final class WholePictureDecoder {
    private final Path file;
    private final PictureMetadata.Builder metadata = new PictureMetadata.Builder();
    private final List<String> warnings = new ArrayList<>();
    private int orientation = 1;

    private WholePictureDecoder(Path file) {
        this.file = file;
    }

    /**
     * Decodes a file.
     *
     * @param file a picture
     * @param format {@link PictureFormat#WEBP}, {@link PictureFormat#GIF} or {@link PictureFormat#BMP}
     * @param directory where to put the pixels
     * @param limit how large a picture may be
     */
    static DecodedPicture decode(Path file, PictureFormat format, Path directory, PixelLimit limit) {
        return new WholePictureDecoder(file).decode(format, directory, limit);
    }

    private DecodedPicture decode(PictureFormat format, Path directory, PixelLimit limit) {
        ImageReader reader =
                switch (format) {
                    case WEBP -> ImageReaders.twelveMonkeys("webp");
                    case GIF -> ImageReaders.jdk("gif");
                    case BMP -> ImageReaders.jdk("bmp");
                    default -> throw new IllegalArgumentException("Not decoded whole: " + format);
                };
        try (FileChannel channel = FileChannel.open(file);
                SplicedImageInputStream stream = new SplicedImageInputStream(new byte[0], channel, 0, channel.size())) {
            if (format == PictureFormat.WEBP) {
                readWebpChunks(channel);
            }
            if (format == PictureFormat.GIF) {
                walkGif(stream);
            }
            reader.setInput(stream, false, true);
            limit.check(file, reader.getWidth(0), reader.getHeight(0));
            checkMemory(reader.getWidth(0), reader.getHeight(0));
            if (format == PictureFormat.BMP) {
                checkBmpExtent(channel, reader.getWidth(0), reader.getHeight(0));
            }
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            return store(reader.read(0), directory);
        } catch (EOFException e) {
            throw FileProblems.cutShort(file, e);
        } catch (IOException e) {
            throw e.getCause() instanceof EOFException
                    ? FileProblems.cutShort(file, e)
                    : FileProblems.damaged(file, "its pixels cannot be decoded (" + e.getMessage() + ")", e);
        } catch (UnfogException e) {
            throw e;
        } catch (RuntimeException e) {
            // The readers answer some damaged files with whatever exception their arithmetic ends in.
            throw FileProblems.damaged(file, "its pixels cannot be decoded (" + e + ")", e);
        } catch (OutOfMemoryError e) {
            throw new UnfogException(
                    ErrorCode.OUT_OF_MEMORY,
                    file.toString(),
                    "there is not enough memory to decode it",
                    "convert it to PNG, JPEG or TIFF, which are decoded row by row",
                    e);
        } finally {
            reader.dispose();
        }
    }

    private UnfogException animated() {
        return FileProblems.unsupported(
                file, "it is an animation", "save the frame that you want as a picture of its own");
    }

    /** Goes from block to block, to see that the file is whole and holds one frame (GIF89a specification, appendix A). */
    private void walkGif(ImageInputStream in) throws IOException {
        in.skipBytes(10);
        skipColours(in, in.readUnsignedByte());
        in.skipBytes(2);
        int frames = 0;
        int block = in.readUnsignedByte();
        while (block != 0x3b) {
            switch (block) {
                case 0x21 -> {
                    in.readUnsignedByte();
                    skipSubBlocks(in);
                }
                case 0x2c -> {
                    in.skipBytes(8);
                    skipColours(in, in.readUnsignedByte());
                    in.readUnsignedByte();
                    skipSubBlocks(in);
                    frames++;
                }
                default -> throw FileProblems.damaged(file, "a part of it begins with nonsense");
            }
            block = in.readUnsignedByte();
        }
        if (frames > 1) {
            throw animated();
        }
        in.seek(0);
    }

    private static void skipColours(ImageInputStream in, int flags) throws IOException {
        if ((flags & 0x80) != 0) {
            in.skipBytes(3 << (flags & 7) + 1);
        }
    }

    private static void skipSubBlocks(ImageInputStream in) throws IOException {
        int length = in.readUnsignedByte();
        while (length != 0) {
            in.seek(in.getStreamPosition() + length);
            length = in.readUnsignedByte();
        }
    }

    private void checkBmpExtent(FileChannel channel, long width, long height) throws IOException {
        ByteBuffer head = bytes(channel, 0, 34);
        long start = head.getInt(10) & 0xffffffffL;
        int bits = head.getInt(14) == 12 ? head.getShort(24) : head.getShort(28);
        boolean packed = head.getInt(14) > 12 && (head.getInt(30) == 1 || head.getInt(30) == 2);
        long rowBytes = (width * bits + 31) / 32 * 4;
        if (!packed && start + rowBytes * height > channel.size()) {
            throw FileProblems.cutShort(file);
        }
    }

    private void checkMemory(long width, long height) {
        Runtime runtime = Runtime.getRuntime();
        long free = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
        if (width * height * 4 > free / 2) {
            throw FileProblems.tooLarge(
                    file,
                    "it has " + width + "x" + height + " pixels, and its format must be decoded in memory as a whole",
                    "convert it to PNG, JPEG or TIFF, which are decoded row by row");
        }
    }

    /** Reads metadata and checks the extent (RFC 9649, section 2.7). */
    private void readWebpChunks(FileChannel channel) throws IOException {
        ByteBuffer head = bytes(channel, 0, 12);
        long end = 8 + (head.getInt(4) & 0xffffffffL);
        if (end > channel.size()) {
            throw FileProblems.cutShort(file);
        }
        long position = 12;
        while (position + 8 <= end) {
            ByteBuffer chunk = bytes(channel, position, 8);
            String type = new String(chunk.array(), 0, 4, StandardCharsets.ISO_8859_1);
            long length = chunk.getInt(4) & 0xffffffffL;
            if (position + 8 + length > end) {
                throw FileProblems.cutShort(file);
            }
            switch (type) {
                case "ANIM", "ANMF" -> throw animated();
                case "EXIF", "XMP ", "ICCP" ->
                    keep(
                            type,
                            bytes(channel, position + 8, Math.toIntExact(length))
                                    .array());
                default -> {}
            }
            position += 8 + length + length % 2;
        }
    }

    private void keep(String type, byte[] data) {
        switch (type) {
            case "EXIF" -> {
                byte[] marker = "Exif\0\0".getBytes(StandardCharsets.ISO_8859_1);
                boolean marked = data.length > 6 && Arrays.equals(data, 0, 6, marker, 0, 6);
                try {
                    ExifBlock exif = ExifBlock.parse(marked ? Arrays.copyOfRange(data, 6, data.length) : data);
                    metadata.optExif(exif);
                    orientation = Orientation.checked(exif.orientation(), warnings);
                } catch (IOException e) {
                    warnings.add("its EXIF data was ignored: it is damaged");
                }
            }
            case "XMP " -> metadata.optXmp(data);
            default -> {
                String against = ColourProfile.reasonAgainst(data, ColourProfile.RGB);
                if (against == null) {
                    metadata.optIcc(data);
                } else {
                    warnings.add("its colour profile was ignored: " + against);
                }
            }
        }
    }

    private static ByteBuffer bytes(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException();
            }
        }
        return buffer.flip();
    }

    private DecodedPicture store(BufferedImage image, Path directory) {
        ColorModel colours = image.getColorModel();
        boolean alpha = colours.hasAlpha();
        boolean grey = image.getRaster().getNumBands() < 3 && !(colours instanceof IndexColorModel);
        PictureLayout layout = new PictureLayout(
                image.getWidth(), image.getHeight(), grey ? Color.GREY : Color.RGB, alpha, Depth.UINT8);
        PixelStore pixels = PixelStore.create(directory, layout);
        try {
            byte[] row = new byte[pixels.rowBytes()];
            int @Nullable [] samples = null;
            for (int y = 0; y < image.getHeight(); y++) {
                samples =
                        isPlain(colours) ? samples(image.getRaster(), y, samples) : colours(image, y, samples, layout);
                for (int i = 0; i < row.length; i++) {
                    row[i] = (byte) samples[i];
                }
                pixels.writeRows(y, 1, row);
            }
            return new DecodedPicture(pixels, orientation, metadata.build(), null, List.copyOf(warnings));
        } catch (RuntimeException | Error e) {
            pixels.close();
            throw e;
        }
    }

    /** Whether the samples are the channels in order, 8 bits each; reading them as they are keeps colours out of any conversion. */
    private static boolean isPlain(ColorModel colours) {
        if (!(colours instanceof ComponentColorModel) && !(colours instanceof DirectColorModel)
                || colours.isAlphaPremultiplied()) {
            return false;
        }
        return Arrays.stream(colours.getComponentSize()).allMatch(size -> size == 8);
    }

    private static int[] samples(Raster raster, int y, int @Nullable [] reuse) {
        return raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, reuse);
    }

    private static int[] colours(BufferedImage image, int y, int @Nullable [] reuse, PictureLayout layout) {
        int channels = layout.channels();
        int width = image.getWidth();
        int[] samples = reuse == null ? new int[width * channels] : reuse;
        for (int x = 0; x < width; x++) {
            int colour = image.getRGB(x, y);
            int to = x * channels;
            samples[to] = colour >> 16 & 0xff;
            if (layout.color() == Color.RGB) {
                samples[to + 1] = colour >> 8 & 0xff;
                samples[to + 2] = colour & 0xff;
            }
            if (layout.alpha()) {
                samples[to + channels - 1] = colour >>> 24;
            }
        }
        return samples;
    }
}
