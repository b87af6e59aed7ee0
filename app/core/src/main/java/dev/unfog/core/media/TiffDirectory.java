package dev.unfog.core.media;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A directory of tagged fields, the one structure of TIFF and EXIF (TIFF 6.0, section 2; BigTIFF design, 2004).
 *
 * <p>Parsing never reads outside its source, follows no pointer twice, and keeps each field's bytes as they are.
 */
final class TiffDirectory {
    static final int EXIF = 0x8769;
    static final int GPS = 0x8825;
    static final int INTEROPERABILITY = 0xa005;

    private static final Set<Integer> POINTERS = Set.of(EXIF, GPS, INTEROPERABILITY);
    private static final int LONGEST_VALUE = 1 << 26;

    private final ByteOrder order;
    private final TreeMap<Integer, TiffField> fields = new TreeMap<>();
    private long next;
    private long nextPosition = -1;
    private boolean damaged;

    TiffDirectory(ByteOrder order) {
        this.order = order;
    }

    /** Where bytes are taken from. */
    interface Source {
        /** Returns {@code length} bytes from {@code position} on; an {@link IOException} if they are not all there. */
        ByteBuffer at(long position, int length) throws IOException;

        /** Returns a source that reads from an array. */
        static Source of(byte[] bytes) {
            return (position, length) -> {
                if (position < 0 || length < 0 || position + length > bytes.length) {
                    throw new IOException("A field lies outside its block");
                }
                return ByteBuffer.wrap(bytes, (int) position, length).slice();
            };
        }
    }

    /**
     * Parses the first directory of a TIFF structure, and the EXIF and GPS directories that it points to. Fields that point
     * outside the source are left out, see {@link #isDamaged()}.
     *
     * @throws IOException if there is no sound directory
     */
    static TiffDirectory parse(Source source) throws IOException {
        ByteBuffer head = source.at(0, 8);
        ByteOrder order = byteOrder(head);
        head.order(order);
        boolean big = head.getShort(2) == 43;
        if (!big && head.getShort(2) != 42) {
            throw new IOException("Not a TIFF structure");
        }
        long first = big ? source.at(8, 8).order(order).getLong() : head.getInt(4) & 0xffffffffL;
        return parse(source, order, big, first, new HashSet<>());
    }

    private static ByteOrder byteOrder(ByteBuffer head) throws IOException {
        return switch (head.order(ByteOrder.BIG_ENDIAN).getShort(0)) {
            case 0x4949 -> ByteOrder.LITTLE_ENDIAN;
            case 0x4d4d -> ByteOrder.BIG_ENDIAN;
            default -> throw new IOException("Not a TIFF structure");
        };
    }

    /** Parses the directory at a position, such as {@link #next()}. */
    static TiffDirectory parseAt(Source source, ByteOrder order, boolean big, long position) throws IOException {
        return parse(source, order, big, position, new HashSet<>());
    }

    private static TiffDirectory parse(Source source, ByteOrder order, boolean big, long position, Set<Long> visited)
            throws IOException {
        if (!visited.add(position)) {
            throw new IOException("A directory points to itself");
        }
        TiffDirectory directory = new TiffDirectory(order);
        int countBytes = big ? 8 : 2;
        int entryBytes = big ? 20 : 12;
        ByteBuffer counter = source.at(position, countBytes).order(order);
        long entries = big ? counter.getLong() : counter.getShort() & 0xffff;
        if (entries < 0 || entries > 65535) {
            throw new IOException("A directory of " + entries + " fields");
        }
        ByteBuffer table =
                source.at(position + countBytes, (int) entries * entryBytes).order(order);
        for (int i = 0; i < entries; i++) {
            int at = i * entryBytes;
            int tag = table.getShort(at) & 0xffff;
            int type = table.getShort(at + 2) & 0xffff;
            long count = big ? table.getLong(at + 4) : table.getInt(at + 4) & 0xffffffffL;
            int size = TiffField.bytesOf(type);
            if (size == 0 || count < 0) {
                continue;
            }
            if (count > LONGEST_VALUE / size) {
                directory.damaged = true;
                continue;
            }
            int bytes = (int) count * size;
            int inlineBytes = big ? 8 : 4;
            int inlineAt = at + (big ? 12 : 8);
            long where;
            if (bytes <= inlineBytes) {
                where = position + countBytes + inlineAt;
            } else {
                where = big ? table.getLong(inlineAt) : table.getInt(inlineAt) & 0xffffffffL;
            }
            byte[] value = new byte[bytes];
            try {
                source.at(where, bytes).get(value);
            } catch (IOException e) {
                directory.damaged = true;
                continue;
            }
            TiffField field = new TiffField(tag, type, count, value, where, null);
            if (POINTERS.contains(tag)) {
                long[] pointer = field.numbers(order);
                TiffDirectory pointed;
                try {
                    pointed = parse(source, order, big, pointer.length == 1 ? pointer[0] : -1, visited);
                } catch (IOException e) {
                    directory.damaged = true;
                    continue;
                }
                directory.damaged |= pointed.damaged;
                field = new TiffField(tag, type, count, value, where, pointed);
            }
            directory.fields.putIfAbsent(tag, field);
        }
        long afterTable = position + countBytes + entries * entryBytes;
        try {
            ByteBuffer pointer = source.at(afterTable, big ? 8 : 4).order(order);
            directory.next = big ? pointer.getLong() : pointer.getInt() & 0xffffffffL;
            directory.nextPosition = afterTable;
        } catch (IOException e) {
            // Some writers leave out the last pointer: then there is no other directory.
            directory.next = 0;
        }
        return directory;
    }

    /** Returns the byte order of every field's value. */
    ByteOrder order() {
        return order;
    }

    /** Returns where the next directory lies, 0 if there is none. */
    long next() {
        return next;
    }

    /** Returns where the pointer to the next directory lies, -1 if there is no such pointer. */
    long nextPosition() {
        return nextPosition;
    }

    /** Returns whether fields, here or in a sub-directory, were left out because they point outside the source. */
    boolean isDamaged() {
        return damaged;
    }

    /** Returns the fields by rising tag. */
    Collection<TiffField> fields() {
        return fields.values();
    }

    /** Returns a field. */
    @Nullable
    TiffField field(int tag) {
        return fields.get(tag);
    }

    /** Returns whether there is nothing in it. */
    boolean isEmpty() {
        return fields.isEmpty();
    }

    /** Adds a field, or puts it in the place of one with the same tag. */
    TiffDirectory put(TiffField field) {
        fields.put(field.tag(), field);
        return this;
    }

    /** Takes a field away. */
    void remove(int tag) {
        fields.remove(tag);
    }

    /** Returns a field's first value, or another number if there is none. */
    long number(int tag, long otherwise) {
        TiffField field = fields.get(tag);
        if (field == null) {
            return otherwise;
        }
        long[] numbers = field.numbers(order);
        return numbers.length == 0 ? otherwise : numbers[0];
    }

    /** Returns a field's values, empty if there are none. */
    long[] numbers(int tag) {
        TiffField field = fields.get(tag);
        return field == null ? new long[0] : field.numbers(order);
    }

    /** Returns the bytes of a TIFF structure with this as its only directory, as EXIF has it. */
    byte[] toBlock() {
        ByteBuffer head = ByteBuffer.allocate(8).order(order);
        head.put(order == ByteOrder.LITTLE_ENDIAN ? new byte[] {'I', 'I'} : new byte[] {'M', 'M'});
        head.putShort((short) 42).putInt(8);
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(head.array());
        block.writeBytes(serialise(8, false));
        return block.toByteArray();
    }

    /**
     * Returns the bytes of this directory with its values and sub-directories.
     *
     * @param position where in the file they will lie, even
     * @param big whether to write as BigTIFF has it
     */
    byte[] serialise(long position, boolean big) {
        int countBytes = big ? 8 : 2;
        int entryBytes = big ? 20 : 12;
        int inlineBytes = big ? 8 : 4;
        ByteBuffer table = ByteBuffer.allocate(countBytes + fields.size() * entryBytes + inlineBytes)
                .order(order);
        if (big) {
            table.putLong(fields.size());
        } else {
            table.putShort((short) fields.size());
        }
        ByteArrayOutputStream behind = new ByteArrayOutputStream();
        long start = position + table.capacity();
        for (TiffField field : fields.values()) {
            TiffDirectory pointed = field.directory();
            table.putShort((short) field.tag());
            if (pointed != null) {
                table.putShort((short) (big ? TiffField.LONG8 : TiffField.LONG));
                putCount(table, 1, big);
                putPointer(table, start + behind.size(), big);
                behind.writeBytes(pointed.serialise(start + behind.size(), big));
            } else {
                table.putShort((short) field.type());
                putCount(table, field.count(), big);
                if (field.value().length <= inlineBytes) {
                    table.put(field.value());
                    table.position(table.position() + inlineBytes - field.value().length);
                } else {
                    putPointer(table, start + behind.size(), big);
                    behind.writeBytes(field.value());
                }
            }
            if (behind.size() % 2 != 0) {
                behind.write(0);
            }
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(table.array());
        all.writeBytes(behind.toByteArray());
        return all.toByteArray();
    }

    private static void putCount(ByteBuffer table, long count, boolean big) {
        if (big) {
            table.putLong(count);
        } else {
            table.putInt((int) count);
        }
    }

    private static void putPointer(ByteBuffer table, long position, boolean big) {
        putCount(table, position, big);
    }
}
