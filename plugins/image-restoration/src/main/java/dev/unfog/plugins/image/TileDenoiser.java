package dev.unfog.plugins.image;

import dev.unfog.api.media.Region;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import java.nio.FloatBuffer;

/**
 * Runs a score network for colour pictures on the tiles of a {@link TilePlan}: pads where a tile reaches past the picture, and crops
 * to the core.
 *
 * <p>Padding repeats the picture in reverse (its mirror image), as far as it goes. Grey is repeated in the network's three channels
 * and averaged on the way back; its noise is then the same in all three, which the network, used to independent noise, sees as
 * noise √3 times as strong along the grey axis and none across it, so that is the level it is told. The tensors are allocated once. For one thread.
 */
final class TileDenoiser {
    /** How many channels the network takes. */
    static final int NETWORK_CHANNELS = 3;

    private static final float GREY_NOISE = (float) Math.sqrt(NETWORK_CHANNELS);

    private final ScoreNetwork network;
    private final TilePlan plan;
    private final int channels;
    private final Tensor x;
    private final Tensor denoised;
    private final Tensor noise;
    private final float[] row;

    /**
     * @param network takes a noise level and three channels
     * @param plan the tiles
     * @param channels how many colour channels the pictures have: 1 or 3
     */
    TileDenoiser(ScoreNetwork network, TilePlan plan, int channels) {
        this.network = network;
        this.plan = plan;
        this.channels = channels;
        this.x = Tensor.allocate(1, NETWORK_CHANNELS, plan.height(), plan.width());
        this.denoised = Tensor.allocate(1, NETWORK_CHANNELS, plan.height(), plan.width());
        this.noise = Tensor.allocate(1, 1, plan.height(), plan.width());
        this.row = new float[plan.width()];
    }

    /**
     * Denoises a tile at one noise level.
     *
     * @param tile a tile of the plan
     * @param colors the noisy colours of the tile's input, {@code [1 or 3, height, width]}
     * @param noiseLevel the standard deviation of the noise in the units of the colours, above 0
     * @param core receives the denoised colours of the tile's core, {@code [1 or 3, height, width]}
     */
    void denoise(TilePlan.Tile tile, float[] colors, float noiseLevel, float[] core) {
        pad(tile.input(), colors, x, channels, NETWORK_CHANNELS);
        Tensor level = noise.view(1, 1, 1, 1);
        level.data().put(0, channels == 1 ? GREY_NOISE * noiseLevel : noiseLevel);
        network.denoise(x, level, denoised);
        crop(tile, core);
    }

    /**
     * Denoises a tile at a noise level of its own for every pixel.
     *
     * @param tile a tile of the plan
     * @param colors the noisy colours of the tile's input, {@code [1 or 3, height, width]}
     * @param noiseLevels the standard deviation of the noise at each pixel of the input, {@code [height, width]}, above 0
     * @param core receives the denoised colours of the tile's core, {@code [1 or 3, height, width]}
     */
    void denoise(TilePlan.Tile tile, float[] colors, float[] noiseLevels, float[] core) {
        pad(tile.input(), colors, x, channels, NETWORK_CHANNELS);
        pad(tile.input(), noiseLevels, noise, 1, 1);
        if (channels == 1) {
            FloatBuffer told = noise.data();
            for (int i = 0; i < told.limit(); i++) {
                told.put(i, GREY_NOISE * told.get(i));
            }
        }
        network.denoise(x, noise, denoised);
        crop(tile, core);
    }

    private void pad(Region input, float[] values, Tensor tensor, int sourceChannels, int targetChannels) {
        FloatBuffer data = tensor.data();
        int width = plan.width();
        int height = plan.height();
        for (int channel = 0; channel < targetChannels; channel++) {
            int from = Math.min(channel, sourceChannels - 1) * input.height();
            if (input.width() == width && input.height() == height) {
                data.put(channel * height * width, values, from * width, height * width);
                continue;
            }
            for (int y = 0; y < height; y++) {
                int source = (from + mirror(y, input.height())) * input.width();
                System.arraycopy(values, source, row, 0, input.width());
                for (int column = input.width(); column < width; column++) {
                    row[column] = values[source + mirror(column, input.width())];
                }
                data.put((channel * height + y) * width, row, 0, width);
            }
        }
    }

    private void crop(TilePlan.Tile tile, float[] core) {
        FloatBuffer data = denoised.data();
        Region kept = tile.core();
        int left = kept.x() - tile.input().x();
        int top = kept.y() - tile.input().y();
        int pixels = kept.width() * kept.height();
        for (int channel = 0; channel < channels; channel++) {
            for (int y = 0; y < kept.height(); y++) {
                int from = (channel * plan.height() + top + y) * plan.width() + left;
                data.get(from, core, channel * pixels + y * kept.width(), kept.width());
            }
        }
        if (channels == 1) {
            for (int channel = 1; channel < NETWORK_CHANNELS; channel++) {
                for (int y = 0; y < kept.height(); y++) {
                    data.get((channel * plan.height() + top + y) * plan.width() + left, row, 0, kept.width());
                    for (int column = 0; column < kept.width(); column++) {
                        core[y * kept.width() + column] += row[column];
                    }
                }
            }
            for (int i = 0; i < pixels; i++) {
                core[i] /= NETWORK_CHANNELS;
            }
        }
    }

    /** Returns which element stands at a position past the end of a row that is continued by its mirror image, for ever. */
    static int mirror(int position, int size) {
        int folded = position % (2 * size);
        return folded < size ? folded : 2 * size - 1 - folded;
    }
}
