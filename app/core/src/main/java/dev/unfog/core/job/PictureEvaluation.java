package dev.unfog.core.job;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.api.sde.GaussianNoise;
import dev.unfog.core.measure.PeakSignalToNoise;
import dev.unfog.core.measure.StructuralSimilarity;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Measures how well a plugin removes noise: adds noise of a known strength to clean pictures, has the plugin clean them as {@code
 * unfog clean} would, and compares.
 *
 * <p>Protocol: Gaussian noise is added to the picture scaled to 0..1 and not clipped; the plugin is told its strength; what it
 * returns is clipped and rounded to 8 bits; PSNR is over all pixels and colour channels of a picture, SSIM the mean over its
 * channels. The PSNR going in is that of the noisy picture as the plugin gets it. Opacity is left out. The noise depends on the
 * seed, the file's name, the channel and the position alone. Safe for use by many threads.
 */
public final class PictureEvaluation {
    /** The parameter by which a plugin is told the strength of the noise, in 255ths. */
    public static final String SIGMA = "sigma";

    /** The noise's place in the generator, apart from every step in which a plugin could draw with the same seed. */
    private static final int NOISE_STEP = GaussianNoise.STEP_LIMIT - 1;

    private final Unfog unfog;
    private final PluginExtension<Cleaner> cleaner;
    private final Map<String, String> parameters;
    private final RunSettings settings;

    /**
     * What was measured of one picture.
     *
     * @param file its name
     * @param sigma the standard deviation of the noise, in 255ths
     * @param psnrIn the PSNR of the noisy picture, in dB
     * @param psnr the PSNR of the cleaned picture, in dB
     * @param ssim the SSIM of the cleaned picture
     * @param networkId the network that cleaned it; empty if none did
     * @param networkSha256 the SHA-256 of that network's file; empty if none did
     */
    public record Measurement(
            String file,
            double sigma,
            double psnrIn,
            double psnr,
            double ssim,
            String networkId,
            String networkSha256) {}

    /**
     * Creates an evaluation.
     *
     * @param unfog the host
     * @param cleaner what is to be measured; declares a parameter {@code sigma}
     * @param parameters the user's texts by parameter name, without {@code sigma}
     * @param settings how the plugin is run; its seed is the noise's as well
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if the plugin cannot be told the strength of the noise
     */
    public PictureEvaluation(
            Unfog unfog, PluginExtension<Cleaner> cleaner, Map<String, String> parameters, RunSettings settings) {
        this.unfog = unfog;
        this.cleaner = cleaner;
        this.parameters = Map.copyOf(parameters);
        this.settings = settings;
        boolean isTold =
                declared().stream().anyMatch(parameter -> parameter.name().equals(SIGMA));
        if (!isTold) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "plugin " + cleaner.pluginId(),
                    "it has no parameter " + SIGMA + ", so it cannot be told the strength of the noise",
                    "name another plugin with --plugin");
        }
    }

    private List<Parameter<?>> declared() {
        return cleaner.<List<Parameter<?>>>call(called -> called.parameters());
    }

    /**
     * Checks the parameters for one strength of noise, so that a mistake shows before any work is done.
     *
     * @param sigma the standard deviation of the noise, in 255ths
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if a value is out of range
     */
    public ParameterValues parametersFor(double sigma) {
        Map<String, String> texts = new LinkedHashMap<>(parameters);
        texts.put(SIGMA, Double.toString(sigma));
        return ParameterValues.parse(declared(), texts);
    }

    /**
     * Measures one picture at one strength of noise.
     *
     * @param file a clean picture
     * @param sigma the standard deviation of the noise, in 255ths, above 0
     * @param progress told how far the plugin is
     * @param cancellation asked whether to go on
     */
    public Measurement measure(Path file, double sigma, Progress progress, Cancellation cancellation) {
        try (TemporaryFolder temporary = TemporaryFolder.create();
                Media media = unfog.open(file, temporary.path())) {
            if (!(media instanceof Picture picture)) {
                throw new UnfogException(
                        ErrorCode.UNSUPPORTED_MEDIA,
                        file.toString(),
                        "it is no picture but of kind " + media.kind(),
                        "name a folder of pictures");
            }
            MemoryPicture clean = colours(picture);
            MemoryPicture noisy = withNoise(clean, sigma);
            MemoryOutputs outputs = new MemoryOutputs();
            CallContext context = new CallContext(
                    unfog, cleaner.pluginId(), settings, progress, cancellation, temporary.subfolder("plugin"));
            ParameterValues values = parametersFor(sigma);
            cleaner.run(called -> called.clean(noisy, outputs, values, context));
            cancellation.throwIfCancelled();
            return compare(clean, noisy, result(outputs, clean.layout()), sigma, context);
        }
    }

    private static MemoryPicture colours(Picture picture) {
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

    private MemoryPicture withNoise(MemoryPicture clean, double sigma) {
        PictureLayout layout = clean.layout();
        CRC32 name = new CRC32();
        name.update(clean.name().getBytes(StandardCharsets.UTF_8));
        float[] values = clean.planar().clone();
        float[] noise = new float[layout.width()];
        float level = (float) (sigma / 255);
        GaussianNoise generator = new GaussianNoise(settings.seed());
        int at = 0;
        for (int channel = 0; channel < layout.channels(); channel++) {
            for (int y = 0; y < layout.height(); y++) {
                long position = (long) y * layout.width();
                generator.fill(name.getValue(), NOISE_STEP, 0, channel, position, noise, 0, noise.length);
                for (float value : noise) {
                    values[at++] += level * value;
                }
            }
        }
        return new MemoryPicture(clean.name(), layout, values);
    }

    private MemoryPicture result(MemoryOutputs outputs, PictureLayout layout) {
        MemoryPicture result = outputs.main()
                .orElseThrow(() -> new UnfogException(
                        ErrorCode.PLUGIN_BROKEN,
                        "plugin " + cleaner.pluginId(),
                        "it returned no result",
                        "update the plugin, or name another one with --plugin"));
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

    private static Measurement compare(
            MemoryPicture clean, MemoryPicture noisy, MemoryPicture result, double sigma, CallContext context) {
        float[] rounded = new float[result.planar().length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = Math.round(Math.max(0, Math.min(1, result.planar()[i])) * 255) / 255f;
        }
        PictureLayout layout = clean.layout();
        Optional<CallContext.UsedNetwork> network = context.networks().stream().findFirst();
        return new Measurement(
                clean.name(),
                sigma,
                PeakSignalToNoise.decibels(clean.planar(), noisy.planar()),
                PeakSignalToNoise.decibels(clean.planar(), rounded),
                StructuralSimilarity.mean(clean.planar(), rounded, layout.channels(), layout.height(), layout.width()),
                network.map(CallContext.UsedNetwork::id).orElse(""),
                network.map(CallContext.UsedNetwork::sha256).orElse(""));
    }
}
