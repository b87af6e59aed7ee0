package dev.unfog.plugins.image;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.Picture;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.ForwardProcesses;
import dev.unfog.api.sde.StateSpace;

/**
 * What is to be done to one picture, and with what.
 *
 * @param picture the picture as the host hands it over
 * @param outputs where results go
 * @param parameters what the user asked for
 * @param context what the host offers
 * @param network the prior; takes a noise level and three channels
 */
record PictureTask(
        Picture picture, Outputs outputs, ParameterValues parameters, PluginContext context, ScoreNetwork network) {
    /** Up to how many values a sampler's state stays in memory: 48 MiB each. */
    private static final long MEMORY_VALUES = 12L << 20;

    /** Returns how a picture of the given size is cut into tiles, as the user asked. */
    TilePlan plan(int width, int height, int halo) {
        long side = parameters.get(PictureCleaner.TILE);
        return plan(width, height, halo, side * side);
    }

    /** Returns how a picture of the given size is cut into tiles of at most so many pixels. */
    TilePlan plan(int width, int height, int halo, long maximumPixels) {
        return TilePlan.of(
                width,
                height,
                maximumPixels,
                halo,
                network.card().sizeMinimum(),
                network.card().sizeMultiple());
    }

    /** Returns how far tiles overlap: as the user asked, but never further than the network sees. */
    int halo() {
        return Math.toIntExact(
                Math.min(parameters.get(PictureCleaner.HALO), network.card().receptiveField()));
    }

    /** Returns where states live. */
    StateSpace space() {
        return ScratchState.space(context.temporaryDirectory(), MEMORY_VALUES);
    }

    /**
     * Returns the process that the network was trained for.
     *
     * @throws UnfogException if its card names one that nothing here knows
     */
    ForwardProcess process() {
        NetworkCard.Process process = network.card().process();
        try {
            return ForwardProcesses.named(process.name(), process.constants());
        } catch (IllegalArgumentException e) {
            throw new UnfogException(
                    ErrorCode.CONTRACT_BROKEN,
                    network.card().id(),
                    "its card names a process that cannot be sampled: " + e.getMessage(),
                    "correct the card, or use --steps 1",
                    e);
        }
    }
}
