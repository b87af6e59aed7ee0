package dev.unfog.core.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Camera settings, date and place: a TIFF structure without pixels (CIPA DC-008, EXIF 2.32).
 *
 * <p>Where the block came whole, a result gets the same bytes with only a few numbers changed, so that maker notes, which may
 * contain positions in the block, stay sound. Immutable.
 */
final class ExifBlock {
    private static final int ORIENTATION = 0x0112;
    private static final int PIXEL_WIDTH = 0xa002;
    private static final int PIXEL_HEIGHT = 0xa003;
    private static final int THUMBNAIL_POSITION = 0x0201;
    private static final int THUMBNAIL_LENGTH = 0x0202;

    /** Fields of a TIFF file that say how its pixels are stored, or that travel by another road; the rest describes the picture. */
    private static final Set<Integer> NOT_DESCRIPTIVE = Set.of(
            254,
            255,
            256,
            257,
            258,
            259,
            262,
            263,
            264,
            265,
            266,
            273,
            274,
            277,
            278,
            279,
            280,
            281,
            284,
            288,
            289,
            290,
            291,
            292,
            293,
            297,
            301,
            317,
            318,
            319,
            320,
            321,
            322,
            323,
            324,
            325,
            326,
            327,
            328,
            330,
            332,
            333,
            334,
            336,
            337,
            338,
            339,
            340,
            341,
            342,
            343,
            344,
            345,
            346,
            347,
            351,
            400,
            401,
            402,
            403,
            404,
            405,
            433,
            434,
            435,
            512,
            513,
            514,
            515,
            517,
            518,
            519,
            520,
            521,
            529,
            530,
            531,
            532,
            559,
            700,
            33723,
            34377,
            34675,
            34732,
            37724,
            50784,
            TiffEncoder.IMAGE_HISTORY);

    private final byte @Nullable [] bytes;
    private final TiffDirectory directory;

    private ExifBlock(byte @Nullable [] bytes, TiffDirectory directory) {
        this.bytes = bytes;
        this.directory = directory;
    }

    /**
     * Reads a block.
     *
     * @param bytes from the byte-order mark on
     * @throws IOException if it is no such block
     */
    static ExifBlock parse(byte[] bytes) throws IOException {
        TiffDirectory directory = TiffDirectory.parse(TiffDirectory.Source.of(bytes));
        return new ExifBlock(directory.isDamaged() ? null : bytes, directory);
    }

    /** Makes a block of the fields of a TIFF file's directory that describe the picture. */
    static ExifBlock ofTiff(TiffDirectory directory) {
        return new ExifBlock(null, descriptive(directory));
    }

    /** Returns whether it says nothing, but perhaps how the picture is turned. */
    boolean isEmpty() {
        return directory.fields().stream().allMatch(field -> field.tag() == ORIENTATION);
    }

    /** Returns whether a part of it was lost. */
    boolean isDamaged() {
        return directory.isDamaged();
    }

    /** Returns the number that the orientation field holds, 1 if there is none. */
    int orientation() {
        return (int) Math.min(directory.number(ORIENTATION, 1), Integer.MAX_VALUE);
    }

    /** Returns the order of the bytes in its numbers. */
    ByteOrder order() {
        return directory.order();
    }

    /**
     * Returns the block for a result: upright, its size as given, without the thumbnail of the old picture.
     *
     * @param width the result's width
     * @param height the result's height
     */
    byte[] forResult(int width, int height) {
        return bytes == null ? fieldsForResult(width, height).toBlock() : patched(bytes, width, height);
    }

    /**
     * Returns the fields to put into a TIFF file's directory.
     *
     * @param width the result's width
     * @param height the result's height
     */
    TiffDirectory fieldsForResult(int width, int height) {
        TiffDirectory fields = descriptive(directory);
        TiffField pointer = fields.field(TiffDirectory.EXIF);
        if (pointer != null && pointer.directory() != null) {
            TiffDirectory exif = copy(pointer.directory());
            replaceNumber(exif, PIXEL_WIDTH, width);
            replaceNumber(exif, PIXEL_HEIGHT, height);
            fields.put(new TiffField(
                    pointer.tag(), pointer.type(), pointer.count(), pointer.value(), pointer.position(), exif));
        }
        fields.put(TiffField.ofShorts(ORIENTATION, fields.order(), 1));
        return fields;
    }

    private static TiffDirectory descriptive(TiffDirectory source) {
        TiffDirectory fields = copy(source);
        NOT_DESCRIPTIVE.forEach(fields::remove);
        TiffField orientation = source.field(ORIENTATION);
        if (orientation != null) {
            fields.put(orientation);
        }
        return fields;
    }

    private static TiffDirectory copy(TiffDirectory source) {
        TiffDirectory fields = new TiffDirectory(source.order());
        source.fields().forEach(fields::put);
        return fields;
    }

    private static void replaceNumber(TiffDirectory fields, int tag, int number) {
        if (fields.field(tag) != null) {
            fields.put(TiffField.ofLongs(tag, fields.order(), number));
        }
    }

    private byte[] patched(byte[] source, int width, int height) {
        byte[] copy = source.clone();
        ByteBuffer buffer = ByteBuffer.wrap(copy).order(directory.order());
        patchNumber(buffer, directory.field(ORIENTATION), 1);
        TiffField pointer = directory.field(TiffDirectory.EXIF);
        if (pointer != null && pointer.directory() != null) {
            patchNumber(buffer, pointer.directory().field(PIXEL_WIDTH), width);
            patchNumber(buffer, pointer.directory().field(PIXEL_HEIGHT), height);
        }
        if (directory.next() == 0 || directory.nextPosition() < 0) {
            return copy;
        }
        buffer.putInt((int) directory.nextPosition(), 0);
        return withoutThumbnail(copy);
    }

    /** Cuts the thumbnail off, or blanks it where something that is still needed lies behind it. */
    private byte[] withoutThumbnail(byte[] block) {
        TiffDirectory thumbnail;
        try {
            thumbnail =
                    TiffDirectory.parseAt(TiffDirectory.Source.of(block), directory.order(), false, directory.next());
        } catch (IOException e) {
            return block;
        }
        long position = thumbnail.number(THUMBNAIL_POSITION, -1);
        long length = thumbnail.number(THUMBNAIL_LENGTH, 0);
        if (position < 0 || length <= 0 || position + length > block.length) {
            return block;
        }
        long needed = end(directory);
        if (position >= needed) {
            return Arrays.copyOf(block, (int) position);
        }
        if (position + length <= block.length) {
            Arrays.fill(block, (int) position, (int) (position + length), (byte) 0);
        }
        return block;
    }

    private static long end(TiffDirectory directory) {
        long end = directory.nextPosition() + 4;
        for (TiffField field : directory.fields()) {
            end = Math.max(end, field.position() + field.value().length);
            if (field.directory() != null) {
                end = Math.max(end, end(field.directory()));
            }
        }
        return end;
    }

    private static void patchNumber(ByteBuffer buffer, @Nullable TiffField field, int number) {
        if (field == null || field.count() != 1) {
            return;
        }
        if (field.type() == TiffField.SHORT) {
            buffer.putShort((int) field.position(), (short) number);
        } else if (field.type() == TiffField.LONG) {
            buffer.putInt((int) field.position(), number);
        }
    }
}
