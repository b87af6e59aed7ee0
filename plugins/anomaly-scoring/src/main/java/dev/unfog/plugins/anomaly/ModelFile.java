package dev.unfog.plugins.anomaly;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A fitted model as one file: a zip of {@code model.json}, the network's ONNX file and arrays of float32, little-endian.
 *
 * <p>The zip's comment is the SHA-256 of all bytes before it, so that a single changed byte is noticed anywhere.
 */
final class ModelFile implements AutoCloseable {
    /** What {@code model.json} says first, so that no other zip is taken for a model. */
    static final String FORMAT = "unfog-anomaly-model";

    /** The version of the format that is written, and the only one read so far. */
    static final int VERSION = 3;

    private static final String DESCRIPTION = "model.json";
    private static final String SEAL = "sha256:";
    private static final int SEAL_LENGTH = SEAL.length() + 64;
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final Path file;
    private final ZipFile zip;
    private final ModelDescription description;

    private ModelFile(Path file, ZipFile zip, ModelDescription description) {
        this.file = file;
        this.zip = zip;
        this.description = description;
    }

    /**
     * Writes a model; the same content always gives the same bytes.
     *
     * @param description of the kind, without format and version
     * @param files to be copied in, by entry name
     * @param arrays by entry name
     */
    static void write(
            Path file, Map<String, Object> description, Map<String, Path> files, Map<String, float[]> arrays) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("format", FORMAT);
        whole.put("version", VERSION);
        whole.putAll(description);
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
                    ZipOutputStream entries = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
                entries.setComment(SEAL + "0".repeat(64));
                begin(entries, DESCRIPTION);
                entries.write(JSON.std
                        .with(JSON.Feature.PRETTY_PRINT_OUTPUT)
                        .asString(whole)
                        .getBytes(StandardCharsets.UTF_8));
                for (Map.Entry<String, Path> entry : files.entrySet()) {
                    begin(entries, entry.getKey());
                    Files.copy(entry.getValue(), entries);
                }
                for (Map.Entry<String, float[]> entry : arrays.entrySet()) {
                    begin(entries, entry.getKey());
                    entries.write(bytes(entry.getValue()));
                }
            }
            seal(file);
        } catch (IOException e) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    file.toString(),
                    "it cannot be written (" + e.getMessage() + ")",
                    "free some space, or choose a folder that you may write to",
                    e);
        }
    }

    private static void begin(ZipOutputStream entries, String name) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(NO_TIME);
        entries.putNextEntry(entry);
    }

    private static byte[] bytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    private static void seal(Path file) throws IOException {
        byte[] seal = (SEAL + digest(file)).getBytes(StandardCharsets.US_ASCII);
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(access.length() - SEAL_LENGTH);
            access.write(seal);
        }
    }

    /** The SHA-256 of everything before the seal. */
    private static String digest(Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
        long left = Files.size(file) - SEAL_LENGTH;
        byte[] block = new byte[1 << 16];
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            while (left > 0) {
                int read = in.read(block, 0, (int) Math.min(block.length, left));
                if (read < 0) {
                    throw new IOException("the file shrank while it was read");
                }
                digest.update(block, 0, read);
                left -= read;
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Opens a model and makes sure that nothing in it has changed since it was written.
     *
     * @throws UnfogException with {@link ErrorCode#MODEL_NOT_FOUND}, {@link ErrorCode#MODEL_DAMAGED}, or {@link
     *     ErrorCode#CONTRACT_BROKEN} for another version
     */
    static ModelFile open(Path file) {
        ZipFile zip = null;
        try {
            if (!sealOf(file).equals(SEAL + digest(file))) {
                throw damaged(file, "it has changed since it was written: its SHA-256 is another", null);
            }
            zip = new ZipFile(file.toFile(), StandardCharsets.UTF_8);
            ModelDescription description = describe(file, zip);
            return new ModelFile(file, zip, description);
        } catch (NoSuchFileException e) {
            throw new UnfogException(
                    ErrorCode.MODEL_NOT_FOUND, file.toString(), "there is no such file", "check the path", e);
        } catch (IOException e) {
            throw damaged(file, "it cannot be read as a model (" + e.getMessage() + ")", e);
        } catch (RuntimeException e) {
            closeQuietly(zip);
            throw e;
        }
    }

    private static void closeQuietly(@Nullable ZipFile zip) {
        try {
            if (zip != null) {
                zip.close();
            }
        } catch (IOException e) {
            // What went wrong before is what matters.
        }
    }

    private static String sealOf(Path file) throws IOException {
        if (Files.isDirectory(file) || Files.size(file) < SEAL_LENGTH) {
            throw damaged(file, "it is not a model that unfog fit wrote", null);
        }
        byte[] seal = new byte[SEAL_LENGTH];
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
            byte[] head = new byte[2];
            access.readFully(head);
            access.seek(access.length() - SEAL_LENGTH);
            access.readFully(seal);
            String text = new String(seal, StandardCharsets.US_ASCII);
            if (head[0] != 'P' || head[1] != 'K' || !text.startsWith(SEAL)) {
                throw damaged(file, "it is not a model that unfog fit wrote, or it is cut short", null);
            }
            return text;
        }
    }

    private static ModelDescription describe(Path file, ZipFile zip) throws IOException {
        ZipEntry entry = zip.getEntry(DESCRIPTION);
        if (entry == null) {
            throw damaged(file, "it is not a model that unfog fit wrote", null);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            ModelDescription description = new ModelDescription(JSON.std.mapFrom(in));
            if (!description.has("format") || !description.text("format").equals(FORMAT)) {
                throw damaged(file, "it is not a model that unfog fit wrote", null);
            }
            int version = description.count("version");
            if (version != VERSION) {
                throw new UnfogException(
                        ErrorCode.CONTRACT_BROKEN,
                        file.toString(),
                        "it is a model of version " + version + ", and this version of Unfog reads version " + VERSION,
                        "update Unfog, or fit the model again");
            }
            return description;
        }
    }

    private static UnfogException damaged(Path file, String problem, @Nullable Throwable cause) {
        return new UnfogException(
                ErrorCode.MODEL_DAMAGED, file.toString(), problem, "copy it again, or fit the model again", cause);
    }

    /** Returns what {@code model.json} says. */
    ModelDescription description() {
        return description;
    }

    /** Returns an array. */
    float[] array(String name) {
        try (InputStream in = entry(name)) {
            byte[] bytes = in.readAllBytes();
            float[] values = new float[bytes.length / Float.BYTES];
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            return values;
        } catch (IOException e) {
            throw damaged(file, "its " + name + " cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /** Copies a file out. */
    Path extract(String name, Path folder) {
        Path target = folder.resolve(name);
        try (InputStream in = entry(name)) {
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            return target;
        } catch (IOException e) {
            throw damaged(file, "its " + name + " cannot be unpacked (" + e.getMessage() + ")", e);
        }
    }

    private InputStream entry(String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new IOException("it lacks " + name);
        }
        return zip.getInputStream(entry);
    }

    @Override
    public void close() {
        closeQuietly(zip);
    }
}
