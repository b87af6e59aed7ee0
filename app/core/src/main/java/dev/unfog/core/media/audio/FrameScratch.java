package dev.unfog.core.media.audio;

import dev.unfog.api.media.AudioLayout;
import dev.unfog.core.media.FileProblems;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** A scratch file that a decoder fills with frames, to be read from any place afterwards. For one thread. */
final class FrameScratch implements AutoCloseable {
    private final Path file;
    private final OutputStream out;
    private long bytes;
    private boolean isHandedOver;

    FrameScratch(Path directory) {
        file = directory.resolve("sound-" + UUID.randomUUID() + ".pcm");
        try {
            out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
        } catch (IOException e) {
            throw FileProblems.scratch(directory, e);
        }
    }

    void write(byte[] data, int length) {
        try {
            out.write(data, 0, length);
        } catch (IOException e) {
            throw FileProblems.scratch(file, e);
        }
        bytes += length;
    }

    /**
     * Ends the writing.
     *
     * @param source what an error names
     * @return what was written, which deletes the scratch file on closing
     * @throws dev.unfog.api.UnfogException if there is not a single frame
     */
    StoredFrames frames(Path source, int sampleRate, int channels, SampleFormat format) {
        long frames = bytes / ((long) channels * format.bytes());
        if (frames == 0) {
            throw FileProblems.damaged(source, "it has a header but no sound");
        }
        try {
            out.close();
            StoredFrames stored =
                    new StoredFrames(file, 0, new AudioLayout(sampleRate, channels, frames), format, true);
            isHandedOver = true;
            return stored;
        } catch (IOException e) {
            throw FileProblems.scratch(file, e);
        }
    }

    /** Deletes the file unless it was handed over. */
    @Override
    public void close() {
        if (isHandedOver) {
            return;
        }
        try {
            out.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw FileProblems.scratch(file, e);
        }
    }
}
