package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.plugin.Fitter;
import dev.unfog.api.plugin.Scorer;
import dev.unfog.core.job.RowsEvaluation;
import dev.unfog.core.job.RowsEvaluation.Measurement;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unfog eval rows}. */
@Command(
        name = "rows",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Learn from the normal rows of labelled tables, score the rest, and measure.",
        description = {
            "%nOf the rows labelled 0, the first half is normal: the plugin learns from 80 %% of it and calibrates on the rest. "
                    + "The second half and all other rows are the test. AUROC is the chance that an anomaly scores above a "
                    + "normal row. Beside it stand those of the distance to the 5th nearest neighbour on standardised columns, of "
                    + "the isolation forest and of the Mahalanobis distance, learned from the same 80 %%. FPR is the share of normal rows flagged at 5 %% and 1 %%, over 1000 random "
                    + "splits of the normal test rows into calibration and test."
        },
        customSynopsis = {"unfog eval rows FILE... --label COLUMN [OPTIONS]"},
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "%nExamples:",
            "  unfog eval rows cardio.csv.gz wilt.csv.gz --label label",
            "  unfog eval rows *.csv --label label --shuffle 0 --json",
        })
final class EvaluateRowsCommand implements Callable<Integer> {
    private final Session session;
    private ParameterFlags flags = new ParameterFlags(Map.of());

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Tables of numbers with a column of labels.")
    private List<Path> files = List.of();

    @Option(
            names = "--label",
            required = true,
            paramLabel = "COLUMN",
            order = 1,
            description = "The column that is 0 for normal rows.")
    private String label = "";

    @Option(
            names = "--shuffle",
            paramLabel = "SEED",
            order = 2,
            description = "Shuffle the rows first (default: the file's order).")
    private @Nullable Long shuffle;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    EvaluateRowsCommand(Session session) {
        this.session = session;
    }

    /** Returns the command, with the flags of the installed plugins if they are wanted. */
    CommandLine commandLine(boolean withFlags) {
        CommandLine command = new CommandLine(this);
        if (withFlags) {
            flags = OperationFlags.declared(session, Fitter.class, parameter -> true);
            flags.addTo(command.getCommandSpec());
        }
        return command;
    }

    @Override
    public Integer call() {
        ErrorReport errors = new ErrorReport(session);
        Unfog unfog = session.unfog(errors);
        PluginExtension<Fitter> fitter = unfog.fitters(network.plugins).of(MediaKind.ROWS);
        PluginExtension<Scorer> scorer =
                unfog.scorers(List.of(fitter.pluginId())).of(MediaKind.ROWS);
        Map<String, String> texts = flags.textsOf(spec.commandLine().getParseResult(), fitter.pluginId());
        RowsEvaluation evaluation = new RowsEvaluation(unfog, fitter, scorer, texts, network.settings(unfog));
        OptionalLong seed = shuffle == null ? OptionalLong.empty() : OptionalLong.of(shuffle);
        List<Measurement> measurements = new ArrayList<>();
        int failed = 0;
        try (ProgressLine progress = new ProgressLine(session.terminal())) {
            for (int i = 0; i < files.size(); i++) {
                Path file = files.get(i);
                double from = (double) i / files.size();
                double to = (i + 1.0) / files.size();
                try {
                    measurements.add(evaluation.measure(
                            file,
                            label,
                            seed,
                            (fraction, doing) ->
                                    progress.report(from + (to - from) * fraction, file.getFileName() + "  " + doing),
                            session.cancellation()));
                } catch (UnfogException e) {
                    if (e.code() == ErrorCode.CANCELLED || e.code() == ErrorCode.BAD_PARAMETER) {
                        throw e;
                    }
                    failed++;
                    progress.clear();
                    errors.print(e);
                }
            }
        }
        if (common.json) {
            session.terminal().out().println(Json.write(json(measurements)));
        } else if (!measurements.isEmpty()) {
            printTable(measurements);
        }
        return ExitCode.of(measurements.size(), failed);
    }

    private static Map<String, Double> figures(Measurement measurement) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("auroc", measurement.score().auroc());
        figures.put("auroc_norms", measurement.norms());
        figures.put("auroc_knn", measurement.neighbours().auroc());
        figures.put("auroc_iforest", measurement.isolationForest().auroc());
        figures.put("auroc_mahalanobis", measurement.mahalanobis().auroc());
        figures.put("ap", measurement.score().averagePrecision());
        figures.put("ap_knn", measurement.neighbours().averagePrecision());
        figures.put("fpr_05", measurement.falsePositives05());
        figures.put("fpr_01", measurement.falsePositives01());
        figures.put("fit_s", measurement.fitSeconds());
        figures.put("score_s", measurement.scoreSeconds());
        return figures;
    }

    private static Map<String, Double> means(List<Measurement> measurements) {
        Map<String, Double> means = new LinkedHashMap<>();
        for (Measurement measurement : measurements) {
            figures(measurement).forEach((name, value) -> means.merge(name, value / measurements.size(), Double::sum));
        }
        return means;
    }

    private static Map<String, Object> json(List<Measurement> measurements) {
        List<Map<String, Object>> results = new ArrayList<>();
        for (Measurement measurement : measurements) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("file", measurement.file());
            result.put("training_rows", measurement.trainingRows());
            result.put("test_rows", measurement.testRows());
            result.put("anomalies", measurement.anomalies());
            figures(measurement).forEach((name, value) -> result.put(name, finite(value)));
            results.add(result);
        }
        Map<String, Object> mean = new LinkedHashMap<>();
        means(measurements).forEach((name, value) -> mean.put(name, finite(value)));
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("results", results);
        object.put("mean", mean);
        return object;
    }

    /** A plugin need not tell the norms alone, and JSON has no NaN. */
    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private void printTable(List<Measurement> measurements) {
        int width = measurements.stream()
                .mapToInt(measurement -> measurement.file().length())
                .max()
                .orElse(0);
        String row = "%-" + Math.max(width, 4) + "s  %6s  %6s  %6s  %6s  %6s  %6s  %6s  %6s  %6s  %6s";
        print(row, "file", "AUROC", "norms", "kNN", "forest", "Mahal.", "AP", "AP kNN", "FPR 5%", "FPR 1%", "fit s");
        for (Measurement measurement : measurements) {
            print(row, measurement.file(), figures(measurement));
        }
        print(row, "mean", means(measurements));
    }

    private void print(String row, String name, Map<String, Double> figures) {
        List<Object> cells = new ArrayList<>();
        cells.add(name);
        figures.forEach((figure, value) -> {
            if (!figure.equals("score_s")) {
                double shown = figure.equals("fit_s") ? value : 100 * value;
                cells.add(
                        Double.isNaN(value)
                                ? "-"
                                : String.format(Locale.ROOT, figure.startsWith("fpr") ? "%.2f" : "%.1f", shown));
            }
        });
        print(row, cells.toArray());
    }

    private void print(String row, Object... cells) {
        session.terminal().out().println(String.format(Locale.ROOT, row, cells));
    }
}
