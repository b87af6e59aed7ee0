package dev.unfog.core.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Codec;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.api.plugin.Fitter;
import dev.unfog.api.plugin.LiveCleaner;
import dev.unfog.api.plugin.Scorer;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.core.media.MediaFiles;
import dev.unfog.core.media.PictureFormat;
import dev.unfog.core.media.audio.AudioContainer;
import dev.unfog.core.model.InstalledModel;
import dev.unfog.core.model.ModelStore;
import dev.unfog.core.onnx.DevicePolicy;
import dev.unfog.core.onnx.Devices;
import dev.unfog.core.onnx.NetworkPool;
import dev.unfog.core.plugin.InstalledPlugin;
import dev.unfog.core.plugin.PluginExtension;
import dev.unfog.core.plugin.PluginHost;
import dev.unfog.core.plugin.PluginStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The host: its plugins, score networks, devices and codecs, each loaded when it is first needed.
 *
 * <p>Safe for use by many threads. Close it when no plugin is at work any more.
 */
public final class Unfog implements AutoCloseable {
    private final Installation installation;
    private final Devices devices = new Devices();
    private @Nullable PluginHost plugins;
    private @Nullable ModelStore models;
    private @Nullable NetworkPool networks;
    private @Nullable Configuration configuration;
    private @Nullable MediaFiles media;
    private Optional<String> deviceReport = Optional.empty();
    private int threads;
    private Set<String> leftOut = Set.of();

    /**
     * Creates a host; nothing is loaded yet.
     *
     * @param installation where plugins, models and settings lie
     */
    public Unfog(Installation installation) {
        this.installation = installation;
    }

    /**
     * Says how many threads a network uses on the processor; for a call before the first network is opened.
     *
     * @param count the number; 0, the default, for as many as there are processors
     * @return this host
     */
    public synchronized Unfog optThreads(int count) {
        threads = count;
        return this;
    }

    /**
     * Leaves plugins out, as though the user had switched them off; for a call before the first plugin is asked for.
     *
     * @param plugins their ids
     * @return this host
     */
    public synchronized Unfog optLeftOut(Set<String> plugins) {
        leftOut = Set.copyOf(plugins);
        return this;
    }

    /** Returns where plugins, models and settings lie. */
    public Installation installation() {
        return installation;
    }

    /** Returns the plugins; those that do not load are told by {@link PluginHost#failures()}. */
    public synchronized PluginHost plugins() {
        if (plugins == null) {
            Set<String> disabled = new HashSet<>(pluginStore().disabled());
            disabled.addAll(leftOut);
            plugins = PluginHost.load(
                    installation.pluginDirectories(), installation.pluginCache(), Installation.VERSION, disabled);
        }
        return plugins;
    }

    /** Returns the plugins as files, none of which is loaded for it. */
    public PluginStore pluginStore() {
        return new PluginStore(installation.home(), installation.pluginDirectories(), Installation.VERSION);
    }

    /** Returns the score networks that are installed. */
    public synchronized ModelStore models() {
        if (models == null) {
            Map<String, Path> folders = new TreeMap<>();
            for (InstalledPlugin plugin : plugins().plugins()) {
                plugin.models().ifPresent(folder -> folders.put(plugin.id(), folder));
            }
            models = new ModelStore(installation.userModels(), folders, installation.distributionModels());
        }
        return models;
    }

    /** Returns the devices that networks can run on. */
    public Devices devices() {
        return devices;
    }

    /** Returns the user's settings. */
    public synchronized Configuration configuration() {
        if (configuration == null) {
            configuration = Configuration.read(installation.configurationFile());
        }
        return configuration;
    }

    /**
     * Returns the choice of cleaners for the kinds of media.
     *
     * @param named the plugins that the user named; empty if they named none
     */
    public OperationChoice<Cleaner> cleaners(List<String> named) {
        return new OperationChoice<>("clean", plugins().operations(Cleaner.class), named, configuration());
    }

    /** Returns the choice of what cleans live, as {@link #cleaners} does that of cleaners. */
    public OperationChoice<LiveCleaner> liveCleaners(List<String> named) {
        return new OperationChoice<>("clean live", plugins().operations(LiveCleaner.class), named, configuration());
    }

    /** Returns the choice of fitters, as {@link #cleaners} does that of cleaners. */
    public OperationChoice<Fitter> fitters(List<String> named) {
        return new OperationChoice<>("fit", plugins().operations(Fitter.class), named, configuration());
    }

    /** Returns the choice of scorers, as {@link #cleaners} does that of cleaners. */
    public OperationChoice<Scorer> scorers(List<String> named) {
        return new OperationChoice<>("score", plugins().operations(Scorer.class), named, configuration());
    }

    /**
     * Opens a network.
     *
     * @param model which one
     * @param policy where it should run
     * @return the network, which the caller closes
     */
    public ScoreNetwork openNetwork(InstalledModel model, DevicePolicy policy) {
        ScoreNetwork network = networks().open(model, policy);
        Optional<String> report = devices.choose(policy).report();
        synchronized (this) {
            deviceReport = report;
        }
        return network;
    }

    /**
     * Says that so many files are worked on at once, each of which then takes its share of the processors: threads of several files
     * that wait for each other cost a sixth. Of no account once a network is open, or where {@link #optThreads} said a number.
     */
    synchronized void shareThreads(int jobs) {
        if (networks == null && threads == 0) {
            threads = Math.max(1, Runtime.getRuntime().availableProcessors() / jobs);
        }
    }

    /** Returns which faster device was passed over and why, if that happened when a network was opened last. */
    public synchronized Optional<String> deviceReport() {
        return deviceReport;
    }

    private synchronized NetworkPool networks() {
        if (networks == null) {
            networks = new NetworkPool(models(), devices, threads);
        }
        return networks;
    }

    /**
     * Opens a media file.
     *
     * @param file an existing file
     * @param temporaryDirectory an existing folder for decoded data, which outlives the result
     * @return the sample, which the caller closes
     */
    public Media open(Path file, Path temporaryDirectory) {
        return media().open(file, temporaryDirectory);
    }

    /**
     * Returns the kind of media that a file holds.
     *
     * @throws UnfogException if there is no such file, or nothing reads its kind
     */
    public MediaKind kindOf(Path file) {
        return media().kindOf(file)
                .orElseThrow(() -> new UnfogException(
                        ErrorCode.UNSUPPORTED_MEDIA,
                        file.toString(),
                        "nothing here reads a file of this kind",
                        "convert it to one of: " + String.join(", ", media().extensions())));
    }

    /**
     * Plans where the results of files and folders go, see {@link OutputPlan#of}.
     *
     * @param inputs files and folders as the user named them
     * @param output where results go, as the user wrote it
     * @param recursive whether folders may be named
     */
    public OutputPlan plan(List<Path> inputs, String output, boolean recursive) {
        return OutputPlan.of(inputs, output, recursive, this::isMedia, Unfog::resultName);
    }

    /**
     * Begins to watch folders for files whose results go into another.
     *
     * @param folders the folders, with all in them
     * @param output the folder for the results, as the user wrote it
     */
    public HotFolder watch(List<Path> folders, String output) {
        return new HotFolder(folders, () -> OutputPlan.ofAny(folders, output, true, this::isMedia, Unfog::resultName));
    }

    /**
     * Lists the files of one kind in a folder and the folders in it, in the order of their names.
     *
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if there are none
     */
    public List<Path> filesIn(Path folder, MediaKind kind) {
        if (!Files.isDirectory(folder)) {
            throw new UnfogException(ErrorCode.BAD_PARAMETER, folder.toString(), "it is no folder", "name a folder");
        }
        List<Path> files = OutputPlan.filesIn(folder, file -> isMedia(file) && isOf(kind, file));
        if (files.isEmpty()) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    folder.toString(),
                    "there is no file of kind " + kind + " in it",
                    "name a folder that holds some");
        }
        return files;
    }

    /** A file in a folder counts by its name, so that a damaged one is reported and not passed over; or by what it holds. */
    private boolean isMedia(Path file) {
        String name = file.getFileName().toString();
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (media().extensions().contains(extension)) {
            return true;
        }
        try {
            return media().kindOf(file).isPresent();
        } catch (UnfogException e) {
            return false;
        }
    }

    private boolean isOf(MediaKind kind, Path file) {
        try {
            return media().kindOf(file).filter(kind::equals).isPresent();
        } catch (UnfogException e) {
            return true;
        }
    }

    /**
     * The result of a picture in a format that cannot be written, or that its name does not tell, is a PNG; that of a recording in
     * such a format is a WAV.
     */
    private static String resultName(String name) {
        int dot = name.lastIndexOf('.');
        Optional<PictureFormat> format = PictureFormat.ofExtension(name.substring(dot + 1));
        if (dot <= 0) {
            return name + ".png";
        }
        Optional<AudioContainer> sound =
                AudioContainer.ofExtension(name.substring(dot + 1).toLowerCase(Locale.ROOT));
        if (sound.isPresent() && !sound.get().isWritable()) {
            return name.substring(0, dot) + ".wav";
        }
        return format.isPresent() && !format.get().isWritable() ? name.substring(0, dot) + ".png" : name;
    }

    private synchronized MediaFiles media() {
        if (media == null) {
            List<Codec> codecs = new ArrayList<>();
            plugins().codecs().forEach(codec -> codecs.add(new PluginCodec(codec)));
            media = new MediaFiles(codecs);
        }
        return media;
    }

    /** Has the plugin to which a file's format belongs, if there is one, write into it how it was made. */
    void addProvenance(Path file, String provenance) {
        media().addProvenance(file, provenance);
    }

    /** A plugin's codec, called as a plugin must be. */
    private record PluginCodec(PluginExtension<Codec> codec) implements Codec {
        @Override
        public MediaKind kind() {
            return codec.call(Codec::kind);
        }

        @Override
        public Set<String> extensions() {
            return codec.<Set<String>>call(Codec::extensions);
        }

        @Override
        public Media open(Path file, Path temporaryDirectory) {
            return codec.<Media>call(called -> called.open(file, temporaryDirectory));
        }

        @Override
        public void addProvenance(Path file, String provenance) {
            codec.run(called -> called.addProvenance(file, provenance));
        }
    }

    /** Closes networks, then plugins. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        if (networks != null) {
            networks.close();
        }
        if (plugins != null) {
            plugins.close();
        }
    }
}
