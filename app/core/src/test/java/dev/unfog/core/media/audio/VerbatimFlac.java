package dev.unfog.core.media.audio;

import java.io.ByteArrayOutputStream;

/** Writes FLAC without compressing (RFC 9639): every subframe is verbatim. */
final class VerbatimFlac {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long bits;
    private int count;

    private VerbatimFlac() {}

    private void put(long value, int width) {
        for (int i = width - 1; i >= 0; i--) {
            bits = bits << 1 | value >>> i & 1;
            if (++count == 8) {
                out.write((int) bits);
                bits = 0;
                count = 0;
            }
        }
    }

    private static int check(byte[] data, int from, int to, int width, int polynomial) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum ^= (data[i] & 0xff) << width - 8;
            for (int bit = 0; bit < 8; bit++) {
                sum = (sum >> width - 1 & 1) == 1 ? sum << 1 ^ polynomial : sum << 1;
            }
        }
        return sum & (1 << width) - 1;
    }

    static byte[] encode(int sampleRate, int width, int block, int[][] values) {
        VerbatimFlac flac = new VerbatimFlac();
        int frames = values[0].length;
        flac.put(0x664c6143, 32);
        flac.put(0x80, 8);
        flac.put(34, 24);
        flac.put(block, 16);
        flac.put(block, 16);
        flac.put(0, 48);
        flac.put(sampleRate, 20);
        flac.put(values.length - 1, 3);
        flac.put(width - 1, 5);
        flac.put(frames, 36);
        flac.put(0, 64);
        flac.put(0, 64);
        for (int number = 0, at = 0; at < frames; number++, at += block) {
            int from = flac.out.size();
            int length = Math.min(block, frames - at);
            flac.put(0b11111111111110, 14);
            flac.put(0, 2);
            // Length in 16 bits at the end of the header; rate and width as the stream says.
            flac.put(0b0111, 4);
            flac.put(0, 4);
            flac.put(values.length - 1, 4);
            flac.put(0, 4);
            flac.put(number, 8);
            flac.put(length - 1, 16);
            flac.put(check(flac.out.toByteArray(), from, flac.out.size(), 8, 0x107), 8);
            for (int[] channel : values) {
                flac.put(0b00000010, 8);
                for (int i = 0; i < length; i++) {
                    flac.put(channel[at + i], width);
                }
            }
            flac.put(check(flac.out.toByteArray(), from, flac.out.size(), 16, 0x18005), 16);
        }
        return flac.out.toByteArray();
    }
}
