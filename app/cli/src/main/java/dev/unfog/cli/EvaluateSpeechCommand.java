package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.core.job.SpeechEvaluation;
import dev.unfog.core.job.SpeechEvaluation.Measurement;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unfog eval speech}. */
@Command(
        name = "speech",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Clean noisy recordings of speech and measure what comes out against clean ones.",
        description = {
            "%nPairs are files of the same name in two folders. SI-SDR (dB, both signals freed of their mean), STOI and ESTOI "
                    + "(0 to 1) are against the clean recording; DNSMOS P.835 (SIG, BAK, OVRL, 1 to 5) judges recordings at 16 kHz "
                    + "alone, with Microsoft's network sig_bak_ovr.onnx. Nothing is rounded on the way. The figures of a whole "
                    + "folder are means over its pairs, with 95 %% confidence intervals in --json. RTF is the time that cleaning "
                    + "took, as a share of the recording's."
        },
        customSynopsis = {"unfog eval speech --clean DIR --noisy DIR [OPTIONS]"},
        optionListHeading = "%nOptions:%n",
        footer = {
            "%nExamples:",
            "  unfog eval speech --clean clean --noisy noisy",
            "  unfog eval speech --clean clean --noisy noisy --steps 8 --dnsmos sig_bak_ovr.onnx --json",
        })
final class EvaluateSpeechCommand implements Callable<Integer> {
    private final Session session;
    private ParameterFlags flags = new ParameterFlags(Map.of());

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--clean",
            required = true,
            paramLabel = "DIR",
            order = 1,
            description = "A folder of clean recordings.")
    private Path clean = Path.of("");

    @Option(
            names = "--noisy",
            required = true,
            paramLabel = "DIR",
            order = 2,
            description = "A folder of noisy recordings of the same, named alike.")
    private Path noisy = Path.of("");

    @Option(
            names = "--dnsmos",
            paramLabel = "FILE",
            order = 3,
            description = "The network sig_bak_ovr.onnx of DNSMOS P.835.")
    private @Nullable Path dnsmos;

    @Option(names = "--limit", paramLabel = "N", order = 4, description = "Take the first N pairs only.")
    private @Nullable Integer limit;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    EvaluateSpeechCommand(Session session) {
        this.session = session;
    }

    /** Returns the command, with the flags of the installed plugins if they are wanted. */
    CommandLine commandLine(boolean withFlags) {
        CommandLine command = new CommandLine(this);
        if (withFlags) {
            flags = OperationFlags.declared(session, Cleaner.class, MediaKind.AUDIO::equals, parameter -> true);
            flags.addTo(command.getCommandSpec());
        }
        return command;
    }

    @Override
    public Integer call() {
        Unfog unfog = session.unfog();
        ErrorReport errors = new ErrorReport(session);
        unfog.plugins().failures().forEach(errors::warn);
        PluginExtension<Cleaner> cleaner = unfog.cleaners(network.plugins).of(MediaKind.AUDIO);
        Map<String, String> texts = flags.textsOf(spec.commandLine().getParseResult(), cleaner.pluginId());
        Map<Path, Path> pairs = pairs(unfog);
        List<Measurement> measurements = new ArrayList<>();
        int failed = 0;
        int done = 0;
        try (SpeechEvaluation evaluation = new SpeechEvaluation(
                        unfog, cleaner, texts, network.settings(unfog), Optional.ofNullable(dnsmos));
                ProgressLine progress = new ProgressLine(session.terminal())) {
            for (Map.Entry<Path, Path> pair : pairs.entrySet()) {
                double from = (double) done / pairs.size();
                double to = (done + 1.0) / pairs.size();
                String message = String.valueOf(pair.getKey().getFileName());
                try {
                    measurements.add(evaluation.measure(
                            pair.getValue(),
                            pair.getKey(),
                            (fraction, doing) -> progress.report(from + (to - from) * fraction, message),
                            session.cancellation()));
                } catch (UnfogException e) {
                    if (e.code() == ErrorCode.CANCELLED) {
                        throw e;
                    }
                    failed++;
                    progress.clear();
                    errors.print(e);
                }
                done++;
            }
        }
        if (common.json) {
            session.terminal().out().println(Json.write(json(measurements)));
        } else if (!measurements.isEmpty()) {
            printTable(measurements);
        }
        return ExitCode.of(measurements.size(), failed);
    }

    /** The clean recording of each noisy one. */
    private Map<Path, Path> pairs(Unfog unfog) {
        if (limit != null && limit < 1) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER, "--limit", limit + " leaves no pair", "give a number from 1");
        }
        Map<String, Path> references = unfog.filesIn(clean, MediaKind.AUDIO).stream()
                .collect(Collectors.toMap(EvaluateSpeechCommand::stem, file -> file, (first, second) -> first));
        Map<Path, Path> pairs = new LinkedHashMap<>();
        for (Path file : unfog.filesIn(noisy, MediaKind.AUDIO)) {
            Path reference = references.get(stem(file));
            if (reference == null) {
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        file.toString(),
                        "there is no clean recording of this name in " + clean,
                        "give each noisy recording a clean one that is named alike");
            }
            if (limit == null || pairs.size() < limit) {
                pairs.put(file, reference);
            }
        }
        return pairs;
    }

    private static String stem(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? name : name.substring(0, dot);
    }

    private static Map<String, Object> json(List<Measurement> measurements) {
        Map<String, Object> used = new LinkedHashMap<>();
        used.put("id", measurements.isEmpty() ? null : measurements.get(0).networkId());
        used.put("sha256", measurements.isEmpty() ? null : measurements.get(0).networkSha256());
        List<Map<String, Object>> results = new ArrayList<>();
        for (Measurement measurement : measurements) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("file", measurement.file());
            measurement.figures().forEach((name, value) -> result.put(name, finite(value)));
            results.add(result);
        }
        Map<String, Object> mean = new LinkedHashMap<>();
        Map<String, Object> interval = new LinkedHashMap<>();
        for (String name : names(measurements)) {
            mean.put(name, finite(mean(measurements, name)));
            interval.put(name, finite(interval(measurements, name)));
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("network", used);
        object.put("results", results);
        object.put("mean", mean);
        object.put("ci95", interval);
        return object;
    }

    private static List<String> names(List<Measurement> measurements) {
        return measurements.isEmpty()
                ? List.of()
                : List.copyOf(measurements.get(0).figures().keySet());
    }

    /** JSON has no infinity and no NaN. */
    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private static double[] values(List<Measurement> measurements, String name) {
        return measurements.stream()
                .mapToDouble(measurement -> measurement.figures().get(name))
                .filter(value -> !Double.isNaN(value))
                .toArray();
    }

    private static double mean(List<Measurement> measurements, String name) {
        double sum = 0;
        double[] values = values(measurements, name);
        for (double value : values) {
            sum += value;
        }
        return values.length == 0 ? Double.NaN : sum / values.length;
    }

    /** Half the width of the 95 % confidence interval of the mean, by the normal distribution. */
    private static double interval(List<Measurement> measurements, String name) {
        double[] values = values(measurements, name);
        if (values.length < 2) {
            return Double.NaN;
        }
        double mean = mean(measurements, name);
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return 1.96 * Math.sqrt(squares / (values.length - 1) / values.length);
    }

    private void printTable(List<Measurement> measurements) {
        int width = measurements.stream()
                .mapToInt(measurement -> measurement.file().length())
                .max()
                .orElse(0);
        List<String> names = names(measurements);
        StringBuilder head = new StringBuilder(pad("file", Math.max(width, 4)));
        names.forEach(name -> head.append("  ").append(String.format(Locale.ROOT, "%10s", name)));
        session.terminal().out().println(head);
        for (Measurement measurement : measurements) {
            print(pad(measurement.file(), Math.max(width, 4)), measurement.figures());
        }
        Map<String, Double> means = new LinkedHashMap<>();
        Map<String, Double> intervals = new LinkedHashMap<>();
        for (String name : names) {
            means.put(name, mean(measurements, name));
            intervals.put(name, interval(measurements, name));
        }
        print(pad("mean", Math.max(width, 4)), means);
        print(pad("±", Math.max(width, 4)), intervals);
    }

    private static String pad(String text, int width) {
        return String.format(Locale.ROOT, "%-" + width + "s", text);
    }

    private void print(String name, Map<String, Double> figures) {
        StringBuilder line = new StringBuilder(name);
        figures.values().forEach(value -> line.append("  ")
                .append(
                        Double.isNaN(value)
                                ? pad("-", 10)
                                : String.format(Locale.ROOT, Math.abs(value) < 3 ? "%10.3f" : "%10.2f", value)));
        session.terminal().out().println(line);
    }
}
