package dev.unfog.cli;

import dev.unfog.api.media.MediaKind;
import dev.unfog.api.plugin.Scorer;
import dev.unfog.core.job.AnomalyEvaluation;
import dev.unfog.core.job.AnomalyEvaluation.Measurement;
import dev.unfog.core.job.AnomalyEvaluation.Result;
import dev.unfog.core.job.FitInputs;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.model.FileDigests;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code unfog eval anomalies}. */
@Command(
        name = "anomalies",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Score pictures or recordings that are known to be normal or not, and measure.",
        description = {
            "%nAUROC is the chance that an anomalous sample scores above a normal one; with --masks also that a pixel where a mask is "
                    + "white is higher on the map than one where it is not, of all samples together. FPR and TPR are the shares "
                    + "of the normal and of the anomalous samples whose p-value is at most --alpha."
        },
        customSynopsis = {"unfog eval anomalies --with MODEL --normal X... --anomalous X... [OPTIONS]"},
        optionListHeading = "%nOptions:%n",
        footer = {
            "%nExample (the fabric is made by examples/anomalies/Fabric.java):",
            "  unfog fit --normal fabric/normal -o fabric.unfog",
            "  unfog eval anomalies --with fabric.unfog --normal fabric/good --anomalous fabric/bad --masks fabric/masks",
        })
final class EvaluateAnomaliesCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--with",
            required = true,
            paramLabel = "MODEL",
            order = 1,
            description = "The model that 'unfog fit' wrote.")
    private Path model = Path.of("");

    @Option(
            names = "--normal",
            required = true,
            arity = "1..*",
            paramLabel = "X",
            order = 2,
            description = "Normal samples that the model was not fitted to: files or folders.")
    private List<Path> normals = List.of();

    @Option(
            names = "--anomalous",
            required = true,
            arity = "1..*",
            paramLabel = "X",
            order = 3,
            description = "Anomalous samples: files or folders.")
    private List<Path> anomalous = List.of();

    @Option(
            names = "--masks",
            paramLabel = "DIR",
            order = 4,
            description = "For each anomalous picture one of the same name and size, white where it is anomalous.")
    private @Nullable Path masks;

    @Option(
            names = "--alpha",
            defaultValue = "0.05",
            paramLabel = "N",
            order = 5,
            description = "Where FPR and TPR are taken (default 0.05).")
    private double alpha = 0.05;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    EvaluateAnomaliesCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Unfog unfog = session.unfog(new ErrorReport(session));
        FitInputs good = FitInputs.of(unfog, normals);
        MediaKind kind = good.kind();
        FitInputs bad = FitInputs.of(unfog, anomalous, kind);
        PluginExtension<Scorer> scorer = unfog.scorers(network.plugins).of(kind);
        AnomalyEvaluation evaluation = new AnomalyEvaluation(unfog, scorer, network.settings(unfog));
        Measurement measurement;
        try (ProgressLine progress = new ProgressLine(session.terminal())) {
            measurement = evaluation.measure(model, good.files(), bad.files(), masks, progress, session.cancellation());
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("auroc", measurement.samples().auroc());
        figures.put("ap", measurement.samples().averagePrecision());
        measurement.pixels().ifPresent(pixels -> {
            figures.put("auroc_pixels", pixels.auroc());
            figures.put("ap_pixels", pixels.averagePrecision());
        });
        figures.put("fpr", measurement.flagged(false, alpha));
        figures.put("tpr", measurement.flagged(true, alpha));
        if (common.json) {
            session.terminal().out().println(Json.write(json(measurement, figures)));
        } else {
            figures.forEach((name, value) -> session.terminal()
                    .out()
                    .println(String.format(Locale.ROOT, "%-12s %6.2f %%", name, 100 * (Double) value)));
        }
        return ExitCode.DONE;
    }

    private Map<String, Object> json(Measurement measurement, Map<String, Object> figures) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("model", model.toString());
        object.put("sha256", FileDigests.of(model));
        object.put("alpha", alpha);
        object.putAll(figures);
        List<Map<String, Object>> results = new ArrayList<>();
        for (Result result : measurement.results()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("file", result.file().toString());
            entry.put("anomalous", result.anomalous());
            entry.put("score", result.score());
            entry.put("p_value", result.pValue());
            results.add(entry);
        }
        object.put("results", results);
        return object;
    }
}
