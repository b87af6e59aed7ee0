package dev.unfog.core.media;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What stands in a JPEG file outside its compressed pixels: sizes, tables, metadata, and where each part lies (ITU-T T.81, annex B).
 *
 * <p>The file is walked to its end marker, so that a file that was cut short is known before any pixel is decoded.
 */
final class JpegFile {
    /** How the components stand for colours. */
    enum Space {
        GREY,
        YCBCR,
        RGB,
        CMYK,
        YCCK
    }

    /**
     * One component.
     *
     * @param id its name in the scans
     * @param horizontal its sampling factor across
     * @param vertical its sampling factor down
     * @param table which quantisation table it uses
     */
    record Component(int id, int horizontal, int vertical, int table) {}

    private static final int[] ZIGZAG = {
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14,
        21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60,
        61, 54, 47, 55, 62, 63
    };
    private static final String EXIF = "Exif\0";
    private static final String XMP = "http://ns.adobe.com/xap/1.0/\0";
    private static final String EXTENDED_XMP = "http://ns.adobe.com/xmp/extension/\0";
    private static final String ICC = "ICC_PROFILE\0";
    private static final String PHOTOSHOP = "Photoshop 3.0\0";

    private final Path file;
    private final List<String> warnings = new ArrayList<>();
    private final PictureMetadata.Builder metadata = new PictureMetadata.Builder();
    private final TreeMap<Integer, byte[]> profileParts = new TreeMap<>();
    private final ByteArrayOutputStream photoshop = new ByteArrayOutputStream();
    private final ByteArrayOutputStream tables = new ByteArrayOutputStream();
    private final int[][] quantisation = new int[4][];

    private int frameMarker;
    private int precision;
    private int width;
    private int height;
    private List<Component> components = List.of();
    private boolean jfif;
    private int adobeTransform = -1;
    private int orientation = 1;
    private long firstScan = -1;
    private long end = -1;
    private long scanBytes;

    private JpegFile(Path file) {
        this.file = file;
    }

    /** Reads a file's structure. */
    static JpegFile read(Path file) {
        JpegFile structure = new JpegFile(file);
        try (InputStream in = Files.newInputStream(file)) {
            structure.walk(new Walker(new BufferedInputStream(in, 1 << 16)));
        } catch (IOException e) {
            throw FileProblems.reading(file, e);
        }
        structure.finish();
        return structure;
    }

    private void walk(Walker in) throws IOException {
        if (in.next() != 0xff || in.next() != 0xd8) {
            throw FileProblems.damaged(file, "it does not begin like a JPEG");
        }
        int marker = in.marker();
        while (marker != 0xd9) {
            if (marker == 0xd8 || marker == 0x01 || marker >= 0xd0 && marker <= 0xd7) {
                marker = in.marker();
                continue;
            }
            long start = in.position - 2;
            int length = in.next() << 8 | in.next();
            if (length < 2) {
                throw FileProblems.damaged(file, "a part of it has an impossible length");
            }
            if (marker == 0xda) {
                if (components.isEmpty()) {
                    throw FileProblems.damaged(file, "its pixels come before its header");
                }
                firstScan = firstScan < 0 ? start : firstScan;
                in.bytes(length - 2);
                long before = in.position;
                marker = in.markerAfterScan();
                scanBytes += in.position - before;
                continue;
            }
            byte[] body = in.bytes(length - 2);
            segment(marker, body);
            marker = in.marker();
        }
        end = in.position;
    }

    private void segment(int marker, byte[] body) throws EOFException {
        switch (marker) {
            case 0xc4, 0xdd, 0xcc -> keepTable(marker, body);
            case 0xdb -> {
                readQuantisation(body);
                keepTable(marker, body);
            }
            case 0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf -> {
                readFrame(marker, body);
                keepTable(marker, body);
            }
            case 0xe0 -> jfif |= startsWith(body, "JFIF\0");
            case 0xe1 -> readApplication1(body);
            case 0xe2 -> readProfilePart(body);
            case 0xed -> {
                if (startsWith(body, PHOTOSHOP)) {
                    photoshop.write(body, PHOTOSHOP.length(), body.length - PHOTOSHOP.length());
                }
            }
            case 0xee -> {
                if (startsWith(body, "Adobe") && body.length >= 12) {
                    adobeTransform = body[11] & 0xff;
                }
            }
            case 0xfe -> {
                if (!startsWith(body, JpegEncoder.PROVENANCE_PREFIX)) {
                    metadata.addComment(body);
                }
            }
            default -> {}
        }
    }

    private void keepTable(int marker, byte[] body) {
        if (firstScan < 0) {
            tables.write(0xff);
            tables.write(marker);
            tables.write(body.length + 2 >> 8);
            tables.write(body.length + 2);
            tables.writeBytes(body);
        }
    }

    private void readFrame(int marker, byte[] body) throws EOFException {
        if (!components.isEmpty()) {
            throw FileProblems.damaged(file, "it has two headers");
        }
        if (body.length < 6 || body.length < 6 + 3 * (body[5] & 0xff)) {
            throw new EOFException();
        }
        frameMarker = marker;
        precision = body[0] & 0xff;
        height = (body[1] & 0xff) << 8 | body[2] & 0xff;
        width = (body[3] & 0xff) << 8 | body[4] & 0xff;
        List<Component> found = new ArrayList<>();
        for (int i = 0; i < (body[5] & 0xff); i++) {
            int at = 6 + 3 * i;
            found.add(new Component(body[at] & 0xff, (body[at + 1] & 0xff) >> 4, body[at + 1] & 0xf, body[at + 2] & 3));
        }
        components = List.copyOf(found);
    }

    private void readQuantisation(byte[] body) throws EOFException {
        int at = 0;
        while (at < body.length) {
            int bytes = (body[at] & 0xff) >> 4 == 0 ? 1 : 2;
            int id = body[at] & 3;
            at++;
            if (at + 64 * bytes > body.length) {
                throw new EOFException();
            }
            int[] table = new int[64];
            for (int i = 0; i < 64; i++, at += bytes) {
                table[ZIGZAG[i]] = bytes == 1 ? body[at] & 0xff : (body[at] & 0xff) << 8 | body[at + 1] & 0xff;
            }
            quantisation[id] = table;
        }
    }

    private void readApplication1(byte[] body) {
        if (startsWith(body, EXIF)) {
            if (body.length < 7) {
                warnings.add("its EXIF data was ignored: it is damaged");
                return;
            }
            try {
                ExifBlock exif = ExifBlock.parse(Arrays.copyOfRange(body, 6, body.length));
                if (exif.isDamaged()) {
                    warnings.add("a part of its EXIF data is damaged and was left out");
                }
                metadata.optExif(exif);
                orientation = Orientation.checked(exif.orientation(), warnings);
            } catch (IOException e) {
                warnings.add("its EXIF data was ignored: it is damaged");
            }
        } else if (startsWith(body, XMP)) {
            metadata.optXmp(Arrays.copyOfRange(body, XMP.length(), body.length));
        } else if (startsWith(body, EXTENDED_XMP)) {
            metadata.addExtendedXmp(Arrays.copyOfRange(body, EXTENDED_XMP.length(), body.length));
        }
    }

    private void readProfilePart(byte[] body) {
        if (startsWith(body, ICC) && body.length > ICC.length() + 2) {
            profileParts.put(body[ICC.length()] & 0xff, Arrays.copyOfRange(body, ICC.length() + 2, body.length));
        }
    }

    private void finish() {
        if (firstScan < 0) {
            throw FileProblems.damaged(file, "it holds no pixels");
        }
        checkKind();
        if (!profileParts.isEmpty()) {
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            profileParts.values().forEach(joined::writeBytes);
            String against = ColourProfile.reasonAgainst(joined.toByteArray(), profileSpace());
            if (against == null) {
                metadata.optIcc(joined.toByteArray());
            } else {
                warnings.add("its colour profile was ignored: " + against);
            }
        }
        if (photoshop.size() > 0) {
            PhotoshopResources resources =
                    PhotoshopResources.parse(photoshop.toByteArray()).withoutThumbnails();
            metadata.optPhotoshop(resources.toBytes());
            resources.iptc().ifPresent(metadata::optIptc);
        }
    }

    private void checkKind() {
        if (frameMarker >= 0xc9) {
            throw FileProblems.unsupported(
                    file, "it is a JPEG with arithmetic coding", "convert it to an ordinary JPEG, or to PNG");
        }
        if (frameMarker > 0xc2) {
            throw FileProblems.unsupported(file, "it is a lossless or hierarchical JPEG", "convert it to PNG or TIFF");
        }
        if (precision != 8) {
            throw FileProblems.unsupported(
                    file,
                    "it is a JPEG with " + precision + " bits a sample; only 8 are supported",
                    "convert it to a PNG or TIFF of 16 bits");
        }
        if (height == 0 || width == 0) {
            throw FileProblems.unsupported(
                    file, "its header does not say how large it is", "open it and save it as an ordinary JPEG");
        }
        int count = components.size();
        if (count != 1 && count != 3 && count != 4) {
            throw FileProblems.unsupported(file, "it is a JPEG with " + count + " channels", "convert it to RGB");
        }
        for (Component component : components) {
            if (component.horizontal() < 1
                    || component.horizontal() > 4
                    || component.vertical() < 1
                    || component.vertical() > 4) {
                throw FileProblems.damaged(file, "its header is not sound");
            }
            if (quantisation[component.table()] == null) {
                throw FileProblems.damaged(file, "it lacks a quantisation table");
            }
        }
        // Every 8x8 block of the first component takes at least one bit.
        long blocks = (width + 7L) / 8 * ((height + 7L) / 8);
        if (scanBytes * 8 * maximumSampling() < blocks) {
            throw FileProblems.cutShort(file);
        }
    }

    private int maximumSampling() {
        Component first = components.get(0);
        int most = 1;
        for (Component component : components) {
            most = Math.max(most, component.horizontal() * component.vertical());
        }
        return Math.max(1, most / (first.horizontal() * first.vertical()));
    }

    private String profileSpace() {
        return switch (space()) {
            case GREY -> ColourProfile.GREY;
            case YCBCR, RGB -> ColourProfile.RGB;
            case CMYK, YCCK -> ColourProfile.CMYK;
        };
    }

    /** Returns how the components stand for colours, judged as libjpeg does. */
    Space space() {
        return switch (components.size()) {
            case 1 -> Space.GREY;
            case 3 -> {
                if (adobeTransform >= 0) {
                    yield adobeTransform == 0 ? Space.RGB : Space.YCBCR;
                }
                boolean named = components.get(0).id() == 'R'
                        && components.get(1).id() == 'G'
                        && components.get(2).id() == 'B';
                yield named && !jfif ? Space.RGB : Space.YCBCR;
            }
            default -> adobeTransform == 2 ? Space.YCCK : Space.CMYK;
        };
    }

    /** Returns whether 255 stands for no ink, as Adobe writes CMYK. */
    boolean isInverted() {
        return adobeTransform >= 0;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    int orientation() {
        return orientation;
    }

    PictureMetadata metadata() {
        return metadata.build();
    }

    List<String> warnings() {
        return warnings;
    }

    /** Returns how strongly the picture is compressed, or null for CMYK, which has no counterpart in a result. */
    @Nullable
    JpegCompression compression() {
        if (components.size() == 4) {
            return null;
        }
        Component first = components.get(0);
        Component second = components.get(components.size() - 1);
        return new JpegCompression(
                steps(first),
                steps(second),
                Math.max(1, first.horizontal() / second.horizontal()),
                Math.max(1, first.vertical() / second.vertical()));
    }

    /** Returns the components, in the order of the frame header. */
    List<Component> components() {
        return components;
    }

    /** Returns whether the coefficients come in several scans of growing precision. */
    boolean isProgressive() {
        return frameMarker == 0xc2;
    }

    /** Returns where a coefficient stands in a block, row by row. */
    static int natural(int zigzag) {
        return ZIGZAG[zigzag];
    }

    /** Returns a component's 64 quantisation steps, row by row. */
    List<Integer> steps(Component component) {
        return Arrays.stream(quantisation[component.table()]).boxed().toList();
    }

    /** Returns the markers to put before {@link #firstScan()} to have a file without metadata that says plainly what space it is in. */
    byte[] plainHeader() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xd8});
        if (components.size() > 1) {
            int transform =
                    switch (space()) {
                        case YCBCR -> 1;
                        case YCCK -> 2;
                        default -> 0;
                    };
            out.writeBytes(ByteBuffer.allocate(16)
                    .putShort((short) 0xffee)
                    .putShort((short) 14)
                    .put("Adobe".getBytes(StandardCharsets.ISO_8859_1))
                    .putShort((short) 100)
                    .putInt(0)
                    .put((byte) transform)
                    .array());
        }
        out.writeBytes(tables.toByteArray());
        return out.toByteArray();
    }

    /** Returns where the first scan's marker lies. */
    long firstScan() {
        return firstScan;
    }

    /** Returns where the end marker ends. */
    long end() {
        return end;
    }

    private static boolean startsWith(byte[] body, String prefix) {
        byte[] expected = prefix.getBytes(StandardCharsets.ISO_8859_1);
        return body.length >= expected.length && Arrays.equals(body, 0, expected.length, expected, 0, expected.length);
    }

    /** Reads bytes, and counts them. */
    private static final class Walker {
        private final InputStream in;
        private long position;

        Walker(InputStream in) {
            this.in = in;
        }

        int next() throws IOException {
            int value = in.read();
            if (value < 0) {
                throw new EOFException();
            }
            position++;
            return value;
        }

        byte[] bytes(int length) throws IOException {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException();
            }
            position += length;
            return bytes;
        }

        /** Goes to the next marker, over filling bytes and, as every decoder does, over stray ones. */
        int marker() throws IOException {
            int value = next();
            while (true) {
                while (value != 0xff) {
                    value = next();
                }
                while (value == 0xff) {
                    value = next();
                }
                if (value != 0) {
                    return value;
                }
            }
        }

        /** Goes over compressed data to the marker behind it. */
        int markerAfterScan() throws IOException {
            while (true) {
                int marker = marker();
                if (marker < 0xd0 || marker > 0xd7) {
                    return marker;
                }
            }
        }
    }
}
