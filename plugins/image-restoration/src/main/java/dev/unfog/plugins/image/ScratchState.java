package dev.unfog.plugins.image;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.sde.MemoryState;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.StateShape;
import dev.unfog.api.sde.StateSpace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * A state in a scratch file, for pictures whose states do not fit in memory.
 *
 * <p>Reads and writes go through a buffer of the calling thread, not through a mapping, so that the file does not count as memory
 * of the process. What was never written is 0. Safe for use by many threads on ranges that do not overlap.
 */
final class ScratchState implements SampleState {
    private static final int BUFFER_VALUES = 1 << 15;
    private static final ThreadLocal<ByteBuffer> BUFFER = ThreadLocal.withInitial(
            () -> ByteBuffer.allocateDirect(BUFFER_VALUES * Float.BYTES).order(ByteOrder.nativeOrder()));

    private final StateShape shape;
    private final Path file;
    private final FileChannel channel;

    private ScratchState(StateShape shape, Path directory) throws IOException {
        this.shape = shape;
        this.file = Files.createTempFile(directory, "state", ".f32");
        this.channel = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    /**
     * Returns where states live: small ones in memory, larger ones in files.
     *
     * @param directory an existing folder for the files
     * @param memoryValues up to how many values a state is kept in memory
     */
    static StateSpace space(Path directory, long memoryValues) {
        return shape -> {
            if (shape.size() <= memoryValues) {
                return new MemoryState(shape);
            }
            try {
                return new ScratchState(shape, directory);
            } catch (IOException e) {
                throw failure(directory, e);
            }
        };
    }

    @Override
    public StateShape shape() {
        return shape;
    }

    @Override
    public void read(long offset, float[] into, int from, int length) {
        Objects.checkFromIndexSize(offset, length, shape.size());
        ByteBuffer buffer = BUFFER.get();
        try {
            for (int done = 0; done < length; ) {
                int count = Math.min(BUFFER_VALUES, length - done);
                buffer.clear().limit(count * Float.BYTES);
                long position = (offset + done) * Float.BYTES;
                while (buffer.hasRemaining()) {
                    int read = channel.read(buffer, position + buffer.position());
                    if (read < 0) {
                        while (buffer.hasRemaining()) {
                            buffer.put((byte) 0);
                        }
                    }
                }
                buffer.flip();
                buffer.asFloatBuffer().get(into, from + done, count);
                done += count;
            }
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    @Override
    public void write(long offset, float[] values, int from, int length) {
        Objects.checkFromIndexSize(offset, length, shape.size());
        ByteBuffer buffer = BUFFER.get();
        try {
            for (int done = 0; done < length; ) {
                int count = Math.min(BUFFER_VALUES, length - done);
                buffer.clear().limit(count * Float.BYTES);
                buffer.asFloatBuffer().put(values, from + done, count);
                long position = (offset + done) * Float.BYTES;
                while (buffer.hasRemaining()) {
                    channel.write(buffer, position + buffer.position());
                }
                done += count;
            }
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    private static UnfogException failure(Path where, IOException cause) {
        return new UnfogException(
                ErrorCode.DISK_FULL,
                where.toString(),
                "scratch data cannot be kept there: " + cause.getMessage(),
                "free disk space, or set the temporary folder to a disk with more",
                cause);
    }
}
