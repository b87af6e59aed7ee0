package dev.unfog.plugins.image;

import dev.unfog.api.Cancellation;
import dev.unfog.api.media.Region;
import dev.unfog.api.sde.Denoiser;
import dev.unfog.api.sde.Marginal;
import dev.unfog.api.sde.SampleState;
import org.jspecify.annotations.Nullable;

/**
 * Denoises the whole state of a sampler, tile by tile.
 *
 * <p>With noise of different strength at different pixels the state is the picture divided, pixel by pixel, by a
 * relative noise level: in those units the noise is the same everywhere, as samplers suppose. For one thread.
 */
final class StateDenoiser implements Denoiser {
    private final TilePlan plan;
    private final TileDenoiser tiles;
    private final int pictureWidth;
    private final int channels;
    private final @Nullable SampleState relativeNoise;
    private final boolean @Nullable [] needed;
    private final Cancellation cancellation;
    private final Runnable tileDone;
    private final float[] colors;
    private final float[] core;
    private final float[] relative;
    private final float[] levels;

    /**
     * @param plan the tiles
     * @param tiles runs the network on them
     * @param pictureWidth columns of the picture
     * @param channels channels of the state: 1 or 3
     * @param relativeNoise what each pixel of the state was divided by, one channel; null where nothing was; not closed
     * @param needed which tiles are to be denoised, the others being left as they are; null for all; not copied
     * @param cancellation asked before each tile
     * @param tileDone called after each tile
     */
    StateDenoiser(
            TilePlan plan,
            TileDenoiser tiles,
            int pictureWidth,
            int channels,
            @Nullable SampleState relativeNoise,
            boolean @Nullable [] needed,
            Cancellation cancellation,
            Runnable tileDone) {
        this.plan = plan;
        this.tiles = tiles;
        this.pictureWidth = pictureWidth;
        this.channels = channels;
        this.relativeNoise = relativeNoise;
        this.needed = needed;
        this.cancellation = cancellation;
        this.tileDone = tileDone;
        int pixels = plan.width() * plan.height();
        this.colors = new float[channels * pixels];
        this.core = new float[channels * pixels];
        this.relative = new float[relativeNoise == null ? 0 : pixels];
        this.levels = new float[relativeNoise == null ? 0 : pixels];
    }

    @Override
    public void denoise(SampleState reduced, Marginal at, SampleState denoised) {
        for (int index = 0; index < plan.tiles().size(); index++) {
            TilePlan.Tile tile = plan.tiles().get(index);
            cancellation.throwIfCancelled();
            if (needed != null && !needed[index]) {
                tileDone.run();
                continue;
            }
            read(reduced, pictureWidth, channels, tile.input(), colors);
            if (relativeNoise == null) {
                tiles.denoise(tile, colors, (float) at.noiseLevel(), core);
            } else {
                denoise(relativeNoise, tile, (float) at.noiseLevel());
            }
            write(denoised, pictureWidth, channels, tile.core(), core);
            tileDone.run();
        }
    }

    private void denoise(SampleState relativeLevels, TilePlan.Tile tile, float noiseLevel) {
        read(relativeLevels, pictureWidth, 1, tile.input(), relative);
        int pixels = Math.toIntExact(tile.input().area());
        for (int i = 0; i < pixels; i++) {
            levels[i] = relative[i] * noiseLevel;
        }
        scale(colors, relative, pixels, channels, false);
        tiles.denoise(tile, colors, levels, core);
        read(relativeLevels, pictureWidth, 1, tile.core(), relative);
        scale(core, relative, Math.toIntExact(tile.core().area()), channels, true);
    }

    /** Multiplies or divides each channel by one value a pixel. */
    static void scale(float[] colors, float[] relative, int pixels, int channels, boolean divide) {
        for (int channel = 0; channel < channels; channel++) {
            for (int i = 0; i < pixels; i++) {
                int at = channel * pixels + i;
                colors[at] = divide ? colors[at] / relative[i] : colors[at] * relative[i];
            }
        }
    }

    /** Reads a rectangle of a state that holds one picture. */
    static void read(SampleState state, int pictureWidth, int channels, Region region, float[] into) {
        for (int channel = 0; channel < channels; channel++) {
            for (int y = 0; y < region.height(); y++) {
                state.read(
                        offset(state, pictureWidth, channel, region, y),
                        into,
                        (channel * region.height() + y) * region.width(),
                        region.width());
            }
        }
    }

    /** Writes a rectangle of a state that holds one picture. */
    static void write(SampleState state, int pictureWidth, int channels, Region region, float[] values) {
        for (int channel = 0; channel < channels; channel++) {
            for (int y = 0; y < region.height(); y++) {
                state.write(
                        offset(state, pictureWidth, channel, region, y),
                        values,
                        (channel * region.height() + y) * region.width(),
                        region.width());
            }
        }
    }

    private static long offset(SampleState state, int pictureWidth, int channel, Region region, int row) {
        return channel * state.shape().positions() + (long) (region.y() + row) * pictureWidth + region.x();
    }
}
