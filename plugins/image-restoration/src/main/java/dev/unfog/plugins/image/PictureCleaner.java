package dev.unfog.plugins.image;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureSink;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterType;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.ScoreNetwork;
import java.util.List;
import java.util.Set;
import org.pf4j.Extension;

/**
 * Removes noise from pictures.
 *
 * <p>The network {@code photo} gives the mean of all clean pictures that could have become the noisy one (one step, the least mean
 * squared error). Stateless; safe for use by many threads.
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

    /** The side of a square with as many pixels as a tile may have. */
    static final Parameter<Long> TILE = new Parameter<>(
            "tile",
            new ParameterType.Whole(64, 16384),
            1024L,
            "pixels",
            "size of the pieces that a picture is cut into; smaller ones need less memory");

    /** How far tiles overlap on either side. */
    static final Parameter<Long> HALO = new Parameter<>(
            "halo",
            new ParameterType.Whole(0, 1024),
            32L,
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
        return List.of(SIGMA, STRENGTH, TILE, HALO);
    }

    @Override
    public void clean(Media input, Outputs outputs, ParameterValues parameters, PluginContext context) {
        if (!(input instanceof Picture picture)) {
            throw new UnfogException(
                    ErrorCode.UNSUPPORTED_MEDIA, input.name(), "it is not a picture", "give a picture file");
        }
        try (ScoreNetwork network = context.openNetwork(NETWORK)) {
            requireDenoiser(network.card());
            denoise(picture, outputs, parameters, context, network);
        }
    }

    private static void denoise(
            Picture picture, Outputs outputs, ParameterValues parameters, PluginContext context, ScoreNetwork network) {
        NetworkCard card = network.card();
        float strength = parameters.get(STRENGTH).floatValue();
        float noiseLevel = (float) parameters
                .find(SIGMA)
                .map(sigma -> sigma / 255)
                .orElseGet(() -> new NoiseEstimator(picture, context.cancellation()).noiseLevel())
                .doubleValue();
        outputs.note("noiseLevel", noiseLevel * 255);
        long side = parameters.get(TILE);
        TilePlan plan = TilePlan.of(
                picture.layout().width(),
                picture.layout().height(),
                side * side,
                Math.toIntExact(Math.min(parameters.get(HALO), card.receptiveField())),
                card.sizeMinimum(),
                card.sizeMultiple());
        PictureSink sink = outputs.picture(Outputs.MAIN, picture.layout());
        NetworkFrame frame = new NetworkFrame(picture);
        TileDenoiser denoiser = new TileDenoiser(network, plan);
        boolean unchanged = strength == 0 || noiseLevel == 0;
        float[] noisy = new float[NetworkFrame.CHANNELS * plan.width() * plan.height()];
        float[] clean = new float[noisy.length];
        int done = 0;
        for (TilePlan.Tile tile : plan.tiles()) {
            context.cancellation().throwIfCancelled();
            frame.read(tile.input(), noisy);
            if (!unchanged) {
                denoiser.denoise(tile, noisy, noiseLevel, clean);
            }
            sink.write(tile.core(), frame.blend(tile.core(), clean, unchanged ? 0 : strength));
            context.progress().report((double) ++done / plan.tiles().size(), "denoising");
        }
    }

    private static void requireDenoiser(NetworkCard card) {
        if (card.conditioning() != NetworkCard.Conditioning.NOISE || card.channels() != NetworkFrame.CHANNELS) {
            throw new UnfogException(
                    ErrorCode.CONTRACT_BROKEN,
                    card.id(),
                    "it is not a network for pictures in colour that takes a noise level",
                    "give a network with 3 channels and the inputs x and noise");
        }
    }
}
