package dev.unfog.core.media.audio;

/**
 * How the values of a recording are stored: width, number or float, byte order.
 *
 * <p>Full scale is 2^(bits - 1) for whole numbers, so that −1 is the most negative one, and 1 for floats.
 *
 * @param bytes of one value: 1 to 4, for floats 4 or 8
 * @param kind whole number with or without a sign, or float
 * @param bigEndian whether the most significant byte comes first
 */
public record SampleFormat(int bytes, Kind kind, boolean bigEndian) {
    /** The kinds of number. */
    public enum Kind {
        /** Two's complement. */
        SIGNED,
        /** From 0, silence in the middle. */
        UNSIGNED,
        /** IEEE 754. */
        FLOAT
    }

    /** 16-bit numbers as in most files. */
    public static final SampleFormat INT16 = new SampleFormat(2, Kind.SIGNED, false);
    /** Floats, least significant byte first. */
    public static final SampleFormat FLOAT32 = new SampleFormat(4, Kind.FLOAT, false);

    /** Requires a width that there is. */
    public SampleFormat {
        boolean isKnown = kind == Kind.FLOAT ? bytes == 4 || bytes == 8 : bytes >= 1 && bytes <= 4;
        if (!isKnown) {
            throw new IllegalArgumentException("no " + kind + " values of " + bytes + " bytes");
        }
    }

    /** Returns the value at an index of an array, full scale ±1. */
    float decode(byte[] data, int at) {
        long bits = 0;
        for (int i = 0; i < bytes; i++) {
            int index = bigEndian ? at + i : at + bytes - 1 - i;
            bits = bits << 8 | data[index] & 0xff;
        }
        if (kind == Kind.FLOAT) {
            return bytes == 4 ? Float.intBitsToFloat((int) bits) : (float) Double.longBitsToDouble(bits);
        }
        int width = 8 * bytes;
        long value = kind == Kind.SIGNED ? bits << 64 - width >> 64 - width : bits - (1L << width - 1);
        return (float) ((double) value / (1L << width - 1));
    }

    /**
     * Stores a value, clipped to what there is.
     *
     * @param value full scale ±1
     * @param dither added before rounding, in steps of the last bit; 0 for floats
     */
    void encode(float value, double dither, byte[] data, int at) {
        long bits;
        if (kind == Kind.FLOAT) {
            bits = bytes == 4 ? Float.floatToIntBits(value) : Double.doubleToLongBits(value);
        } else {
            double scale = 1L << 8 * bytes - 1;
            double scaled = Math.rint(value * scale + dither);
            long whole = (long) Math.max(-scale, Math.min(scale - 1, scaled));
            bits = kind == Kind.SIGNED ? whole : whole + (1L << 8 * bytes - 1);
        }
        for (int i = 0; i < bytes; i++) {
            int index = bigEndian ? at + bytes - 1 - i : at + i;
            data[index] = (byte) (bits >>> 8 * i);
        }
    }

    /** Returns whether what is rounded to this format is heard as distortion rather than noise, if it is not dithered. */
    boolean wantsDither() {
        return kind != Kind.FLOAT && bytes <= 2;
    }
}
