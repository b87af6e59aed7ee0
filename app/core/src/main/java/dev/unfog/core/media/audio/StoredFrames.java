package dev.unfog.core.media.audio;

import dev.unfog.api.media.AudioLayout;
import dev.unfog.core.media.FileProblems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Frames that lie uncompressed in a file, read from any place. Safe for use by many threads. */
final class StoredFrames implements AutoCloseable {
    private static final int BLOCK_BYTES = 1 << 18;

    private final Path file;
    private final FileChannel channel;
    private final long offset;
    private final AudioLayout layout;
    private final SampleFormat format;
    private volatile boolean isScratch;

    /**
     * @param offset where the first frame begins, in bytes
     * @param layout shape, with the number of frames known
     * @param isScratch whether the file is deleted on closing
     */
    StoredFrames(Path file, long offset, AudioLayout layout, SampleFormat format, boolean isScratch)
            throws IOException {
        this.file = file;
        this.offset = offset;
        this.layout = layout;
        this.format = format;
        this.isScratch = isScratch;
        channel = FileChannel.open(file, StandardOpenOption.READ);
    }

    /** Makes the file one that is deleted on closing. */
    StoredFrames asScratch() {
        isScratch = true;
        return this;
    }

    AudioLayout layout() {
        return layout;
    }

    int read(long start, float[][] planar, int frames) {
        if (start < 0) {
            throw new IllegalArgumentException("there is no frame " + start);
        }
        int frameBytes = layout.channels() * format.bytes();
        int count = (int) Math.max(0, Math.min(frames, layout.frames() - start));
        int blockFrames = Math.max(1, BLOCK_BYTES / frameBytes);
        byte[] bytes = new byte[Math.min(count, blockFrames) * frameBytes];
        for (int done = 0; done < count; ) {
            int part = Math.min(blockFrames, count - done);
            readFully(bytes, part * frameBytes, offset + (start + done) * frameBytes);
            for (int frame = 0, at = 0; frame < part; frame++) {
                for (int c = 0; c < layout.channels(); c++, at += format.bytes()) {
                    planar[c][done + frame] = format.decode(bytes, at);
                }
            }
            done += part;
        }
        return count;
    }

    private void readFully(byte[] bytes, int length, long position) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        try {
            while (buffer.hasRemaining()) {
                int read = channel.read(buffer, position + buffer.position());
                if (read < 0) {
                    throw FileProblems.damaged(file, "it became shorter while it was read");
                }
            }
        } catch (IOException e) {
            throw FileProblems.reading(file, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
            if (isScratch) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw FileProblems.scratch(file, e);
        }
    }
}
