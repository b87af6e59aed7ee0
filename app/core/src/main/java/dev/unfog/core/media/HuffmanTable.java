package dev.unfog.core.media;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/**
 * One Huffman code of a JPEG: at most 256 symbols with codes of at most 16 bits (ITU-T T.81, annex C and F.2.2.3).
 *
 * <p>Immutable; safe for use by many threads.
 */
final class HuffmanTable {
    private static final int LONGEST = 16;
    /** Codes up to this length are found in one look. */
    private static final int SHORT = 9;

    private final byte[] symbols;
    /** By the next {@link #SHORT} bits: the code's length and, shifted by 8, its symbol; 0 where the code is longer. */
    private final short[] shortCodes = new short[1 << SHORT];
    /** By length: the first code, the number of codes, and the index of the first one's symbol. */
    private final int[] firstCode = new int[LONGEST + 1];

    private final int[] counts = new int[LONGEST + 1];
    private final int[] firstSymbol = new int[LONGEST + 1];

    /**
     * @param segment holds a table's 16 counts and its symbols
     * @param offset where the counts begin
     * @throws EOFException if the segment ends before the table does
     * @throws IOException if there are more codes of a length than fit
     */
    HuffmanTable(byte[] segment, int offset) throws IOException {
        if (offset + LONGEST > segment.length) {
            throw new EOFException();
        }
        int code = 0;
        int total = 0;
        for (int length = 1; length <= LONGEST; length++) {
            counts[length] = segment[offset + length - 1] & 0xff;
            firstCode[length] = code;
            firstSymbol[length] = total;
            code += counts[length];
            total += counts[length];
            if (code > 1 << length) {
                throw new IOException("a Huffman table has more codes than there can be");
            }
            code <<= 1;
        }
        int from = offset + LONGEST;
        if (from + total > segment.length) {
            throw new EOFException();
        }
        symbols = Arrays.copyOfRange(segment, from, from + total);
        for (int length = 1; length <= SHORT; length++) {
            for (int i = 0; i < counts[length]; i++) {
                int first = firstCode[length] + i << SHORT - length;
                int symbol = symbols[firstSymbol[length] + i] & 0xff;
                Arrays.fill(shortCodes, first, first + (1 << SHORT - length), (short) (symbol << 8 | length));
            }
        }
    }

    /** Returns how many bytes of a segment the table took. */
    int bytes() {
        return LONGEST + symbols.length;
    }

    /** Reads one symbol. */
    int next(EntropyReader in) throws IOException {
        int found = shortCodes[in.peek(SHORT)] & 0xffff;
        if (found != 0) {
            in.skip(found & 0xff);
            return found >> 8;
        }
        for (int length = SHORT + 1; length <= LONGEST; length++) {
            int index = in.peek(length) - firstCode[length];
            if (index >= 0 && index < counts[length]) {
                in.skip(length);
                return symbols[firstSymbol[length] + index] & 0xff;
            }
        }
        throw new IOException("there is no such Huffman code");
    }
}
