package dev.unfog.core.job;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.train.ScoreTraining;
import dev.unfog.core.model.InstalledModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a plugin is handed for one call; remembers which networks it opened. */
final class CallContext implements PluginContext {
    /** A network that a plugin opened: what it asked for, and what it got, as provenance names it. */
    record UsedNetwork(String asked, String id, String sha256, String device) {}

    private final Unfog unfog;
    private final String pluginId;
    private final RunSettings settings;
    private final Progress progress;
    private final Cancellation cancellation;
    private final Path temporaryDirectory;
    private final Set<UsedNetwork> networks = new LinkedHashSet<>();

    CallContext(
            Unfog unfog,
            String pluginId,
            RunSettings settings,
            Progress progress,
            Cancellation cancellation,
            Path temporaryDirectory) {
        this.unfog = unfog;
        this.pluginId = pluginId;
        this.settings = settings;
        this.progress = progress;
        this.cancellation = cancellation;
        this.temporaryDirectory = temporaryDirectory;
    }

    @Override
    public ScoreNetwork openNetwork(String id) {
        return open(id, installed(unfog, settings, pluginId, id));
    }

    @Override
    public ScoreNetwork openNetwork(Path network) {
        return open(network.toString(), unfog.models().at(network));
    }

    /** Returns the network that a plugin gets when it asks for one by name. */
    static InstalledModel installed(Unfog unfog, RunSettings settings, String pluginId, String id) {
        // A plugin that lends a network lends it whatever network is asked for.
        String wanted = unfog.plugins()
                .networkOf(pluginId)
                .map(own -> pluginId + "/" + own)
                .orElse(id);
        return settings.model()
                .map(named -> unfog.models().choose(named, pluginId))
                .orElseGet(() -> unfog.models().find(wanted, pluginId));
    }

    private ScoreNetwork open(String asked, InstalledModel installed) {
        ScoreNetwork network = unfog.openNetwork(installed, settings.device());
        synchronized (networks) {
            networks.add(new UsedNetwork(
                    asked,
                    installed.card().id(),
                    installed.card().sha256(),
                    network.device().toString()));
        }
        return network;
    }

    @Override
    public ScoreTraining training() {
        return TrainingService.of(unfog.installation());
    }

    @Override
    public Media openMedia(Path file, MediaKind kind) {
        Media media = unfog.open(file, temporaryDirectory);
        if (!media.kind().equals(kind)) {
            MediaKind found = media.kind();
            media.close();
            throw new UnfogException(
                    ErrorCode.UNSUPPORTED_MEDIA,
                    file.toString(),
                    "it is of kind " + found + ", and " + kind + " is needed",
                    "name another file");
        }
        return media;
    }

    @Override
    public Progress progress() {
        return progress;
    }

    @Override
    public Cancellation cancellation() {
        return cancellation;
    }

    @Override
    public long seed() {
        return settings.seed();
    }

    @Override
    public Path temporaryDirectory() {
        return temporaryDirectory;
    }

    /** Returns the networks that the plugin has opened so far. */
    List<UsedNetwork> networks() {
        synchronized (networks) {
            return new ArrayList<>(networks);
        }
    }
}
