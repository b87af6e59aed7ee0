package dev.unfog.core.media;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a PNG row by row into a scratch file (PNG specification, third edition; W3C 2025).
 *
 * <p>The JDK's own reader converts colours, forgives truncation and is slower; a PNG is little more than zlib and five filters.
 */
final class PngDecoder {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int LONGEST_ANCILLARY = 1 << 26;
    private static final int WRITE_BYTES = 1 << 20;
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());
    /** Chunks that are not kept: they say how the file stores its pixels, or are read into something better. */
    private static final Set<String> NOT_KEPT = Set.of(
            "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "iCCP", "eXIf", "bKGD", "hIST", "sBIT", "sPLT", "tIME", "acTL",
            "fcTL", "fdAT", "iDOT");

    private static final int[] PASS_X = {0, 4, 0, 2, 0, 1, 0};
    private static final int[] PASS_Y = {0, 0, 4, 0, 2, 0, 1};
    private static final int[] PASS_STEP_X = {8, 8, 4, 4, 2, 2, 1};
    private static final int[] PASS_STEP_Y = {8, 8, 8, 4, 4, 2, 2};

    private final Path file;
    private final Path directory;
    private final PixelLimit limit;
    private final PictureMetadata.Builder metadata = new PictureMetadata.Builder();
    private final List<String> warnings = new ArrayList<>();

    private int width;
    private int height;
    private int bits;
    private int colourType;
    private boolean interlaced;
    private byte @Nullable [] palette;
    private byte @Nullable [] transparency;
    private @Nullable PixelStore store;
    private int orientation = 1;

    private PngDecoder(Path file, Path directory, PixelLimit limit) {
        this.file = file;
        this.directory = directory;
        this.limit = limit;
    }

    /**
     * Decodes a file.
     *
     * @param file a PNG
     * @param directory where to put the pixels
     * @param limit how large a picture may be
     */
    static DecodedPicture decode(Path file, Path directory, PixelLimit limit) {
        PngDecoder decoder = new PngDecoder(file, directory, limit);
        try (InputStream in = Files.newInputStream(file)) {
            return decoder.decode(new DataInputStream(new BufferedInputStream(in, 1 << 16)));
        } catch (IOException e) {
            decoder.discard();
            throw e instanceof ZipException
                    ? FileProblems.damaged(file, "its compressed data is damaged", e)
                    : FileProblems.reading(file, e);
        } catch (RuntimeException | Error e) {
            decoder.discard();
            throw e;
        }
    }

    private void discard() {
        if (store != null) {
            store.close();
        }
    }

    private DecodedPicture decode(DataInputStream in) throws IOException {
        byte[] signature = in.readNBytes(SIGNATURE.length);
        if (!Arrays.equals(signature, SIGNATURE)) {
            throw FileProblems.damaged(file, "it does not begin like a PNG");
        }
        ChunkReader chunks = new ChunkReader(in);
        chunks.next();
        if (!chunks.type.equals("IHDR") || chunks.length != 13) {
            throw FileProblems.damaged(file, "it has no PNG header");
        }
        readHeader(ByteBuffer.wrap(chunks.body()));
        chunks.next();
        while (!chunks.type.equals("IEND")) {
            if (chunks.type.equals("IDAT") && store == null) {
                decodePixels(chunks);
            } else {
                readChunk(chunks);
                chunks.next();
            }
        }
        chunks.body();
        PixelStore pixels = store;
        if (pixels == null) {
            throw FileProblems.damaged(file, "it holds no pixels");
        }
        return new DecodedPicture(pixels, orientation, metadata.build(), null, List.copyOf(warnings));
    }

    private void readHeader(ByteBuffer header) {
        width = header.getInt();
        height = header.getInt();
        bits = header.get();
        colourType = header.get();
        int compression = header.get();
        int filter = header.get();
        int interlace = header.get();
        boolean sound =
                switch (colourType) {
                    case 0 -> bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16;
                    case 3 -> bits == 1 || bits == 2 || bits == 4 || bits == 8;
                    case 2, 4, 6 -> bits == 8 || bits == 16;
                    default -> false;
                };
        if (!sound || compression != 0 || filter != 0 || interlace < 0 || interlace > 1 || width < 1 || height < 1) {
            throw FileProblems.damaged(file, "its PNG header is not sound");
        }
        interlaced = interlace == 1;
        limit.check(file, width, height);
    }

    private void readChunk(ChunkReader chunks) throws IOException {
        String type = chunks.type;
        if (type.equals("acTL")) {
            throw FileProblems.unsupported(
                    file, "it is an animation", "save the frame that you want as a picture of its own");
        }
        boolean critical = Character.isUpperCase(type.charAt(0));
        if (critical && !type.equals("PLTE") && !type.equals("IDAT")) {
            throw FileProblems.damaged(file, "it holds a part '" + type + "' that no PNG has");
        }
        if (type.equals("IDAT")) {
            chunks.skip();
            return;
        }
        if (chunks.length > LONGEST_ANCILLARY) {
            warnings.add("its part '" + type + "' was left out: it is too long");
            chunks.skip();
            return;
        }
        byte[] data;
        try {
            data = chunks.body();
        } catch (ChecksumException e) {
            if (critical) {
                throw e;
            }
            warnings.add("its part '" + type + "' was left out: it is damaged");
            return;
        }
        try {
            keep(type, data);
        } catch (IOException e) {
            warnings.add("its part '" + type + "' was left out: it is damaged");
        }
    }

    private void keep(String type, byte[] data) throws IOException {
        switch (type) {
            case "PLTE" -> palette = data;
            case "tRNS" -> transparency = data;
            case "iCCP" -> keepProfile(data);
            case "eXIf" -> keepExif(data);
            case "tEXt", "zTXt", "iTXt" -> keepText(type, data);
            default -> {
                if (!NOT_KEPT.contains(type)) {
                    metadata.addPngChunk(new PngChunk(type, data));
                }
            }
        }
    }

    private void keepProfile(byte[] data) throws IOException {
        int end = indexOfZero(data, 0);
        byte[] profile = inflate(data, end + 2);
        String against = ColourProfile.reasonAgainst(
                profile, colourType == 0 || colourType == 4 ? ColourProfile.GREY : ColourProfile.RGB);
        if (against == null) {
            metadata.optIcc(profile);
        } else {
            warnings.add("its colour profile was ignored: " + against);
        }
    }

    private void keepExif(byte[] data) throws IOException {
        ExifBlock exif = ExifBlock.parse(data);
        if (exif.isDamaged()) {
            warnings.add("a part of its EXIF data is damaged and was left out");
        }
        metadata.optExif(exif);
        orientation = Orientation.checked(exif.orientation(), warnings);
    }

    private void keepText(String type, byte[] data) throws IOException {
        int end = indexOfZero(data, 0);
        String keyword = new String(data, 0, end, StandardCharsets.ISO_8859_1);
        if (keyword.equals(PngEncoder.PROVENANCE_KEYWORD)) {
            return;
        }
        if (keyword.equals("XML:com.adobe.xmp") && type.equals("iTXt")) {
            int afterLanguage = indexOfZero(data, end + 3) + 1;
            int start = indexOfZero(data, afterLanguage) + 1;
            metadata.optXmp(data[end + 1] == 1 ? inflate(data, start) : Arrays.copyOfRange(data, start, data.length));
            return;
        }
        if (keyword.startsWith("Raw profile type ") && !type.equals("iTXt")) {
            byte[] text = type.equals("zTXt") ? inflate(data, end + 2) : Arrays.copyOfRange(data, end + 1, data.length);
            keepRawProfile(keyword.substring("Raw profile type ".length()), rawProfile(text));
            return;
        }
        metadata.addPngChunk(new PngChunk(type, data));
    }

    /** Keeps a profile that ImageMagick and others put into text, from before PNG had chunks for it. */
    private void keepRawProfile(String name, byte[] profile) throws IOException {
        switch (name) {
            case "exif", "APP1" -> {
                if (profile.length > 6 && profile[0] == 'E' && profile[4] == 0) {
                    keepExif(Arrays.copyOfRange(profile, 6, profile.length));
                }
            }
            case "xmp" -> metadata.optXmp(profile);
            case "iptc" -> {
                PhotoshopResources resources = PhotoshopResources.parse(profile);
                if (resources.isEmpty()) {
                    metadata.optIptc(profile);
                } else {
                    metadata.optPhotoshop(resources.withoutThumbnails().toBytes());
                    resources.iptc().ifPresent(metadata::optIptc);
                }
            }
            default -> {}
        }
    }

    /** Reads {@code \nname\nlength\nhexadecimal digits}. */
    private static byte[] rawProfile(byte[] text) throws IOException {
        String[] parts = new String(text, StandardCharsets.ISO_8859_1).strip().split("\\s+", 3);
        try {
            return HexFormat.of().parseHex(parts[parts.length - 1].replaceAll("\\s+", ""));
        } catch (IllegalArgumentException e) {
            throw new IOException("Not a raw profile", e);
        }
    }

    private static int indexOfZero(byte[] data, int from) throws IOException {
        for (int i = from; i < data.length; i++) {
            if (data[i] == 0) {
                return i;
            }
        }
        throw new IOException("A text without an end");
    }

    private static byte[] inflate(byte[] data, int from) throws IOException {
        if (from > data.length) {
            throw new EOFException();
        }
        try (InflaterInputStream in =
                new InflaterInputStream(new ByteArrayInputStream(data, from, data.length - from))) {
            byte[] bytes = in.readNBytes(LONGEST_ANCILLARY);
            if (bytes.length == LONGEST_ANCILLARY) {
                throw new IOException("Too long");
            }
            return bytes;
        }
    }

    private void decodePixels(ChunkReader chunks) throws IOException {
        PixelStore pixels = PixelStore.create(directory, layout());
        store = pixels;
        Inflater inflater = new Inflater();
        IdatStream data = new IdatStream(chunks);
        try (InflaterInputStream rows = new InflaterInputStream(data, inflater, 1 << 16)) {
            if (interlaced) {
                for (int pass = 0; pass < 7; pass++) {
                    decodePass(rows, pass, pixels);
                }
            } else {
                decodeRows(rows, pixels);
            }
            data.skipRest();
        } catch (EOFException e) {
            throw data.ended && !(e instanceof ChunkEnd)
                    ? FileProblems.damaged(file, "it holds fewer pixels than its header promises", e)
                    : FileProblems.cutShort(file, e);
        } finally {
            inflater.end();
        }
    }

    private PictureLayout layout() {
        boolean grey = colourType == 0 || colourType == 4;
        boolean alpha = colourType >= 4 || transparency != null;
        if (colourType == 3 && palette == null) {
            throw FileProblems.damaged(file, "it has no palette, though its pixels are numbers of one");
        }
        return new PictureLayout(
                width, height, grey ? Color.GREY : Color.RGB, alpha, bits == 16 ? Depth.UINT16 : Depth.UINT8);
    }

    private int rawChannels() {
        return switch (colourType) {
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 1;
        };
    }

    private void decodeRows(InputStream in, PixelStore pixels) throws IOException {
        int rowBytes = rawRowBytes(width);
        int filterBytes = Math.max(1, rawChannels() * bits / 8);
        byte[] previous = new byte[rowBytes + 1];
        byte[] current = new byte[rowBytes + 1];
        int rowsAtOnce = Math.max(1, Math.min(height, WRITE_BYTES / pixels.rowBytes()));
        byte[] out = new byte[rowsAtOnce * pixels.rowBytes()];
        for (int y = 0; y < height; y += rowsAtOnce) {
            int rows = Math.min(rowsAtOnce, height - y);
            for (int i = 0; i < rows; i++) {
                readFully(in, current);
                unfilter(current, previous, filterBytes);
                unpack(current, width, out, i * pixels.rowBytes());
                byte[] swap = previous;
                previous = current;
                current = swap;
            }
            pixels.writeRows(y, rows, out);
        }
    }

    private void decodePass(InputStream in, int pass, PixelStore pixels) throws IOException {
        int passWidth = (width - PASS_X[pass] + PASS_STEP_X[pass] - 1) / PASS_STEP_X[pass];
        if (passWidth <= 0) {
            return;
        }
        int rowBytes = rawRowBytes(passWidth);
        int filterBytes = Math.max(1, rawChannels() * bits / 8);
        int pixelBytes = pixels.pixelBytes();
        byte[] previous = new byte[rowBytes + 1];
        byte[] current = new byte[rowBytes + 1];
        byte[] narrow = new byte[passWidth * pixelBytes];
        byte[] row = new byte[pixels.rowBytes()];
        for (int y = PASS_Y[pass]; y < height; y += PASS_STEP_Y[pass]) {
            readFully(in, current);
            unfilter(current, previous, filterBytes);
            unpack(current, passWidth, narrow, 0);
            if (PASS_STEP_X[pass] == 1) {
                pixels.writeRows(y, 1, narrow);
            } else {
                pixels.readRows(y, 1, row);
                int step = PASS_STEP_X[pass] * pixelBytes;
                for (int x = 0, to = PASS_X[pass] * pixelBytes; x < passWidth; x++, to += step) {
                    System.arraycopy(narrow, x * pixelBytes, row, to, pixelBytes);
                }
                pixels.writeRows(y, 1, row);
            }
            byte[] swap = previous;
            previous = current;
            current = swap;
        }
    }

    private int rawRowBytes(int pixels) {
        return Math.toIntExact(((long) pixels * rawChannels() * bits + 7) / 8);
    }

    private static void readFully(InputStream in, byte[] row) throws IOException {
        int done = 0;
        while (done < row.length) {
            int count = in.read(row, done, row.length - done);
            if (count < 0) {
                throw new EOFException();
            }
            done += count;
        }
    }

    /** Undoes a row's filter (section 9.2); the byte before the row says which it is. */
    private void unfilter(byte[] row, byte[] above, int pixelBytes) {
        int length = row.length;
        switch (row[0]) {
            case 0 -> {}
            case 1 -> {
                for (int i = 1 + pixelBytes; i < length; i++) {
                    row[i] += row[i - pixelBytes];
                }
            }
            case 2 -> {
                for (int i = 1; i < length; i++) {
                    row[i] += above[i];
                }
            }
            case 3 -> {
                int first = Math.min(length, 1 + pixelBytes);
                for (int i = 1; i < first; i++) {
                    row[i] += (byte) ((above[i] & 0xff) >> 1);
                }
                for (int i = first; i < length; i++) {
                    row[i] += (byte) ((row[i - pixelBytes] & 0xff) + (above[i] & 0xff) >> 1);
                }
            }
            case 4 -> {
                int first = Math.min(length, 1 + pixelBytes);
                for (int i = 1; i < first; i++) {
                    row[i] += above[i];
                }
                for (int i = first; i < length; i++) {
                    row[i] += (byte) paeth(row[i - pixelBytes] & 0xff, above[i] & 0xff, above[i - pixelBytes] & 0xff);
                }
            }
            default -> throw FileProblems.damaged(file, "a row of it is filtered in a way that no PNG is");
        }
    }

    /** The neighbour that is nearest to left + above - corner (section 9.4). */
    static int paeth(int left, int above, int corner) {
        int toLeft = above - corner;
        int toAbove = left - corner;
        int toCorner = Math.abs(toLeft + toAbove);
        toLeft = Math.abs(toLeft);
        toAbove = Math.abs(toAbove);
        if (toLeft <= toAbove && toLeft <= toCorner) {
            return left;
        }
        return toAbove <= toCorner ? above : corner;
    }

    private void unpack(byte[] row, int pixels, byte[] out, int to) {
        byte[] alpha = transparency;
        if (colourType == 3) {
            unpackPalette(row, pixels, out, to, alpha);
        } else if (bits < 8) {
            int most = (1 << bits) - 1;
            int hidden = alpha != null && alpha.length >= 2 ? (alpha[1] & most) : -1;
            for (int x = 0; x < pixels; x++) {
                int value = bitsAt(row, x);
                out[to++] = (byte) (value * 255 / most);
                if (alpha != null) {
                    out[to++] = (byte) (value == hidden ? 0 : 255);
                }
            }
        } else if (bits == 8) {
            if (alpha == null || colourType >= 4) {
                System.arraycopy(row, 1, out, to, pixels * rawChannels());
            } else {
                unpackWithHiddenColour(row, pixels, out, to, alpha, 1);
            }
        } else if (alpha == null || colourType >= 4) {
            int samples = pixels * rawChannels();
            for (int i = 0, in = 1; i < samples; i++, in += 2, to += 2) {
                SHORTS.set(out, to, (short) (row[in] << 8 | row[in + 1] & 0xff));
            }
        } else {
            unpackWithHiddenColour(row, pixels, out, to, alpha, 2);
        }
    }

    private void unpackPalette(byte[] row, int pixels, byte[] out, int to, byte @Nullable [] alpha) {
        byte[] colours = palette;
        int known = colours == null ? 0 : colours.length / 3;
        for (int x = 0; x < pixels; x++) {
            int index = bits == 8 ? row[1 + x] & 0xff : bitsAt(row, x);
            if (colours == null || index >= known) {
                throw FileProblems.damaged(file, "a pixel of it has a colour that its palette lacks");
            }
            out[to++] = colours[3 * index];
            out[to++] = colours[3 * index + 1];
            out[to++] = colours[3 * index + 2];
            if (alpha != null) {
                out[to++] = index < alpha.length ? alpha[index] : (byte) 255;
            }
        }
    }

    /** Unpacks pixels of which one colour stands for "transparent" (section 11.3.1.1). */
    private void unpackWithHiddenColour(byte[] row, int pixels, byte[] out, int to, byte[] colour, int bytes) {
        int channels = rawChannels();
        for (int x = 0, in = 1; x < pixels; x++) {
            boolean hidden = colour.length >= 2 * channels;
            for (int c = 0; c < channels; c++, in += bytes) {
                if (bytes == 1) {
                    hidden &= colour.length >= 2 * channels && row[in] == colour[2 * c + 1];
                    out[to++] = row[in];
                } else {
                    hidden &= colour.length >= 2 * channels
                            && row[in] == colour[2 * c]
                            && row[in + 1] == colour[2 * c + 1];
                    SHORTS.set(out, to, (short) (row[in] << 8 | row[in + 1] & 0xff));
                    to += 2;
                }
            }
            for (int i = 0; i < bytes; i++) {
                out[to++] = (byte) (hidden ? 0 : 255);
            }
        }
    }

    private int bitsAt(byte[] row, int x) {
        int bit = x * bits;
        return row[1 + (bit >> 3)] >> (8 - bits - (bit & 7)) & (1 << bits) - 1;
    }

    /** The checksum of a chunk is not that of its content. */
    private static final class ChecksumException extends IOException {
        private static final long serialVersionUID = 1L;

        ChecksumException(String type) {
            super("the checksum of its part '" + type + "' is wrong");
        }
    }

    /** The file ends inside a chunk. */
    private static final class ChunkEnd extends EOFException {
        private static final long serialVersionUID = 1L;
    }

    /** Reads chunk after chunk. */
    private static final class ChunkReader {
        private final DataInputStream in;
        private final CRC32 checksum = new CRC32();
        private String type = "";
        private int length;

        ChunkReader(DataInputStream in) {
            this.in = in;
        }

        void next() throws IOException {
            length = in.readInt();
            byte[] name = new byte[4];
            in.readFully(name);
            type = new String(name, StandardCharsets.ISO_8859_1);
            if (length < 0 || !type.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')) {
                throw new IOException("a part of it begins with nonsense");
            }
            checksum.reset();
            checksum.update(name);
        }

        byte[] body() throws IOException {
            byte[] data = in.readNBytes(length);
            if (data.length < length) {
                throw new EOFException();
            }
            checksum.update(data);
            checkChecksum();
            return data;
        }

        int read(byte[] target, int offset, int wanted) throws IOException {
            int count = in.read(target, offset, wanted);
            if (count < 0) {
                throw new ChunkEnd();
            }
            checksum.update(target, offset, count);
            return count;
        }

        void checkChecksum() throws IOException {
            if (in.readInt() != (int) checksum.getValue()) {
                throw new ChecksumException(type);
            }
        }

        void skip() throws IOException {
            in.skipNBytes(length + 4L);
        }
    }

    /** The content of consecutive IDAT chunks. */
    private static final class IdatStream extends InputStream {
        private final ChunkReader chunks;
        private int left;
        private boolean ended;

        IdatStream(ChunkReader chunks) {
            this.chunks = chunks;
            this.left = chunks.length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int wanted) throws IOException {
            while (left == 0 && !ended) {
                chunks.checkChecksum();
                chunks.next();
                ended = !chunks.type.equals("IDAT");
                left = ended ? 0 : chunks.length;
            }
            if (ended) {
                return -1;
            }
            int count = chunks.read(target, offset, Math.min(wanted, left));
            left -= count;
            return count;
        }

        /** Goes on to the chunk after the last IDAT; checksums included. */
        void skipRest() throws IOException {
            byte[] rest = new byte[1 << 12];
            int count = 0;
            while (count >= 0) {
                count = read(rest, 0, rest.length);
            }
        }
    }
}
