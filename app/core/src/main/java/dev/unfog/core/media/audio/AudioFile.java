package dev.unfog.core.media.audio;

import dev.unfog.api.media.Audio;
import dev.unfog.api.media.AudioLayout;
import java.nio.file.Path;
import java.util.List;

/** An opened recording, with what its file says besides the sound. Safe for use by many threads. */
public final class AudioFile implements Audio {
    private final Path file;
    private final AudioContainer container;
    private final SampleFormat format;
    private final StoredFrames frames;
    private final RecordingTags tags;
    private final List<String> warnings;

    /**
     * @param format how values are stored, or would be without loss
     * @param tags what else it says
     * @param warnings what the user should know of, each a clause
     */
    AudioFile(
            Path file,
            AudioContainer container,
            SampleFormat format,
            StoredFrames frames,
            RecordingTags tags,
            List<String> warnings) {
        this.file = file;
        this.container = container;
        this.format = format;
        this.frames = frames;
        this.tags = tags;
        this.warnings = List.copyOf(warnings);
    }

    /** Returns the file. */
    public Path file() {
        return file;
    }

    /** Returns what kind of file it is. */
    public AudioContainer container() {
        return container;
    }

    /** Returns how its values are stored, or would be without loss. */
    public SampleFormat format() {
        return format;
    }

    /** Returns what else it says that goes with a result: texts, marks. */
    RecordingTags tags() {
        return tags;
    }

    /** Returns what the user should know of, such as a file that is cut short, each as a clause. */
    public List<String> warnings() {
        return warnings;
    }

    /** Hands over the frames of a scratch file, which is deleted when they are closed. */
    StoredFrames scratchFrames() {
        return frames.asScratch();
    }

    @Override
    public AudioLayout layout() {
        return frames.layout();
    }

    @Override
    public int read(long start, float[][] planar, int count) {
        return frames.read(start, planar, count);
    }

    @Override
    public String name() {
        return String.valueOf(file.getFileName());
    }

    @Override
    public void close() {
        frames.close();
    }
}
