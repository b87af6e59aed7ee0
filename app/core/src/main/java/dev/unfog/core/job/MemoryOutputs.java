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
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps the pictures that a plugin writes in memory. Safe for use by many threads. */
final class MemoryOutputs implements Outputs {
    private final Map<String, MemoryPicture> pictures = new ConcurrentHashMap<>();

    @Override
    public PictureSink picture(String name, PictureLayout layout) {
        MemoryPicture picture = MemoryPicture.black(name, layout);
        pictures.put(name, picture);
        return picture;
    }

    @Override
    public AudioSink audio(String name, AudioLayout layout) {
        throw new UnfogException(
                ErrorCode.PLUGIN_BROKEN,
                name,
                "the plugin answers a picture with sound",
                "update the plugin, or name another one with --plugin");
    }

    @Override
    public Path file(String name, String extension) {
        throw new UnfogException(
                ErrorCode.PLUGIN_BROKEN,
                name,
                "the plugin answers a picture with a file of its own format",
                "update the plugin, or name another one with --plugin");
    }

    @Override
    public void note(String name, Object value) {
        // An evaluation has no provenance file.
    }

    /** Returns a result, if the plugin wrote one of that name. */
    Optional<MemoryPicture> find(String name) {
        return Optional.ofNullable(pictures.get(name));
    }
}
