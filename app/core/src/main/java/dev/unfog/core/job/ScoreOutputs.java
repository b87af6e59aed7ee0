package dev.unfog.core.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.media.AudioSink;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureSink;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps what a scorer notes, and lets its pictures go; for scores without maps. Safe for use by many threads. */
final class ScoreOutputs implements Outputs {
    private final Map<String, Object> notes = new ConcurrentHashMap<>();

    @Override
    public PictureSink picture(String name, PictureLayout layout) {
        return MemoryPicture.black(name, layout);
    }

    @Override
    public AudioSink audio(String name, AudioLayout layout) {
        throw new UnfogException(
                ErrorCode.PLUGIN_BROKEN, name, "a scorer writes no sound", "update the plugin, or name another one");
    }

    @Override
    public Path file(String name, String extension) {
        throw new UnfogException(
                ErrorCode.PLUGIN_BROKEN,
                name,
                "a scorer writes no file here",
                "update the plugin, or name another one with --plugin");
    }

    @Override
    public void note(String name, Object value) {
        notes.put(name, value);
    }

    /** Returns what was noted, by name. */
    Map<String, Object> notes() {
        return notes;
    }
}
