package dev.unfog.core.job;

import dev.unfog.api.Cancellation;
import dev.unfog.api.Progress;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Scorer;
import dev.unfog.core.media.ResultFiles;
import dev.unfog.core.media.ResultOptions;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** A fitted model, opened by the plugin that wrote it, ready to score files. For one thread; close it after use. */
public final class ScoreJob implements AutoCloseable {
    private final Unfog unfog;
    private final TemporaryFolder temporary;
    private final PluginExtension<Scorer.Session> session;

    /**
     * Opens a model.
     *
     * @param unfog the host
     * @param scorer of the plugin that wrote the model
     * @param model the file
     * @param parameters the scorer's
     * @param settings how it is run
     * @throws dev.unfog.api.UnfogException if the file is not such a model or is damaged
     */
    public ScoreJob(
            Unfog unfog,
            PluginExtension<Scorer> scorer,
            Path model,
            ParameterValues parameters,
            RunSettings settings,
            Progress progress,
            Cancellation cancellation) {
        this.unfog = unfog;
        temporary = TemporaryFolder.create();
        try {
            CallContext context = new CallContext(
                    unfog, scorer.pluginId(), settings, progress, cancellation, temporary.subfolder("plugin"));
            session = scorer.part(scorer.<Scorer.Session>call(called -> called.open(model, parameters, context)));
        } catch (RuntimeException e) {
            temporary.close();
            throw e;
        }
    }

    /**
     * Scores a file's samples and lets maps go.
     *
     * @param file a picture or a recording, which is one sample, or a table, which holds one a row
     * @param scores receives one score per sample, in order
     * @return what the plugin notes, by name
     */
    public Map<String, Object> score(Path file, Consumer<Scorer.Score> scores) {
        ScoreOutputs outputs = new ScoreOutputs();
        score(file, outputs, scores);
        return outputs.notes();
    }

    /** Scores a file's samples, the maps going where they are asked for. */
    void score(Path file, Outputs outputs, Consumer<Scorer.Score> scores) {
        try (TemporaryFolder folder = TemporaryFolder.create();
                Media media = unfog.open(file, folder.path())) {
            session.run(called -> called.score(media, scores, outputs));
        }
    }

    /**
     * Scores a picture or a recording and writes the maps of where it is unusual.
     *
     * @param file the sample
     * @param map the picture to write, a PNG; others stand beside it with their names added
     * @param scores receives the score
     * @return what the plugin notes, by name
     */
    public Map<String, Object> score(Path file, Path map, Consumer<Scorer.Score> scores) {
        return score(file, String.valueOf(file.getFileName()), map, scores);
    }

    /**
     * Scores a picture or a recording that is stored under another name than people gave it.
     *
     * @param name what the maps' provenance calls it
     */
    public Map<String, Object> score(Path file, String name, Path map, Consumer<Scorer.Score> scores) {
        try (TemporaryFolder folder = TemporaryFolder.create();
                Media media = unfog.open(file, folder.path());
                ResultFiles results =
                        new ResultFiles(map, null, new ResultOptions(OptionalInt.empty(), true), folder.path())) {
            session.run(called -> called.score(media, scores, results));
            if (results.hasMain()) {
                results.commit(Map.of("unfog", Installation.VERSION, "scored", name));
            }
            return results.notes();
        }
    }

    @Override
    public void close() {
        session.run(Scorer.Session::close);
        temporary.close();
    }
}
