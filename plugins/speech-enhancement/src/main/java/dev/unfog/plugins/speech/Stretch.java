package dev.unfog.plugins.speech;

import java.util.Arrays;

/** Consecutive values of which the oldest are forgotten. For one thread. */
final class Stretch {
    private long start;
    private int length;
    private float[] values = new float[1024];

    /**
     * Begins empty.
     *
     * @param start the position of the first value to come
     */
    Stretch(long start) {
        this.start = start;
    }

    /** Returns the position after the last value. */
    long end() {
        return start + length;
    }

    /** Returns how many values there are. */
    int length() {
        return length;
    }

    void append(float[] source, int from, int count) {
        if (length + count > values.length) {
            values = Arrays.copyOf(values, Math.max(length + count, values.length * 3 / 2));
        }
        System.arraycopy(source, from, values, length, count);
        length += count;
    }

    /** Forgets what lies before a position. */
    void forget(long before) {
        int count = (int) Math.max(0, Math.min(length, before - start));
        System.arraycopy(values, count, values, 0, length - count);
        start += count;
        length -= count;
    }

    /** Returns the value at a position, or the nearest that there is. */
    float at(long position) {
        return values[(int) Math.max(0, Math.min(length - 1, position - start))];
    }

    /** Copies values from a position on; zeros where there are none. */
    void read(long from, float[] into, int count) {
        for (int i = 0; i < count; i++) {
            long index = from + i - start;
            into[i] = index >= 0 && index < length ? values[(int) index] : 0;
        }
    }

    void convert(RateConversion conversion, long outputStart, float[] output, int count) {
        conversion.convert(values, start, length, outputStart, output, count);
    }
}
