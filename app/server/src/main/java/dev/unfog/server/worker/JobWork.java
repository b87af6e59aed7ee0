package dev.unfog.server.worker;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.api.plugin.Fitter;
import dev.unfog.api.plugin.Operation;
import dev.unfog.api.plugin.Scorer;
import dev.unfog.core.job.CleanJob;
import dev.unfog.core.job.FitInputs;
import dev.unfog.core.job.FitJob;
import dev.unfog.core.job.OperationChoice;
import dev.unfog.core.job.RunSettings;
import dev.unfog.core.job.ScoreJob;
import dev.unfog.core.job.ScoreReport;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.media.PictureFormat;
import dev.unfog.core.media.ResultOptions;
import dev.unfog.core.media.audio.AudioContainer;
import dev.unfog.core.media.rows.CsvTableWriter;
import dev.unfog.core.model.FileDigests;
import dev.unfog.core.onnx.DevicePolicy;
import dev.unfog.core.plugin.PluginExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Carries out one order. For one thread. */
final class JobWork {
    private static final String MODEL = "model.unfog";
    private static final String REPORT = "report.csv";
    /** So large a share of normal samples is flagged. */
    private static final double FLAGGED_SHARE = 0.05;

    private final Unfog unfog;
    private final Order.Run order;
    private final Cancellation cancellation;
    private final RunSettings settings;

    /** What came of a file. */
    record Outcome(List<String> outputs, Map<String, Object> notes, List<String> warnings, double seconds) {}

    /** Follows the work. */
    interface Listener {
        void begun(int file);

        Progress progress(int file);

        void done(int file, String kind, Outcome outcome);

        void failed(int file, @Nullable String kind, UnfogException error);
    }

    JobWork(Unfog unfog, Order.Run order, Cancellation cancellation) {
        this.unfog = unfog;
        this.order = order;
        this.cancellation = cancellation;
        this.settings = new RunSettings(Optional.empty(), DevicePolicy.AUTO, order.seed());
    }

    /**
     * Does it.
     *
     * @return names of files in the output folder that belong to the job as a whole
     * @throws UnfogException whatever keeps the whole job from being done
     */
    List<String> run(Listener listener) {
        return switch (order.verb()) {
            case "clean" -> clean(listener);
            case "fit" -> fit(listener);
            case "score" -> score(listener);
            default ->
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        order.verb(),
                        "there is no such operation",
                        "choose clean, fit or score");
        };
    }

    private List<String> clean(Listener listener) {
        OperationChoice<Cleaner> cleaners = unfog.cleaners(named());
        for (int i = 0; i < order.inputs().size(); i++) {
            cancellation.throwIfCancelled();
            listener.begun(i);
            Path input = Path.of(order.inputs().get(i).path());
            String kind = null;
            try {
                MediaKind found = unfog.kindOf(input);
                kind = found.name();
                PluginExtension<Cleaner> cleaner = cleaners.of(found);
                ParameterValues values = values(cleaner);
                Path output = Path.of(order.outputFolder()).resolve(i + "." + extension(found, input));
                CleanJob.Result result = new CleanJob(unfog, cleaner, settings, ResultOptions.DEFAULT, names())
                        .run(input, output, values, listener.progress(i)::report, cancellation);
                Outcome outcome = outcome(result);
                preview(input, output);
                listener.done(i, kind, outcome);
            } catch (UnfogException e) {
                cancellation.throwIfCancelled();
                listener.failed(i, kind, e);
            }
        }
        return List.of();
    }

    /** Returns what people call the files, which are stored under numbers. */
    private Map<Path, String> names() {
        Map<Path, String> names = new HashMap<>();
        order.inputs().forEach(input -> names.put(Path.of(input.path()), input.name()));
        order.parameterFiles()
                .forEach((parameter, name) -> names.put(
                        Path.of(Objects.requireNonNull(order.parameters().get(parameter))), name));
        return names;
    }

    private List<String> named() {
        return order.plugin() == null ? List.of() : List.of(order.plugin());
    }

    private List<Path> inputs() {
        return order.inputs().stream().map(input -> Path.of(input.path())).toList();
    }

    private List<String> fit(Listener listener) {
        long began = System.nanoTime();
        listener.begun(0);
        FitInputs inputs = FitInputs.of(unfog, inputs());
        PluginExtension<Fitter> fitter = unfog.fitters(named()).of(inputs.kind());
        Path model = Path.of(order.outputFolder()).resolve(MODEL);
        new FitJob(unfog, fitter, values(fitter), settings)
                .fit(inputs.files(), Set.of(), model, listener.progress(0), cancellation);
        double each = (System.nanoTime() - began) / 1e9 / inputs.files().size();
        for (int i = 0; i < inputs.files().size(); i++) {
            listener.done(i, inputs.kind().name(), new Outcome(List.of(), Map.of(), List.of(), each));
        }
        return List.of(MODEL);
    }

    private List<String> score(Listener listener) {
        Path model = Path.of(Objects.requireNonNull(order.model()));
        PluginExtension<Scorer> scorer = unfog.scorers(named()).of(unfog.kindOf(inputs().get(0)));
        Path folder = Path.of(order.outputFolder());
        try (CsvTableWriter table = new CsvTableWriter(folder.resolve(REPORT), ScoreReport.COLUMNS);
                ScoreJob job = new ScoreJob(
                        unfog, scorer, model, values(scorer), settings, listener.progress(0), cancellation);
                ScoreReport report = new ScoreReport(FLAGGED_SHARE, false, FileDigests.of(model), table::write)) {
            for (int i = 0; i < order.inputs().size(); i++) {
                cancellation.throwIfCancelled();
                listener.begun(i);
                score(i, job, report, listener);
            }
            report.finish();
        }
        return List.of(REPORT);
    }

    /** Scores one file. Its maps become results of their own; of a table, the least usual row is told. */
    private void score(int index, ScoreJob job, ScoreReport report, Listener listener) {
        long began = System.nanoTime();
        Order.Input input = order.inputs().get(index);
        Path path = Path.of(input.path());
        String kind = null;
        try {
            MediaKind found = unfog.kindOf(path);
            kind = found.name();
            boolean isTable = found.equals(MediaKind.ROWS);
            Map<String, Object> notes = new LinkedHashMap<>();
            long[] rows = {0};
            Consumer<Scorer.Score> scores = score -> {
                rows[0]++;
                report.add(input.name(), isTable ? rows[0] : 0, score);
                if (!(notes.get("pValue") instanceof Double least) || score.pValue() < least) {
                    notes.put("score", score.value());
                    notes.put("pValue", score.pValue());
                    if (isTable) {
                        notes.put("leastUsualRow", rows[0]);
                    }
                }
            };
            Path map = Path.of(order.outputFolder()).resolve(index + ".png");
            notes.putAll(isTable ? job.score(path, scores) : job.score(path, input.name(), map, scores));
            double seconds = (System.nanoTime() - began) / 1e9;
            listener.done(index, kind, new Outcome(maps(index), notes, List.of(), seconds));
        } catch (UnfogException e) {
            cancellation.throwIfCancelled();
            listener.failed(index, kind, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> maps(int index) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(order.outputFolder()))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.startsWith(index + "."))
                    .sorted(Comparator.comparingInt(String::length))
                    .toList();
        }
    }

    /** Has the page something to show of pictures that browsers cannot. */
    private void preview(Path input, Path output) {
        for (Path picture : List.of(input, output)) {
            if (PicturePreview.isOfUse(picture)) {
                PicturePreview.write(unfog, picture, cancellation);
            }
        }
    }

    /** A parameter goes to every plugin at work that declares it. */
    private ParameterValues values(PluginExtension<? extends Operation> operation) {
        List<Parameter<?>> declared = operation.call(Operation::parameters);
        Map<String, String> given = new LinkedHashMap<>();
        for (Parameter<?> parameter : declared) {
            String text = order.parameters().get(parameter.name());
            if (text != null) {
                given.put(parameter.name(), text);
            }
        }
        return ParameterValues.parse(declared, given);
    }

    /** A result keeps the format of its input if that can be written. */
    private static String extension(MediaKind kind, Path input) {
        String name = String.valueOf(input.getFileName());
        String extension = name.substring(name.lastIndexOf('.') + 1);
        if (kind.equals(MediaKind.AUDIO)) {
            return AudioContainer.ofExtension(extension)
                    .filter(AudioContainer::isWritable)
                    .map(container -> extension)
                    .orElse("wav");
        }
        if (kind.equals(MediaKind.PICTURE)) {
            return PictureFormat.ofExtension(extension)
                    .filter(PictureFormat::isWritable)
                    .map(format -> extension)
                    .orElse("png");
        }
        return extension;
    }

    private static Outcome outcome(CleanJob.Result result) {
        return new Outcome(
                result.outputs().stream()
                        .map(file -> String.valueOf(file.getFileName()))
                        .toList(),
                result.notes(),
                result.warnings(),
                result.seconds());
    }

    /** Returns an error in which the files are called what people call them. */
    Problem named(UnfogException error) {
        Problem problem = Problem.of(error);
        for (Order.Input input : order.inputs()) {
            problem = problem.replacing(input.path(), input.name());
        }
        for (Map.Entry<String, String> parameter : order.parameters().entrySet()) {
            if (parameter.getValue().startsWith("/")
                    || Path.of(parameter.getValue()).isAbsolute()) {
                problem = problem.replacing(parameter.getValue(), "--" + parameter.getKey());
            }
        }
        return problem.replacing(order.outputFolder() + "/", "result ");
    }
}
