package dev.unfog.core.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One field of a TIFF directory, also used by EXIF (TIFF 6.0, section 2).
 *
 * @param tag what it is
 * @param type how its values are stored, 1 to 13, and 16 to 18 in BigTIFF
 * @param count how many values
 * @param value the values, in the directory's byte order; not written to
 * @param position where in the file the values lie, or -1 if that is not known
 * @param directory the directory that the value points to, where it is one that is followed
 */
record TiffField(
        int tag,
        int type,
        long count,
        byte[] value,
        long position,
        @Nullable TiffDirectory directory) {
    static final int BYTE = 1;
    static final int ASCII = 2;
    static final int SHORT = 3;
    static final int LONG = 4;
    static final int RATIONAL = 5;
    static final int UNDEFINED = 7;
    static final int LONG8 = 16;

    private static final int[] BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

    /** Returns how many bytes a value of a type takes; 0 for a type that does not exist. */
    static int bytesOf(int type) {
        return type < 0 || type >= BYTES.length ? 0 : BYTES[type];
    }

    /** Makes a field of one or more 16-bit numbers. */
    static TiffField ofShorts(int tag, ByteOrder order, int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(2 * values.length).order(order);
        for (int value : values) {
            buffer.putShort((short) value);
        }
        return new TiffField(tag, SHORT, values.length, buffer.array(), -1, null);
    }

    /** Makes a field of one or more 32-bit numbers. */
    static TiffField ofLongs(int tag, ByteOrder order, long... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(order);
        for (long value : values) {
            buffer.putInt((int) value);
        }
        return new TiffField(tag, LONG, values.length, buffer.array(), -1, null);
    }

    /** Makes a field of one or more 64-bit numbers, for BigTIFF. */
    static TiffField ofLongs8(int tag, ByteOrder order, long... values) {
        ByteBuffer buffer = ByteBuffer.allocate(8 * values.length).order(order);
        for (long value : values) {
            buffer.putLong(value);
        }
        return new TiffField(tag, LONG8, values.length, buffer.array(), -1, null);
    }

    /** Makes a field of text; TIFF means ASCII, and UTF-8 is what everyone writes. */
    static TiffField ofText(int tag, String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        return new TiffField(tag, ASCII, bytes.length, bytes, -1, null);
    }

    /** Makes a field of bytes that only its reader understands. */
    static TiffField ofBytes(int tag, int type, byte[] bytes) {
        return new TiffField(tag, type, bytes.length, bytes, -1, null);
    }

    /** Returns the values as integers; empty where they are not. */
    long[] numbers(ByteOrder order) {
        int bytes = bytesOf(type);
        if (type != BYTE && type != SHORT && type != LONG && type != LONG8 && type != 13 && type != 18) {
            return new long[0];
        }
        ByteBuffer buffer = ByteBuffer.wrap(value).order(order);
        long[] numbers = new long[value.length / bytes];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = switch (bytes) {
                case 1 -> buffer.get() & 0xff;
                case 2 -> buffer.getShort() & 0xffff;
                case 4 -> buffer.getInt() & 0xffffffffL;
                default -> buffer.getLong();
            };
        }
        return numbers;
    }
}
