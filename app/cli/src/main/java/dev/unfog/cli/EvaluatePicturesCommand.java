package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.core.job.PictureEvaluation;
import dev.unfog.core.job.PictureEvaluation.Measurement;
import dev.unfog.core.job.RestorationTask;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unfog eval pictures}. */
@Command(
        name = "pictures",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Spoil clean pictures, restore them, and measure what comes out.",
        description = {
            "%nWhat a plugin returns is clipped and rounded to 8 bits. PSNR (dB) is over all pixels and colours of a picture, "
                    + "SSIM the mean over its colours (11x11 Gaussian window of 1.5, K1 .01, K2 .03); the figures of a whole "
                    + "folder are means over its pictures. What is random depends on --seed, the file's name and the position "
                    + "in the picture alone.",
            "%nTasks, and what --setting means in each:",
            "  denoise   Gaussian noise, not clipped; its standard deviation, of 255 (15,25,50)",
            "  camera    the noise of a Bayer sensor, developed, JPEG 90; electrons a pixel holds (500)",
            "  inpaint   pixels missing at random; how many per cent (50)",
            "  superres  made smaller by bicubic interpolation; how many times (4)",
            "  deblur    a Gaussian blur; its standard deviation in pixels (2)",
            "  jpeg      compression, 4:2:0; its quality (10)",
            "%nPSNR in is that of the spoilt picture: noise before any rounding, black where pixels are missing, bicubic "
                    + "interpolation for superres, of which as many pixels as --setting are shaved at each edge.",
            "%nWith --samples N of 2 or more: the correlation of deviation and error, the share of true values inside the 90 %% "
                    + "interval, and what one sample and (denoise) one step give. Beside camera, which is blind, stands what "
                    + "single noise levels would have given, of 255, had the plugin been told them."
        },
        customSynopsis = {"unfog eval pictures DIR [OPTIONS]"},
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "%nExamples:",
            "  unfog eval pictures kodak24 --sigma 15,25,50 --seed 0",
            "  unfog eval pictures kodak24 --sigma 25 --limit 4 --json",
            "  unfog eval pictures kodak24 --sigma 25 --samples 16 --steps 20",
            "  unfog eval pictures kodak24 --task superres --setting 4",
        })
final class EvaluatePicturesCommand implements Callable<Integer> {
    private final Session session;
    private ParameterFlags flags = new ParameterFlags(Map.of());

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1", paramLabel = "DIR", description = "A folder of clean pictures.")
    private Path folder = Path.of("");

    @Option(
            names = "--task",
            defaultValue = "denoise",
            paramLabel = "NAME",
            order = 0,
            description = "What is to be restored (default denoise).")
    private String taskName = "denoise";

    @Option(
            names = {"--setting", "--sigma"},
            split = ",",
            paramLabel = "N",
            order = 1,
            description = "How much to spoil the pictures; see the list of tasks. --sigma is another name for it.")
    private List<Double> settings = List.of();

    @Option(names = "--blind", order = 2, description = "Keep the strength of the noise from the plugin.")
    private boolean blind;

    @Option(names = "--limit", paramLabel = "N", order = 3, description = "Take the first N pictures only.")
    private @Nullable Integer limit;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    EvaluatePicturesCommand(Session session) {
        this.session = session;
    }

    /** Returns the command, with the flags of the installed plugins if they are wanted. */
    CommandLine commandLine(boolean withFlags) {
        CommandLine command = new CommandLine(this);
        if (withFlags) {
            Set<String> taken = Arrays.stream(RestorationTask.values())
                    .map(RestorationTask::parameter)
                    .collect(Collectors.toSet());
            flags = OperationFlags.declared(
                    session, Cleaner.class, MediaKind.PICTURE::equals, parameter -> !taken.contains(parameter.name()));
            flags.addTo(command.getCommandSpec());
        }
        return command;
    }

    @Override
    public Integer call() {
        Unfog unfog = session.unfog();
        ErrorReport errors = new ErrorReport(session);
        unfog.plugins().failures().forEach(errors::warn);
        PluginExtension<Cleaner> cleaner = unfog.cleaners(network.plugins).of(MediaKind.PICTURE);
        Map<String, String> texts = flags.textsOf(spec.commandLine().getParseResult(), cleaner.pluginId());
        RestorationTask task = RestorationTask.named(taskName);
        PictureEvaluation evaluation =
                new PictureEvaluation(unfog, cleaner, texts, network.settings(unfog), task, blind);
        if (settings.isEmpty()) {
            settings = task.defaults();
        }
        check(task);
        List<Path> files = files(unfog);

        List<Measurement> measurements = new ArrayList<>();
        int failed = 0;
        int pieces = files.size() * settings.size();
        try (ProgressLine progress = new ProgressLine(session.terminal())) {
            for (int i = 0; i < pieces; i++) {
                Path file = files.get(i / settings.size());
                double setting = settings.get(i % settings.size());
                String message = file.getFileName() + " at " + number(setting);
                Progress part = progress.part((double) i / pieces, (i + 1.0) / pieces);
                part.report(0, message);
                try {
                    measurements.add(evaluation.measure(
                            file,
                            setting,
                            (fraction, doing) -> part.report(fraction, message),
                            session.cancellation()));
                } catch (UnfogException e) {
                    if (e.code() == ErrorCode.CANCELLED) {
                        throw e;
                    }
                    failed++;
                    progress.clear();
                    errors.print(e);
                }
            }
        }
        session.tellDevice();
        if (common.json) {
            session.terminal().out().println(Json.write(json(task, measurements)));
        } else if (!measurements.isEmpty()) {
            printTable(task, measurements);
        }
        return ExitCode.of(measurements.size(), failed);
    }

    private void check(RestorationTask task) {
        settings.forEach(task::check);
        if (blind && task != RestorationTask.DENOISE) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--blind",
                    "the plugin is told no strength of noise in the task " + task.label() + " anyway",
                    "leave it out");
        }
        if (limit != null && limit < 1) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER, "--limit", limit + " leaves no picture", "give a number from 1");
        }
    }

    private List<Path> files(Unfog unfog) {
        List<Path> files = unfog.filesIn(folder, MediaKind.PICTURE);
        return limit == null ? files : files.subList(0, Math.min(limit, files.size()));
    }

    private Map<String, Object> json(RestorationTask task, List<Measurement> measurements) {
        Map<String, Object> used = new LinkedHashMap<>();
        used.put("id", measurements.isEmpty() ? null : measurements.get(0).networkId());
        used.put("sha256", measurements.isEmpty() ? null : measurements.get(0).networkSha256());
        List<Map<String, Object>> results = new ArrayList<>();
        for (Measurement measurement : measurements) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("file", measurement.file());
            result.put(task.setting(), whole(measurement.setting()));
            figures(measurements)
                    .forEach((name, figure) -> result.put(name, finite(figure.applyAsDouble(measurement))));
            results.add(result);
        }
        List<Map<String, Object>> means = new ArrayList<>();
        for (double setting : settings) {
            Map<String, Object> mean = new LinkedHashMap<>();
            mean.put(task.setting(), whole(setting));
            figures(measurements)
                    .forEach((name, figure) -> mean.put(name, finite(mean(measurements, setting, figure))));
            means.add(mean);
        }
        Map<String, Object> object = new LinkedHashMap<>();
        if (task != RestorationTask.DENOISE) {
            object.put("task", task.label());
        }
        object.put("network", used);
        object.put("results", results);
        object.put("mean", means);
        return object;
    }

    /** Returns what was measured, by name, in the order in which it is shown. */
    private static Map<String, ToDoubleFunction<Measurement>> figures(List<Measurement> measurements) {
        Map<String, ToDoubleFunction<Measurement>> figures = new LinkedHashMap<>();
        figures.put("psnr_in", Measurement::psnrIn);
        figures.put("psnr", Measurement::psnr);
        figures.put("ssim", Measurement::ssim);
        measurements.stream()
                .flatMap(measurement -> measurement.more().keySet().stream())
                .distinct()
                .forEach(name ->
                        figures.put(name, measurement -> measurement.more().getOrDefault(name, Double.NaN)));
        return figures;
    }

    /** JSON has no infinity: where a result equals the original there is no PSNR. */
    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private static double mean(List<Measurement> measurements, double setting, ToDoubleFunction<Measurement> figure) {
        return measurements.stream()
                .filter(measurement -> measurement.setting() == setting)
                .mapToDouble(figure)
                .average()
                .orElse(Double.NaN);
    }

    private void printTable(RestorationTask task, List<Measurement> measurements) {
        Map<String, ToDoubleFunction<Measurement>> figures = figures(measurements);
        int width = measurements.stream()
                .mapToInt(measurement -> measurement.file().length())
                .max()
                .orElse(0);
        width = Math.max(width, "mean".length());
        List<String> titles = new ArrayList<>(List.of(task.setting()));
        figures.keySet().forEach(name -> titles.add(title(name)));
        List<Integer> widths =
                titles.stream().map(title -> Math.max(6, title.length())).toList();
        print(width, widths, "file", titles);
        for (Measurement measurement : measurements) {
            List<String> cells = new ArrayList<>(List.of(number(measurement.setting())));
            figures.forEach((name, figure) -> cells.add(cell(name, figure.applyAsDouble(measurement))));
            print(width, widths, measurement.file(), cells);
        }
        for (double setting : settings) {
            List<String> cells = new ArrayList<>(List.of(number(setting)));
            figures.forEach((name, figure) -> cells.add(cell(name, mean(measurements, setting, figure))));
            print(width, widths, "mean", cells);
        }
    }

    /** Writes {@code psnr_one_step} as PSNR one step. */
    private static String title(String name) {
        return name.replace('_', ' ').replace("psnr", "PSNR").replace("ssim", "SSIM");
    }

    private static String cell(String name, double value) {
        return decimals(name.startsWith("psnr") || name.startsWith("sigma") ? 2 : 4, value);
    }

    private void print(int width, List<Integer> widths, String first, List<String> cells) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-" + width + "s", first));
        for (int i = 0; i < cells.size(); i++) {
            line.append(String.format(Locale.ROOT, "  %" + widths.get(i) + "s", cells.get(i)));
        }
        session.terminal().out().println(line);
    }

    private static String decimals(int count, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + count + "f", value) : "equal";
    }

    private static String number(double value) {
        return whole(value).toString();
    }

    /** Writes 15 as 15 and not as 15.0. */
    private static Number whole(double value) {
        if (value == Math.rint(value)) {
            return (long) value;
        }
        return value;
    }
}
