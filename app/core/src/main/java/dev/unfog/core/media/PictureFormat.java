package dev.unfog.core.media;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A file format for pictures that Unfog knows by itself. */
public enum PictureFormat {
    /** Portable Network Graphics: 1 to 16 bits, lossless; read and written. */
    PNG(true, Set.of("png")),
    /** JPEG, baseline or progressive, 8 bits, lossy; read and written. */
    JPEG(true, Set.of("jpg", "jpeg", "jpe", "jfif")),
    /** TIFF and BigTIFF: 1 to 32 bits, lossless; read and written. */
    TIFF(true, Set.of("tif", "tiff")),
    /** WebP, lossy or lossless; read only. */
    WEBP(false, Set.of("webp")),
    /** Windows bitmap; read only. */
    BMP(false, Set.of("bmp", "dib")),
    /** GIF with one frame; read only. */
    GIF(false, Set.of("gif"));

    private final boolean writable;
    private final Set<String> extensions;

    PictureFormat(boolean writable, Set<String> extensions) {
        this.writable = writable;
        this.extensions = extensions;
    }

    /** Returns whether results can be written in this format. */
    public boolean isWritable() {
        return writable;
    }

    /** Returns the file name extensions, in lower case, without a dot. */
    public Set<String> extensions() {
        return extensions;
    }

    /**
     * Returns the format that a file name's extension stands for.
     *
     * @param extension without a dot, in any case
     */
    public static Optional<PictureFormat> ofExtension(String extension) {
        String lowerCase = extension.toLowerCase(Locale.ROOT);
        for (PictureFormat format : values()) {
            if (format.extensions.contains(lowerCase)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the format that a file's first bytes announce.
     *
     * @param head the first bytes, 16 where there are as many
     */
    static Optional<PictureFormat> ofContent(byte[] head) {
        if (startsWith(head, 0, "\u0089PNG\r\n\u001a\n")) {
            return Optional.of(PNG);
        }
        if (startsWith(head, 0, "\u00ff\u00d8\u00ff")) {
            return Optional.of(JPEG);
        }
        if (startsWith(head, 0, "II*\0")
                || startsWith(head, 0, "MM\0*")
                || startsWith(head, 0, "II+\0")
                || startsWith(head, 0, "MM\0+")) {
            return Optional.of(TIFF);
        }
        if (startsWith(head, 0, "RIFF") && startsWith(head, 8, "WEBP")) {
            return Optional.of(WEBP);
        }
        if (startsWith(head, 0, "GIF8")) {
            return Optional.of(GIF);
        }
        if (startsWith(head, 0, "BM") && head.length >= 16 && head[6] == 0 && head[7] == 0) {
            return Optional.of(BMP);
        }
        return Optional.empty();
    }

    private static boolean startsWith(byte[] head, int offset, String expected) {
        byte[] bytes = expected.getBytes(StandardCharsets.ISO_8859_1);
        if (head.length < offset + bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if (head[offset + i] != bytes[i]) {
                return false;
            }
        }
        return true;
    }
}
