package dev.unfog.plugins.image;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.Picture;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterType;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.sde.BlurKernel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.pf4j.Extension;

/**
 * Removes noise from pictures; fills their holes, enlarges them, or takes a known blur or JPEG's artefacts away.
 *
 * <p>In one step the network {@code photo} gives the mean of all clean pictures that could have become the noisy one, which has the
 * least mean squared error. In more steps a sampler draws one of those clean pictures; many draws give their mean again, and
 * with it how far they differ at each pixel. Stateless; safe for use by many threads.
 */
@Extension
public final class PictureCleaner implements Cleaner {
    /** The standard deviation of the noise, in 255ths of the nominal range. */
    static final Parameter<Double> SIGMA = new Parameter<>(
            "sigma",
            new ParameterType.Real(0, 255),
            null,
            "of 255",
            "how strong the noise is: its standard deviation; estimated where not given");

    /** Whether neighbouring pixels share their noise. */
    static final Parameter<String> GRAIN = new Parameter<>(
            "grain",
            new ParameterType.Choice(List.of("auto", "fine", "coarse")),
            "auto",
            "",
            "what the noise looks like where its strength is estimated: fine differs from pixel to pixel, coarse is that of "
                    + "noisy pictures as a camera stores them; auto looks for either in a JPEG, for fine noise elsewhere");

    /** How much of the result replaces the picture. */
    static final Parameter<Double> STRENGTH = new Parameter<>(
            "strength", new ParameterType.Real(0, 1), 1.0, "", "how much of the noise to take away: 0 none, 1 all");

    /** How many noise levels a sampler visits. */
    static final Parameter<Long> STEPS = new Parameter<>(
            "steps",
            new ParameterType.Whole(1, 1000),
            null,
            "",
            "1 gives the mean of what the clean picture may be, more draw one such picture with all its detail; "
                    + "1 for noise (40 for many samples), 6 for JPEG, 20 otherwise");

    /** How a sampler goes from one noise level to the next. */
    static final Parameter<String> SAMPLER = new Parameter<>(
            "sampler",
            new ParameterType.Choice(SamplingSettings.samplers()),
            null,
            "",
            "how to go from step to step: ancestral draws from all clean pictures, plug-and-play makes one guess better, "
                    + "antithetic two and takes their mean; ancestral for noise, antithetic to enlarge, plug-and-play otherwise");

    /** How many clean pictures are drawn. */
    static final Parameter<Long> SAMPLES = new Parameter<>(
            "samples",
            new ParameterType.Whole(1, 1000),
            1L,
            "",
            "how many pictures to draw; gives their mean, and their standard deviation as the output deviation");

    /** Whether to show what changed. */
    static final Parameter<Boolean> COMPARE = new Parameter<>(
            "compare",
            new ParameterType.Flag(),
            false,
            "",
            "also write the output compare: before and after side by side, details and the difference");

    /** Where the picture has holes. */
    static final Parameter<Path> MASK = new Parameter<>(
            "mask",
            new ParameterType.MediaFile(MediaKind.PICTURE),
            null,
            "",
            "fill holes and scratches: a picture of the same size, white where they are");

    /** Whether to look for scratches and fill them. */
    static final Parameter<Boolean> DETECT_SCRATCHES = new Parameter<>(
            "detect-scratches",
            new ParameterType.Flag(),
            false,
            "",
            "find thin scratches and dust and fill them; also write the output mask, which can be corrected and given to "
                    + "--mask");

    /** How many times larger the result is. */
    static final Parameter<Long> UPSCALE = new Parameter<>(
            "upscale",
            new ParameterType.Whole(2, 8),
            null,
            "times",
            "make the picture wider and higher by this factor");

    /** The standard deviation of a Gaussian blur to take away. */
    static final Parameter<Double> BLUR_SIGMA = new Parameter<>(
            "blur-sigma",
            new ParameterType.Real(0.1, 25),
            null,
            "pixels",
            "sharpen a picture that is out of focus: the standard deviation of its blur");

    /** The length of a straight movement to take away. */
    static final Parameter<Double> BLUR_MOTION = new Parameter<>(
            "blur-motion",
            new ParameterType.Real(1, 100),
            null,
            "pixels",
            "sharpen a picture that was taken moving: how far it moved");

    /** The direction of that movement. */
    static final Parameter<Double> BLUR_ANGLE = new Parameter<>(
            "blur-angle",
            new ParameterType.Real(-360, 360),
            0.0,
            "degrees",
            "in which direction it moved: 0 is to the right, 90 upwards");

    /** A picture of the blur to take away. */
    static final Parameter<Path> BLUR_KERNEL = new Parameter<>(
            "blur-kernel",
            new ParameterType.MediaFile(MediaKind.PICTURE),
            null,
            "",
            "sharpen a picture whose blur is known: a small picture of what became of one bright point");

    /** Whether to take away what JPEG compression did. */
    static final Parameter<Boolean> JPEG = new Parameter<>(
            "jpeg",
            new ParameterType.Flag(),
            false,
            "",
            "take away what JPEG compression did: blocks, rings and lost colours; the result would become the same file");

    /** The side of a square with as many pixels as a tile may have. */
    static final Parameter<Long> TILE = new Parameter<>(
            "tile",
            new ParameterType.Whole(64, 16384),
            1280L,
            "pixels",
            "size of the pieces that a picture is cut into; smaller ones need less memory");

    /** How far tiles overlap on either side. */
    static final Parameter<Long> HALO = new Parameter<>(
            "halo",
            new ParameterType.Whole(0, 1024),
            64L,
            "pixels",
            "how far the pieces overlap on either side, so that no seam shows");

    private static final String NETWORK = "photo";
    /** Less noise than this is not believed of a blurred picture, whose kernel is never known exactly. */
    private static final double LOWEST_BLURRED_NOISE = 1.0 / 255;

    @Override
    public String summary() {
        return "removes noise and JPEG artefacts from pictures, fills holes in them, enlarges and sharpens them";
    }

    @Override
    public Set<MediaKind> accepts() {
        return Set.of(MediaKind.PICTURE);
    }

    @Override
    public List<Parameter<?>> parameters() {
        return List.of(
                SIGMA,
                GRAIN,
                STRENGTH,
                MASK,
                DETECT_SCRATCHES,
                UPSCALE,
                BLUR_SIGMA,
                BLUR_MOTION,
                BLUR_ANGLE,
                BLUR_KERNEL,
                JPEG,
                STEPS,
                SAMPLER,
                SAMPLES,
                COMPARE,
                TILE,
                HALO);
    }

    @Override
    public void clean(Media input, Outputs outputs, ParameterValues parameters, PluginContext context) {
        if (!(input instanceof Picture picture)) {
            throw new UnfogException(
                    ErrorCode.UNSUPPORTED_MEDIA, input.name(), "it is not a picture", "give a picture file");
        }
        List<Parameter<?>> tasks = Stream.<Parameter<?>>of(
                        MASK, DETECT_SCRATCHES, UPSCALE, BLUR_SIGMA, BLUR_MOTION, BLUR_KERNEL, JPEG)
                .filter(task -> parameters
                        .find(task)
                        .filter(value -> !value.equals(false))
                        .isPresent())
                .toList();
        if (tasks.size() > 1) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--" + tasks.get(1).name(),
                    "it does not go together with --" + tasks.get(0).name(),
                    "do one after the other");
        }
        SamplingSettings settings =
                SamplingSettings.of(parameters, !tasks.isEmpty(), tasks.contains(UPSCALE), context.seed());
        try (ScoreNetwork network = context.openNetwork(NETWORK)) {
            requireDenoiser(network.card());
            PictureTask task = new PictureTask(picture, outputs, parameters, context, network);
            if (tasks.isEmpty()) {
                NoiseProfile noise = noise(task);
                outputs.note("noiseLevel", noise.toString());
                new Denoising(task, noise).run(settings);
            } else if (tasks.contains(MASK)) {
                new Inpainting(task).run(parameters.get(MASK), statedNoise(task), settings);
            } else if (tasks.contains(DETECT_SCRATCHES)) {
                new Inpainting(task).runOnScratches(statedNoise(task), settings);
            } else if (tasks.contains(JPEG)) {
                new JpegRestoration(task).run(settings);
            } else if (tasks.contains(UPSCALE)) {
                new Upscaling(task, parameters.get(UPSCALE).intValue()).run(statedNoise(task), settings);
            } else {
                double level = Math.max(LOWEST_BLURRED_NOISE, noise(task).highest());
                new Deblurring(task).run(kernel(task), level, settings);
            }
        }
    }

    private static NoiseProfile noise(PictureTask task) {
        if (task.parameters().find(SIGMA).isPresent()) {
            return NoiseProfile.uniform(statedNoise(task));
        }
        task.outputs().note("noiseEstimated", true);
        return BlindNoise.of(
                task, BlindNoise.Grain.valueOf(task.parameters().get(GRAIN).toUpperCase(Locale.ROOT)));
    }

    private static double statedNoise(PictureTask task) {
        return task.parameters().find(SIGMA).orElse(0.0) / 255;
    }

    private static BlurKernel kernel(PictureTask task) {
        ParameterValues parameters = task.parameters();
        if (parameters.find(BLUR_SIGMA).isPresent()) {
            return BlurKernel.gaussian(parameters.get(BLUR_SIGMA));
        }
        if (parameters.find(BLUR_MOTION).isPresent()) {
            return Deblurring.motion(parameters.get(BLUR_MOTION), parameters.get(BLUR_ANGLE));
        }
        try (Picture shown = (Picture) task.context().openMedia(parameters.get(BLUR_KERNEL), MediaKind.PICTURE)) {
            return Deblurring.kernel(shown);
        }
    }

    private static void requireDenoiser(NetworkCard card) {
        if (card.conditioning() != NetworkCard.Conditioning.NOISE || card.channels() != TileDenoiser.NETWORK_CHANNELS) {
            throw new UnfogException(
                    ErrorCode.CONTRACT_BROKEN,
                    card.id(),
                    "it is not a network for pictures in colour that takes a noise level",
                    "give a network with 3 channels and the inputs x and noise");
        }
    }
}
