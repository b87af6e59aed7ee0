package dev.unfog.core.media.rows;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * How a text file is stored.
 *
 * @param charset how characters are written as bytes
 * @param mark how many bytes the byte-order mark takes, 0 if there is none
 */
record TextEncoding(Charset charset, int mark) {
    /** How much of a file is looked at to tell its encoding. */
    private static final int LOOK = 1 << 20;

    private static final Charset WESTERN = Charset.forName("windows-1252");

    /**
     * Finds out how a file is stored: by its byte-order mark, else UTF-8 if its beginning is that, else UTF-16 if every other byte
     * is zero, else Windows-1252, which older spreadsheets write.
     *
     * @return nothing if it is no text
     */
    static Optional<TextEncoding> of(Path file) throws IOException {
        byte[] head;
        try (InputStream in = openBytes(file)) {
            head = in.readNBytes(LOOK);
        }
        if (startsWith(head, 0xEF, 0xBB, 0xBF)) {
            return Optional.of(new TextEncoding(StandardCharsets.UTF_8, 3));
        }
        if (startsWith(head, 0xFF, 0xFE)) {
            return Optional.of(new TextEncoding(StandardCharsets.UTF_16LE, 2));
        }
        if (startsWith(head, 0xFE, 0xFF)) {
            return Optional.of(new TextEncoding(StandardCharsets.UTF_16BE, 2));
        }
        int[] zeros = new int[2];
        for (int i = 0; i < head.length; i++) {
            if (head[i] == 0) {
                zeros[i % 2]++;
            }
        }
        if (zeros[0] + zeros[1] > 0) {
            Charset wide = zeros[1] > zeros[0] ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE;
            boolean isWide = Math.max(zeros[0], zeros[1]) > 0.4 * head.length;
            return isWide ? Optional.of(new TextEncoding(wide, 0)) : Optional.empty();
        }
        return Optional.of(new TextEncoding(isUtf8(head) ? StandardCharsets.UTF_8 : WESTERN, 0));
    }

    /** Opens a file's bytes, unpacked if it is gzip, whatever its name says. */
    static InputStream openBytes(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            in.mark(2);
            boolean isGzip = in.read() == 0x1F && in.read() == 0x8B;
            in.reset();
            return isGzip ? new GZIPInputStream(in, 1 << 16) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static boolean startsWith(byte[] head, int... bytes) {
        if (head.length < bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if ((head[i] & 0xFF) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    /** A character that the look cuts in two at its end is no fault. */
    private static boolean isUtf8(byte[] head) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        decoder.onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer characters = CharBuffer.allocate(head.length + 1);
        return !decoder.decode(ByteBuffer.wrap(head), characters, head.length < LOOK)
                .isError();
    }

    /** Opens the text after its byte-order mark; a byte that is not of this encoding ends it with an error. */
    java.io.Reader open(Path file) throws IOException {
        InputStream in = openBytes(file);
        in.skipNBytes(mark);
        CharsetDecoder decoder = charset.newDecoder();
        decoder.onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
        return new java.io.InputStreamReader(in, decoder);
    }
}
