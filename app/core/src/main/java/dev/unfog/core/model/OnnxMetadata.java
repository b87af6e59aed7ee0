package dev.unfog.core.model;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the {@code metadata_props} of an ONNX file, and whether it is whole, without a runtime, passing over everything else in it.
 *
 * <p>An ONNX file is one protocol-buffers message ({@code ModelProto}); its field 14 repeats pairs of key (1) and value (2).
 * See <a href="https://protobuf.dev/programming-guides/encoding/">the encoding</a>.
 */
final class OnnxMetadata {
    private static final int METADATA_PROPS = 14;
    /** Of the model. */
    private static final int GRAPH = 7;
    /** Of the graph. */
    private static final int INITIALIZER = 5;
    /** Of a tensor: pairs of key and value, too. */
    private static final int EXTERNAL_DATA = 13;

    private static final int LONGEST_ENTRY = 1 << 20;

    private final RandomAccessFile in;

    private OnnxMetadata(RandomAccessFile in) {
        this.in = in;
    }

    /**
     * Returns the entries of a file.
     *
     * @throws IOException if it cannot be read, or is no such message
     */
    static Map<String, String> read(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            return new OnnxMetadata(in).entries();
        }
    }

    /**
     * Returns the name of the file in which the weights of a network lie, if they lie in another.
     *
     * @throws IOException if it cannot be read, or is no such message
     */
    static Optional<String> weightsElsewhere(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            return new OnnxMetadata(in).location(in.length(), List.of(GRAPH, INITIALIZER, EXTERNAL_DATA));
        }
    }

    /** Looks within the fields of a path for an external tensor's location. */
    private Optional<String> location(long end, List<Integer> path) throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        while (in.getFilePointer() < end) {
            long tag = varint();
            if (tag >>> 3 != path.get(0) || (tag & 7) != 2) {
                skip(tag);
            } else if (path.size() == 1) {
                entry(entries);
            } else {
                long inner = length() + in.getFilePointer();
                Optional<String> found = location(inner, path.subList(1, path.size()));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.ofNullable(entries.get("location"));
    }

    private Map<String, String> entries() throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        while (in.getFilePointer() < in.length()) {
            long tag = varint();
            if (tag >>> 3 == METADATA_PROPS && (tag & 7) == 2) {
                entry(entries);
            } else {
                skip(tag);
            }
        }
        return entries;
    }

    private void entry(Map<String, String> entries) throws IOException {
        long end = length() + in.getFilePointer();
        String key = "";
        String value = "";
        while (in.getFilePointer() < end) {
            long tag = varint();
            if (tag == (1 << 3 | 2)) {
                key = text();
            } else if (tag == (2 << 3 | 2)) {
                value = text();
            } else {
                skip(tag);
            }
        }
        entries.put(key, value);
    }

    private String text() throws IOException {
        long length = length();
        if (length > LONGEST_ENTRY) {
            throw new IOException("a metadata entry of " + length + " bytes");
        }
        byte[] bytes = new byte[(int) length];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void skip(long tag) throws IOException {
        if (tag >>> 3 == 0) {
            throw new IOException("not a protocol-buffers message");
        }
        switch ((int) (tag & 7)) {
            case 0 -> varint();
            case 1 -> advance(8);
            case 2 -> advance(length());
            case 5 -> advance(4);
            default -> throw new IOException("not a protocol-buffers message");
        }
    }

    private void advance(long count) throws IOException {
        long position = in.getFilePointer() + count;
        if (position > in.length()) {
            throw new IOException("the file ends early");
        }
        in.seek(position);
    }

    private long length() throws IOException {
        long length = varint();
        if (length < 0 || length > in.length() - in.getFilePointer()) {
            throw new IOException("the file ends early");
        }
        return length;
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the file ends early");
            }
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new IOException("not a protocol-buffers message");
    }
}
