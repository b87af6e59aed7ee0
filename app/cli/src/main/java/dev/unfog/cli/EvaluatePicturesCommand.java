package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.core.job.PictureEvaluation;
import dev.unfog.core.job.PictureEvaluation.Measurement;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
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
        header = "Add noise to clean pictures, clean them, and measure what comes out.",
        description = {
            "%nGaussian noise is added to each picture scaled to 0..1, not clipped, and the plugin is told its strength. What "
                    + "it returns is clipped and rounded to 8 bits. PSNR (dB) is over all pixels and colours of a picture, SSIM "
                    + "the mean over its colours (11x11 Gaussian window of 1.5, K1 .01, K2 .03); the figures of a whole folder "
                    + "are means over its pictures. The PSNR going in is that of the noisy picture before any rounding. "
                    + "The noise depends on --seed, the file's name and the position in the picture alone."
        },
        customSynopsis = {"unfog eval pictures DIR [OPTIONS]"},
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "%nExamples:",
            "  unfog eval pictures kodak24 --sigma 15,25,50 --seed 0",
            "  unfog eval pictures kodak24 --sigma 25 --limit 4 --json",
        })
final class EvaluatePicturesCommand implements Callable<Integer> {
    private final Session session;
    private ParameterFlags flags = new ParameterFlags(Map.of());

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1", paramLabel = "DIR", description = "A folder of clean pictures.")
    private Path folder = Path.of("");

    @Option(
            names = "--sigma",
            split = ",",
            defaultValue = "15,25,50",
            paramLabel = "N",
            order = 1,
            description = "Strengths of the noise: standard deviations, of 255 (default 15,25,50).")
    private List<Double> sigmas = List.of();

    @Option(names = "--limit", paramLabel = "N", order = 2, description = "Take the first N pictures only.")
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
            flags = OperationFlags.declared(session, Cleaner.class, MediaKind.PICTURE::equals, parameter -> !parameter
                    .name()
                    .equals(PictureEvaluation.SIGMA));
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
        PictureEvaluation evaluation = new PictureEvaluation(unfog, cleaner, texts, network.settings(unfog));
        checkSigmas(evaluation);
        List<Path> files = files(unfog);

        List<Measurement> measurements = new ArrayList<>();
        int failed = 0;
        int pieces = files.size() * sigmas.size();
        try (ProgressLine progress = new ProgressLine(session.terminal())) {
            for (int i = 0; i < pieces; i++) {
                Path file = files.get(i / sigmas.size());
                double sigma = sigmas.get(i % sigmas.size());
                String message = file.getFileName() + " at " + number(sigma);
                Progress part = progress.part((double) i / pieces, (i + 1.0) / pieces);
                part.report(0, message);
                try {
                    measurements.add(evaluation.measure(
                            file, sigma, (fraction, doing) -> part.report(fraction, message), session.cancellation()));
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
            session.terminal().out().println(Json.write(json(measurements)));
        } else if (!measurements.isEmpty()) {
            printTable(measurements);
        }
        return ExitCode.of(measurements.size(), failed);
    }

    private void checkSigmas(PictureEvaluation evaluation) {
        for (double sigma : sigmas) {
            if (!(sigma > 0)) {
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        "--sigma",
                        number(sigma) + " is no strength of noise",
                        "give numbers above 0, separated by commas");
            }
            evaluation.parametersFor(sigma);
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

    private Map<String, Object> json(List<Measurement> measurements) {
        Map<String, Object> used = new LinkedHashMap<>();
        used.put("id", measurements.isEmpty() ? null : measurements.get(0).networkId());
        used.put("sha256", measurements.isEmpty() ? null : measurements.get(0).networkSha256());
        List<Map<String, Object>> results = new ArrayList<>();
        for (Measurement measurement : measurements) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("file", measurement.file());
            result.put("sigma", whole(measurement.sigma()));
            result.put("psnr_in", finite(measurement.psnrIn()));
            result.put("psnr", finite(measurement.psnr()));
            result.put("ssim", finite(measurement.ssim()));
            results.add(result);
        }
        List<Map<String, Object>> means = new ArrayList<>();
        for (double sigma : sigmas) {
            Map<String, Object> mean = new LinkedHashMap<>();
            mean.put("sigma", whole(sigma));
            mean.put("psnr_in", finite(mean(measurements, sigma, Measurement::psnrIn)));
            mean.put("psnr", finite(mean(measurements, sigma, Measurement::psnr)));
            mean.put("ssim", finite(mean(measurements, sigma, Measurement::ssim)));
            means.add(mean);
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("network", used);
        object.put("results", results);
        object.put("mean", means);
        return object;
    }

    /** JSON has no infinity: where a result equals the original there is no PSNR. */
    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private static double mean(List<Measurement> measurements, double sigma, ToDoubleFunction<Measurement> figure) {
        return measurements.stream()
                .filter(measurement -> measurement.sigma() == sigma)
                .mapToDouble(figure)
                .average()
                .orElse(Double.NaN);
    }

    private void printTable(List<Measurement> measurements) {
        int width = measurements.stream()
                .mapToInt(measurement -> measurement.file().length())
                .max()
                .orElse(0);
        width = Math.max(width, "mean".length());
        print(width, "file", "sigma", "PSNR in", "PSNR", "SSIM");
        for (Measurement measurement : measurements) {
            print(
                    width,
                    measurement.file(),
                    measurement.sigma(),
                    measurement.psnrIn(),
                    measurement.psnr(),
                    measurement.ssim());
        }
        for (double sigma : sigmas) {
            print(
                    width,
                    "mean",
                    sigma,
                    mean(measurements, sigma, Measurement::psnrIn),
                    mean(measurements, sigma, Measurement::psnr),
                    mean(measurements, sigma, Measurement::ssim));
        }
    }

    private void print(int width, String file, double sigma, double psnrIn, double psnr, double ssim) {
        print(width, file, number(sigma), decimals(2, psnrIn), decimals(2, psnr), decimals(4, ssim));
    }

    private void print(int width, String file, String sigma, String psnrIn, String psnr, String ssim) {
        session.terminal()
                .out()
                .println(String.format(
                        Locale.ROOT, "%-" + width + "s  %6s  %8s  %8s  %7s", file, sigma, psnrIn, psnr, ssim));
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
