package dev.unfog.plugins.image;

import dev.unfog.api.Cancellation;
import dev.unfog.api.Progress;
import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.media.AudioSink;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureSink;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.train.ScoreTraining;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** One call of the cleaner, with everything in memory: a small host. */
final class TestRun implements PluginContext, Outputs {
    private final Supplier<ScoreNetwork> network;
    private final Map<Path, Picture> files = new HashMap<>();
    private final Map<String, MemoryPicture> pictures = new LinkedHashMap<>();
    private final Map<String, Object> notes = new TreeMap<>();
    private final List<Double> progress = new ArrayList<>();
    private Cancellation cancellation = Cancellation.NEVER;
    private long seed;

    TestRun(Supplier<ScoreNetwork> network) {
        this.network = network;
    }

    TestRun() {
        this(ShrinkageNetwork::new);
    }

    TestRun withSeed(long value) {
        seed = value;
        return this;
    }

    TestRun withCancellation(Cancellation value) {
        cancellation = value;
        return this;
    }

    TestRun withFile(String name, Picture picture) {
        files.put(Path.of(name), picture);
        return this;
    }

    /** Cleans a picture; parameters are given as {@code name=value}. */
    TestRun clean(Picture picture, String... parameters) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String parameter : parameters) {
            String[] parts = parameter.split("=", 2);
            given.put(parts[0], parts[1]);
        }
        PictureCleaner cleaner = new PictureCleaner();
        cleaner.clean(picture, this, ParameterValues.parse(cleaner.parameters(), given), this);
        return this;
    }

    MemoryPicture main() {
        return output(MAIN);
    }

    MemoryPicture output(String name) {
        MemoryPicture picture = pictures.get(name);
        if (picture == null) {
            throw new AssertionError("There is no output " + name + " among " + pictures.keySet());
        }
        return picture;
    }

    Map<String, MemoryPicture> outputs() {
        return pictures;
    }

    Map<String, Object> notes() {
        return notes;
    }

    List<Double> reported() {
        return progress;
    }

    @Override
    public PictureSink picture(String name, PictureLayout layout) {
        MemoryPicture picture = new MemoryPicture(layout);
        if (pictures.put(name, picture) != null) {
            throw new AssertionError("The output " + name + " was opened twice");
        }
        return picture;
    }

    @Override
    public AudioSink audio(String name, AudioLayout layout) {
        throw new AssertionError("A picture was cleaned, not sound");
    }

    @Override
    public Path file(String name, String extension) {
        throw new AssertionError("A cleaned picture is written as a picture, not as a file " + name);
    }

    @Override
    public void note(String name, Object value) {
        notes.put(name, value);
    }

    @Override
    public ScoreNetwork openNetwork(String id) {
        return network.get();
    }

    @Override
    public ScoreNetwork openNetwork(Path file) {
        throw new AssertionError("A cleaner opens networks by name, not " + file);
    }

    @Override
    public ScoreTraining training() {
        throw new AssertionError("A cleaner does not train");
    }

    @Override
    public Media openMedia(Path file, MediaKind kind) {
        Picture picture = files.get(file);
        if (picture == null) {
            throw new AssertionError("There is no file " + file);
        }
        return picture;
    }

    @Override
    public Progress progress() {
        return (fraction, message) -> progress.add(fraction);
    }

    @Override
    public Cancellation cancellation() {
        return cancellation;
    }

    @Override
    public long seed() {
        return seed;
    }

    @Override
    public Path temporaryDirectory() {
        try {
            Path directory = Files.createTempDirectory("picture-cleaner");
            directory.toFile().deleteOnExit();
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
