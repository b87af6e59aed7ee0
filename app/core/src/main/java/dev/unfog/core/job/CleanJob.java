package dev.unfog.core.job;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.core.media.PictureFile;
import dev.unfog.core.media.ResultFiles;
import dev.unfog.core.media.ResultOptions;
import dev.unfog.core.media.audio.AudioFile;
import dev.unfog.core.model.FileDigests;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Cleans one file into another: opens it, has a plugin clean it, and moves the results into place with a record of how they were
 * made.
 *
 * <p>Nothing appears under its final name before the plugin has returned normally; whatever happens, nothing temporary is left.
 * Safe for use by many threads.
 */
public final class CleanJob {
    private final Unfog unfog;
    private final PluginExtension<Cleaner> cleaner;
    private final RunSettings settings;
    private final ResultOptions options;
    private final Map<Path, String> names;

    /**
     * What came of a file.
     *
     * @param outputs the files written, the main result first
     * @param plugin the plugin that did it
     * @param seconds how long it took
     * @param notes what the plugin noted, such as an estimated noise level
     * @param warnings what the user should know of, such as metadata that had to be left out, each a clause
     * @param networks the SHA-256 of each network that was used, by what the plugin asked for
     */
    public record Result(
            List<Path> outputs,
            String plugin,
            double seconds,
            Map<String, Object> notes,
            List<String> warnings,
            Map<String, String> networks) {}

    /** Follows a job. Safe for use by many threads. */
    public interface Listener extends Progress {
        /**
         * Says that the file has been opened and the plugin begins.
         *
         * @param media the sample; closed once the job has ended
         */
        default void opened(Media media) {}
    }

    /**
     * Creates a job, which can be run for any number of files.
     *
     * @param unfog the host
     * @param cleaner what cleans
     * @param settings how it is run
     * @param options how results are written
     */
    public CleanJob(Unfog unfog, PluginExtension<Cleaner> cleaner, RunSettings settings, ResultOptions options) {
        this(unfog, cleaner, settings, options, Map.of());
    }

    /**
     * Creates a job whose files are stored under other names than people gave them.
     *
     * @param names by file, what provenance calls it; others are called as they are stored
     */
    public CleanJob(
            Unfog unfog,
            PluginExtension<Cleaner> cleaner,
            RunSettings settings,
            ResultOptions options,
            Map<Path, String> names) {
        this.unfog = unfog;
        this.cleaner = cleaner;
        this.settings = settings;
        this.options = options;
        this.names = Map.copyOf(names);
    }

    /**
     * Cleans a file.
     *
     * @param input the file
     * @param output the file that the main result becomes; folders on the way are made
     * @param parameters values of the cleaner's parameters
     * @param listener told how far it is
     * @param cancellation asked whether to go on
     * @throws UnfogException whatever keeps the file from being cleaned
     */
    public Result run(
            Path input, Path output, ParameterValues parameters, Listener listener, Cancellation cancellation) {
        long began = System.nanoTime();
        try (TemporaryFolder temporary = TemporaryFolder.create();
                Media media = unfog.open(input, temporary.path());
                ResultFiles results = new ResultFiles(output, media, options, temporary.path())) {
            listener.opened(media);
            CallContext context = new CallContext(
                    unfog, cleaner.pluginId(), settings, listener, cancellation, temporary.subfolder("plugin"));
            cleaner.run(called -> called.clean(media, results, parameters, context));
            cancellation.throwIfCancelled();
            if (!results.hasMain()) {
                throw new UnfogException(
                        ErrorCode.PLUGIN_BROKEN,
                        "plugin " + cleaner.pluginId(),
                        "it returned no result for " + input,
                        "update the plugin, or name another one with --plugin");
            }
            List<Path> outputs = results.commit(provenance(input, parameters, context), unfog::addProvenance);
            List<String> warnings = new ArrayList<>();
            if (media instanceof PictureFile picture) {
                warnings.addAll(picture.warnings());
            }
            if (media instanceof AudioFile audio) {
                warnings.addAll(audio.warnings());
            }
            warnings.addAll(results.warnings());
            Map<String, String> networks = new LinkedHashMap<>();
            context.networks().forEach(used -> networks.put(used.asked(), used.sha256()));
            return new Result(
                    outputs,
                    cleaner.pluginId(),
                    (System.nanoTime() - began) / 1e9,
                    results.notes(),
                    warnings,
                    networks);
        }
    }

    private Map<String, Object> provenance(Path input, ParameterValues parameters, CallContext context) {
        Map<String, Object> plugin = new LinkedHashMap<>();
        plugin.put("id", cleaner.pluginId());
        unfog.plugins().versionOf(cleaner.pluginId()).ifPresent(version -> plugin.put("version", version));
        List<Map<String, Object>> networks = new ArrayList<>();
        for (CallContext.UsedNetwork used : context.networks()) {
            Map<String, Object> network = new LinkedHashMap<>();
            network.put("id", used.id());
            network.put("sha256", used.sha256());
            network.put("device", used.device());
            networks.add(network);
        }
        Map<String, Object> values = new LinkedHashMap<>();
        parameters
                .asMap()
                .forEach((name, value) -> values.put(
                        name, value instanceof Path file ? names.getOrDefault(file, file.toString()) : value));
        Map<String, Object> source = new LinkedHashMap<>();
        source.put("name", names.getOrDefault(input, String.valueOf(input.getFileName())));
        source.put("sha256", FileDigests.of(input));
        Map<String, Object> provenance = new LinkedHashMap<>();
        provenance.put("unfog", Installation.VERSION);
        provenance.put("plugin", plugin);
        provenance.put("networks", networks);
        provenance.put("parameters", values);
        provenance.put("seed", settings.seed());
        provenance.put("input", source);
        return provenance;
    }
}
