package dev.unfog.core.job;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.core.measure.DeviationQuality;
import dev.unfog.core.measure.PeakSignalToNoise;
import dev.unfog.core.measure.StructuralSimilarity;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Measures how well a plugin restores pictures: spoils clean pictures in a known way, has the plugin restore them as {@code unfog
 * clean} would, and compares.
 *
 * <p>Protocol: what the plugin returns is clipped and rounded to 8 bits; PSNR is over all pixels and colour channels of a picture,
 * SSIM the mean over its channels; opacity is left out. Whatever is random depends on the seed, the file's name, the channel and
 * the position alone.
 *
 * <ul>
 *   <li>{@code denoise}: Gaussian noise is added to the picture scaled to 0..1 and not clipped; the plugin is told its strength,
 *       unless it is to work blind.
 *   <li>{@code camera}: the picture is {@linkplain CameraSimulation taken by a camera} and stored as a JPEG of quality 90, 4:2:0; the
 *       plugin is told nothing. Beside it stands what single noise levels would have given, had it been told them.
 *   <li>{@code inpaint}: pixels are missing at random, in all channels at once.
 *   <li>{@code superres}: the picture is made smaller by bicubic interpolation (a = -0.5, widened against aliasing) and rounded to 8
 *       bits; compared with enlarging it by bicubic interpolation; as many pixels are shaved at each edge as the scale says.
 *   <li>{@code deblur}: the picture is blurred by a Gaussian and rounded to 8 bits; what mixes with the unknown beyond the edges is
 *       left out.
 *   <li>{@code jpeg}: the picture is stored as a JPEG, 4:2:0.
 * </ul>
 *
 * <p>The PSNR going in is that of the spoilt picture (noise as added, not rounded; black where pixels are missing; enlarged by
 * bicubic interpolation). Safe for use by many threads.
 */
public final class PictureEvaluation {
    /** The parameter by which a plugin is told the strength of the noise, in 255ths. */
    public static final String SIGMA = "sigma";

    /** The output in which a plugin says how far its samples differ. */
    private static final String DEVIATION = "deviation";

    private static final String SAMPLES = "samples";
    private static final String STEPS = "steps";
    /** The noise levels that a plugin which finds out by itself is compared with, in 255ths. */
    private static final int[] LEVELS = {6, 9, 13, 20, 30};

    private final Unfog unfog;
    private final PluginExtension<Cleaner> cleaner;
    private final Map<String, String> parameters;
    private final RunSettings settings;
    private final RestorationTask task;
    private final boolean blind;

    /**
     * What was measured of one picture.
     *
     * @param file its name
     * @param setting how much it was spoilt, as the task says
     * @param psnrIn the PSNR of the spoilt picture, in dB
     * @param psnr the PSNR of the restored picture, in dB
     * @param ssim the SSIM of the restored picture
     * @param more what else was measured, by name: {@code psnr_told_13} and the like, where it was told that noise level;
     *     {@code correlation} and {@code coverage_90}, of the map of deviations; {@code psnr_one_step} and {@code psnr_one_sample}, which
     *     the mean of many samples is compared with
     * @param networkId the network that restored it; empty if none did
     * @param networkSha256 the SHA-256 of that network's file; empty if none did
     */
    public record Measurement(
            String file,
            double setting,
            double psnrIn,
            double psnr,
            double ssim,
            Map<String, Double> more,
            String networkId,
            String networkSha256) {}

    /** What one call of the plugin gave. */
    private record Restoration(MemoryPicture result, Optional<MemoryPicture> deviation, CallContext context) {}

    /**
     * Creates an evaluation.
     *
     * @param unfog the host
     * @param cleaner what is to be measured
     * @param parameters the user's texts by parameter name, without those that the task sets
     * @param settings how the plugin is run; its seed is that of all that is random
     * @param task what is to be restored
     * @param blind whether the strength of noise is kept from the plugin
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if the plugin cannot do the task
     */
    public PictureEvaluation(
            Unfog unfog,
            PluginExtension<Cleaner> cleaner,
            Map<String, String> parameters,
            RunSettings settings,
            RestorationTask task,
            boolean blind) {
        this.unfog = unfog;
        this.cleaner = cleaner;
        this.parameters = Map.copyOf(parameters);
        this.settings = settings;
        this.task = task;
        this.blind = blind;
        boolean isAble =
                declared().stream().anyMatch(parameter -> parameter.name().equals(task.parameter()));
        if (!isAble) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "plugin " + cleaner.pluginId(),
                    "it has no parameter " + task.parameter() + ", so it cannot be measured at the task "
                            + task.label(),
                    "name another plugin with --plugin");
        }
        parse(Map.of());
    }

    private List<Parameter<?>> declared() {
        return cleaner.<List<Parameter<?>>>call(called -> called.parameters());
    }

    private ParameterValues parse(Map<String, String> more) {
        Map<String, String> texts = new LinkedHashMap<>(parameters);
        texts.putAll(more);
        return ParameterValues.parse(declared(), texts);
    }

    /** Returns what the pictures are restored from. */
    public RestorationTask task() {
        return task;
    }

    /**
     * Measures one picture.
     *
     * @param file a clean picture
     * @param setting how much to spoil it, as the task says
     * @param progress told how far the plugin is
     * @param cancellation asked whether to go on
     */
    public Measurement measure(Path file, double setting, Progress progress, Cancellation cancellation) {
        try (TemporaryFolder temporary = TemporaryFolder.create();
                Media media = unfog.open(file, temporary.path())) {
            if (!(media instanceof Picture picture)) {
                throw new UnfogException(
                        ErrorCode.UNSUPPORTED_MEDIA,
                        file.toString(),
                        "it is no picture but of kind " + media.kind(),
                        "name a folder of pictures");
            }
            try (DegradedPicture degraded = new DegradedPicture.Workshop(unfog, temporary.path(), settings.seed())
                    .degrade(colours(picture), task, setting)) {
                Call call = new Call(degraded, temporary, progress, cancellation);
                Map<String, String> told = new TreeMap<>(degraded.parameters());
                if (blind) {
                    told.remove(SIGMA);
                }
                Restoration restoration = call.restore(told);
                Map<String, Double> more = new LinkedHashMap<>();
                if (task == RestorationTask.CAMERA) {
                    call.measureLevels(more);
                }
                restoration.deviation().ifPresent(deviation -> {
                    call.judge(restoration, deviation, more);
                    if (task == RestorationTask.DENOISE) {
                        told.put(SAMPLES, "1");
                        told.put(STEPS, "1");
                        more.put("psnr_one_step", call.psnr(call.restore(told)));
                    }
                });
                return call.measurement(picture.name(), setting, restoration, more);
            }
        }
    }

    /** One spoilt picture in the plugin's hands. */
    private final class Call {
        private final DegradedPicture degraded;
        private final TemporaryFolder temporary;
        private final Progress progress;
        private final Cancellation cancellation;
        private int runs;

        Call(DegradedPicture degraded, TemporaryFolder temporary, Progress progress, Cancellation cancellation) {
            this.degraded = degraded;
            this.temporary = temporary;
            this.progress = progress;
            this.cancellation = cancellation;
        }

        Restoration restore(Map<String, String> told) {
            MemoryOutputs outputs = new MemoryOutputs();
            CallContext context = new CallContext(
                    unfog,
                    cleaner.pluginId(),
                    settings,
                    progress,
                    cancellation,
                    temporary.subfolder("plugin" + runs++));
            ParameterValues values = parse(told);
            cleaner.run(called -> called.clean(degraded.input(), outputs, values, context));
            cancellation.throwIfCancelled();
            MemoryPicture result = shaped(outputs.find(Outputs.MAIN)
                    .orElseThrow(() -> new UnfogException(
                            ErrorCode.PLUGIN_BROKEN,
                            "plugin " + cleaner.pluginId(),
                            "it returned no result",
                            "update the plugin, or name another one with --plugin")));
            return new Restoration(result, outputs.find(DEVIATION).map(this::shaped), context);
        }

        private MemoryPicture shaped(MemoryPicture result) {
            PictureLayout layout = degraded.reference().layout();
            if (result.layout().pixels() != layout.pixels()
                    || result.layout().width() != layout.width()
                    || result.layout().channels() != layout.channels()) {
                throw new UnfogException(
                        ErrorCode.PLUGIN_BROKEN,
                        "plugin " + cleaner.pluginId(),
                        "its result has another shape than the picture, so they cannot be compared",
                        "name another plugin with --plugin");
            }
            return result;
        }

        double psnr(Restoration restoration) {
            MemoryPicture result = restoration.result();
            return psnr(new MemoryPicture(result.name(), result.layout(), DegradedPicture.rounded(result.planar())));
        }

        double psnr(MemoryPicture picture) {
            return PeakSignalToNoise.decibels(
                    degraded.shaved(degraded.reference()).planar(),
                    degraded.shaved(picture).planar());
        }

        /** Measures what single noise levels would have given, had the plugin been told them. */
        void measureLevels(Map<String, Double> more) {
            for (int level : LEVELS) {
                Map<String, String> told = new TreeMap<>(degraded.parameters());
                told.put(SIGMA, Integer.toString(level));
                more.put("psnr_told_" + level, psnr(restore(told)));
            }
        }

        void judge(Restoration restoration, MemoryPicture deviation, Map<String, Double> more) {
            int samples = Integer.parseInt(parameters.getOrDefault(SAMPLES, "1"));
            if (samples < 2) {
                return;
            }
            float[] truth = degraded.shaved(degraded.reference()).planar();
            float[] mean = degraded.shaved(restoration.result()).planar();
            float[] spread = degraded.shaved(deviation).planar();
            DeviationQuality quality = DeviationQuality.of(truth, mean, spread, samples);
            more.put("correlation", quality.correlation());
            more.put("coverage_90", quality.coverage());
            double squares = 0;
            for (int i = 0; i < truth.length; i++) {
                squares += Math.pow(truth[i] - mean[i], 2) + (samples - 1.0) / samples * spread[i] * spread[i];
            }
            more.put("psnr_one_sample", -10 * Math.log10(squares / truth.length));
        }

        Measurement measurement(String file, double setting, Restoration restoration, Map<String, Double> more) {
            MemoryPicture reference = degraded.shaved(degraded.reference());
            MemoryPicture result = degraded.shaved(restoration.result());
            PictureLayout layout = reference.layout();
            float[] rounded = DegradedPicture.rounded(result.planar());
            Optional<CallContext.UsedNetwork> network =
                    restoration.context().networks().stream().findFirst();
            return new Measurement(
                    file,
                    setting,
                    psnr(degraded.baseline()),
                    psnr(restoration),
                    StructuralSimilarity.mean(
                            reference.planar(), rounded, layout.channels(), layout.height(), layout.width()),
                    Collections.unmodifiableMap(more),
                    network.map(CallContext.UsedNetwork::id).orElse(""),
                    network.map(CallContext.UsedNetwork::sha256).orElse(""));
        }
    }

    /** Returns a picture without its opacity. */
    static MemoryPicture colours(Picture picture) {
        PictureLayout full = picture.layout();
        PictureLayout layout =
                new PictureLayout(full.width(), full.height(), full.color(), false, PictureLayout.Depth.FLOAT32);
        MemoryPicture clean = MemoryPicture.black(picture.name(), layout);
        float[] row = new float[full.width() * full.channels()];
        for (int y = 0; y < full.height(); y++) {
            Region region = new Region(0, y, full.width(), 1);
            picture.read(region, row);
            clean.write(region, row);
        }
        return clean;
    }
}
