package dev.unfog.core.media;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a JPEG's markers, and between them its entropy-coded bits (ITU-T T.81, B.1.1 and F.2.2.5).
 *
 * <p>Zero bytes that were stuffed behind 0xFF are taken out; bits end where a marker begins. For one thread.
 */
final class EntropyReader {
    private final InputStream in;
    private long bits;
    private int count;
    /** How many of the bits, at the end, are not in the file. */
    private int filler;
    /** The marker that ended the bits; 0 if none has. */
    private int marker;

    /** @param in buffered; not closed */
    EntropyReader(InputStream in) {
        this.in = in;
    }

    /** Reads bytes outside entropy-coded data. */
    byte[] bytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    /** Drops what is left of the bits, goes to the next marker, and returns it. */
    int marker() throws IOException {
        count = 0;
        filler = 0;
        int found = marker;
        marker = 0;
        if (found != 0) {
            return found;
        }
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

    /** Returns the next bits, at most 16, without going past them; zeros follow the last. */
    int peek(int length) throws IOException {
        while (count < length) {
            fill();
        }
        return (int) (bits >>> count - length) & (1 << length) - 1;
    }

    /**
     * Goes past bits that were seen.
     *
     * @throws EOFException if a marker came before them
     */
    void skip(int length) throws EOFException {
        count -= length;
        if (count < filler) {
            throw new EOFException();
        }
    }

    /** Reads a number of at most 16 bits. */
    int read(int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int value = peek(length);
        skip(length);
        return value;
    }

    /** Reads a signed number of a category, which is how many bits its magnitude takes (T.81, F.2.2.1, EXTEND). */
    int signed(int category) throws IOException {
        int value = read(category);
        return category == 0 || value >= 1 << category - 1 ? value : value - (1 << category) + 1;
    }

    private void fill() throws IOException {
        int value = 0;
        if (marker == 0) {
            value = next();
            if (value == 0xff) {
                int following = next();
                while (following == 0xff) {
                    following = next();
                }
                marker = following;
            }
        }
        if (marker != 0) {
            value = 0;
            filler += 8;
        }
        bits = bits << 8 | value;
        count += 8;
    }

    private int next() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException();
        }
        return value;
    }
}
