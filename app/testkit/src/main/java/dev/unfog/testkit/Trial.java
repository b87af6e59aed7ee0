package dev.unfog.testkit;

import dev.unfog.api.UnfogException;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.api.plugin.Fitter;
import dev.unfog.api.plugin.Operation;
import dev.unfog.api.plugin.Scorer;
import dev.unfog.core.job.CleanJob;
import dev.unfog.core.job.FitJob;
import dev.unfog.core.job.RunSettings;
import dev.unfog.core.job.ScoreJob;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.media.ResultOptions;
import dev.unfog.core.model.FileDigests;
import dev.unfog.core.onnx.DevicePolicy;
import dev.unfog.core.plugin.PluginExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One operation of a plugin and one sample for it: what a user asks for, ready to be run.
 *
 * @param model what a scorer reads, where it is one
 */
record Trial(
        Unfog unfog,
        String pluginId,
        Operation operation,
        Path sample,
        Map<String, String> parameters,
        Optional<Path> model) {

    /** Returns a trial, or nothing where a scorer has no model yet, or the operation is for live sound. */
    static Optional<Trial> of(
            Unfog unfog,
            String pluginId,
            Operation operation,
            Path sample,
            Map<String, String> parameters,
            Optional<Path> model) {
        boolean isReady = operation instanceof Cleaner
                || operation instanceof Fitter
                || operation instanceof Scorer && model.isPresent();
        Map<String, String> declared = new HashMap<>(parameters);
        declared.keySet()
                .retainAll(operation.parameters().stream().map(Parameter::name).toList());
        return isReady ? Optional.of(new Trial(unfog, pluginId, operation, sample, declared, model)) : Optional.empty();
    }

    Trial on(Path other) {
        return new Trial(unfog, pluginId, operation, other, parameters, model);
    }

    Trial with(Path otherModel) {
        return new Trial(unfog, pluginId, operation, sample, parameters, Optional.of(otherModel));
    }

    String name() {
        return operation.getClass().getName();
    }

    boolean isFitter() {
        return operation instanceof Fitter;
    }

    /** Runs it and returns name and SHA-256 of each result, in the order of their names. */
    List<String> results(Path folder, long seed) throws IOException {
        List<String> results = new ArrayList<>();
        for (Path file : run(folder, seed, new Watch())) {
            results.add(file.getFileName() + " " + FileDigests.of(file));
        }
        return results;
    }

    /** Runs it and returns the files that it wrote into a folder, in the order of their names. */
    List<Path> run(Path folder, long seed, Watch watch) throws IOException {
        RunSettings settings = new RunSettings(Optional.empty(), DevicePolicy.parse("cpu"), seed);
        ParameterValues values = ParameterValues.parse(operation.parameters(), parameters);
        if (operation instanceof Cleaner cleaner) {
            Path output = unfog.plan(List.of(sample), folder.toString(), false)
                    .items()
                    .get(0)
                    .output();
            new CleanJob(unfog, new PluginExtension<>(pluginId, cleaner), settings, ResultOptions.DEFAULT)
                    .run(sample, output, values, watch, watch);
        } else if (operation instanceof Fitter fitter) {
            new FitJob(unfog, new PluginExtension<>(pluginId, fitter), values, settings)
                    .fit(List.of(sample), Set.of(), folder.resolve("model"), watch, watch);
        } else if (operation instanceof Scorer scorer) {
            score(scorer, folder, values, settings, watch);
        }
        return Folders.files(folder);
    }

    private void score(Scorer scorer, Path folder, ParameterValues values, RunSettings settings, Watch watch)
            throws IOException {
        List<String> lines = new ArrayList<>();
        try (ScoreJob job = new ScoreJob(
                unfog, new PluginExtension<>(pluginId, scorer), model.orElseThrow(), values, settings, watch, watch)) {
            job.score(
                    sample,
                    score -> lines.add(score.value() + " " + score.pValue() + " " + new TreeMap<>(score.details())));
        }
        Files.write(folder.resolve("scores.txt"), lines);
    }

    /** Returns the error with which a value is refused, if it is. */
    static Optional<UnfogException> refusal(Operation operation, String parameter, String value) {
        try {
            ParameterValues.parse(operation.parameters(), Map.of(parameter, value));
            return Optional.empty();
        } catch (UnfogException exception) {
            return Optional.of(exception);
        }
    }

    @Override
    public String toString() {
        return operation.getClass().getSimpleName() + " on " + sample.getFileName();
    }
}
