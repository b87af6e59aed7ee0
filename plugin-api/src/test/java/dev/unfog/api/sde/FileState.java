package dev.unfog.api.sde;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A state in a file, as a host has it for samples larger than memory. */
final class FileState implements SampleState {
    private final StateShape shape;
    private final Path file;
    private final FileChannel channel;

    FileState(Path directory, StateShape shape) {
        this.shape = shape;
        try {
            file = Files.createTempFile(directory, "state", ".f32");
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel.write(ByteBuffer.allocate(1), shape.size() * Float.BYTES - 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public StateShape shape() {
        return shape;
    }

    @Override
    public void read(long offset, float[] into, int from, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length * Float.BYTES);
        try {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, offset * Float.BYTES + bytes.position()) < 0) {
                    throw new IndexOutOfBoundsException("past the end of the state");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        bytes.flip().asFloatBuffer().get(into, from, length);
    }

    @Override
    public void write(long offset, float[] values, int from, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length * Float.BYTES);
        bytes.asFloatBuffer().put(values, from, length);
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes, offset * Float.BYTES + bytes.position());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
