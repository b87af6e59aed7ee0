package dev.unfog.training;

import ai.djl.ndarray.NDArray;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/**
 * Everything a run needs to go on as if it had not stopped: step, time spent, and named arrays (weights, their average, the
 * moments of Adam).
 *
 * <p>One file, written beside its destination and moved there when whole.
 */
record Checkpoint(long step, double elapsedSeconds, long seed) {
    private static final int MAGIC = 0x554E4643; // "UNFC"
    private static final int VERSION = 1;

    void write(Path file, Map<String, List<NDArray>> arrays) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path temporary = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (DataOutputStream out =
                    new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 16))) {
                out.writeInt(MAGIC);
                out.writeInt(VERSION);
                out.writeLong(step);
                out.writeDouble(elapsedSeconds);
                out.writeLong(seed);
                out.writeInt(arrays.size());
                for (Map.Entry<String, List<NDArray>> group : arrays.entrySet()) {
                    out.writeUTF(group.getKey());
                    out.writeInt(group.getValue().size());
                    for (NDArray array : group.getValue()) {
                        float[] values = array.toFloatArray();
                        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
                        bytes.asFloatBuffer().put(values);
                        out.writeInt(values.length);
                        out.write(bytes.array());
                    }
                }
            }
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Reads a checkpoint and copies its arrays into those given.
     *
     * @throws UnfogException if it is damaged, or its arrays differ from those given in number or size
     */
    static Checkpoint read(Path file, Map<String, List<NDArray>> arrays) {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            if (in.readInt() != MAGIC || in.readInt() != VERSION) {
                throw new IOException("it is no checkpoint of this version");
            }
            Checkpoint checkpoint = new Checkpoint(in.readLong(), in.readDouble(), in.readLong());
            int groups = in.readInt();
            for (int g = 0; g < groups; g++) {
                String name = in.readUTF();
                int count = in.readInt();
                List<NDArray> group = arrays.get(name);
                if (group == null || group.size() != count) {
                    throw misfit(file, "it belongs to another network");
                }
                for (NDArray array : group) {
                    int length = in.readInt();
                    if (length != array.size()) {
                        throw misfit(file, "it belongs to another network");
                    }
                    ByteBuffer bytes = ByteBuffer.allocate(4 * length);
                    in.readFully(bytes.array());
                    float[] values = new float[length];
                    bytes.asFloatBuffer().get(values);
                    // In place: setting would give the array other memory, and those that share it the old.
                    try (NDArray stored = array.getManager().create(values, array.getShape())) {
                        array.subi(array).addi(stored);
                    }
                }
            }
            return checkpoint;
        } catch (IOException e) {
            throw new UnfogException(
                    ErrorCode.MODEL_DAMAGED,
                    file.toString(),
                    "the training cannot go on from it: " + e.getMessage(),
                    "delete it to begin anew, or go on from the network beside it",
                    e);
        }
    }

    static UnfogException misfit(Path file, String problem) {
        return new UnfogException(
                ErrorCode.BAD_PARAMETER,
                file.toString(),
                problem,
                "choose another checkpoint folder, or empty this one");
    }
}
