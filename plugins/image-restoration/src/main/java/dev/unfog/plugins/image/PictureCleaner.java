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
import dev.unfog.api.sde.Samplers;
import java.util.List;
import java.util.Set;
import org.pf4j.Extension;

/**
 * Removes noise from pictures.
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

    /** How much of the result replaces the picture. */
    static final Parameter<Double> STRENGTH = new Parameter<>(
            "strength", new ParameterType.Real(0, 1), 1.0, "", "how much of the noise to take away: 0 none, 1 all");

    /** How many noise levels a sampler visits. */
    static final Parameter<Long> STEPS = new Parameter<>(
            "steps",
            new ParameterType.Whole(1, 1000),
            1L,
            "",
            "1 gives the mean of what the clean picture may be; more draw one such picture, with all its detail");

    /** How a sampler goes from one noise level to the next. */
    static final Parameter<String> SAMPLER = new Parameter<>(
            "sampler",
            new ParameterType.Choice(Samplers.names()),
            "ancestral",
            "",
            "how to go from step to step; ancestral draws from all clean pictures, heun and dpm-solver draw nothing at random");

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
            40L,
            "pixels",
            "how far the pieces overlap on either side, so that no seam shows");

    private static final String NETWORK = "photo";

    @Override
    public String summary() {
        return "removes noise from pictures";
    }

    @Override
    public Set<MediaKind> accepts() {
        return Set.of(MediaKind.PICTURE);
    }

    @Override
    public List<Parameter<?>> parameters() {
        return List.of(SIGMA, STRENGTH, STEPS, SAMPLER, SAMPLES, COMPARE, TILE, HALO);
    }

    @Override
    public void clean(Media input, Outputs outputs, ParameterValues parameters, PluginContext context) {
        if (!(input instanceof Picture picture)) {
            throw new UnfogException(
                    ErrorCode.UNSUPPORTED_MEDIA, input.name(), "it is not a picture", "give a picture file");
        }
        SamplingSettings settings = SamplingSettings.of(parameters, context.seed());
        try (ScoreNetwork network = context.openNetwork(NETWORK)) {
            requireDenoiser(network.card());
            PictureTask task = new PictureTask(picture, outputs, parameters, context, network);
            new Denoising(task, noise(task)).run(settings);
        }
    }

    private static NoiseProfile noise(PictureTask task) {
        double level = task.parameters().find(SIGMA).map(sigma -> sigma / 255).orElseGet(() -> new NoiseEstimator(
                        task.picture(), task.context().cancellation())
                .noiseLevel());
        task.outputs().note("noiseLevel", level * 255);
        return NoiseProfile.uniform(level);
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
