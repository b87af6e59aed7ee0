package dev.unfog.plugins.image;

import dev.unfog.api.media.Region;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import java.nio.FloatBuffer;

/**
 * Runs a score network on the tiles of a {@link TilePlan}: pads where a tile reaches past the picture, and crops to the core.
 *
 * <p>Padding repeats the picture in reverse (its mirror image), as far as it goes. The tensors are allocated once. For one thread.
 */
final class TileDenoiser {
    private final ScoreNetwork network;
    private final TilePlan plan;
    private final Tensor x;
    private final Tensor denoised;
    private final Tensor noise;
    private final float[] row;

    TileDenoiser(ScoreNetwork network, TilePlan plan) {
        this.network = network;
        this.plan = plan;
        this.x = Tensor.allocate(1, NetworkFrame.CHANNELS, plan.height(), plan.width());
        this.denoised = Tensor.allocate(1, NetworkFrame.CHANNELS, plan.height(), plan.width());
        this.noise = Tensor.allocate(1, 1, plan.height(), plan.width());
        this.row = new float[plan.width()];
    }

    /**
     * Denoises a tile at one noise level.
     *
     * @param tile a tile of the plan
     * @param colors the noisy colours of the tile's input, {@code [3, height, width]}
     * @param noiseLevel the standard deviation of the noise in the units of the colours, above 0
     * @param core receives the denoised colours of the tile's core, {@code [3, height, width]}
     */
    void denoise(TilePlan.Tile tile, float[] colors, float noiseLevel, float[] core) {
        pad(tile.input(), colors, NetworkFrame.CHANNELS, x);
        Tensor level = noise.view(1, 1, 1, 1);
        level.data().put(0, noiseLevel);
        network.denoise(x, level, denoised);
        crop(tile, core);
    }

    /**
     * Denoises a tile at a noise level of its own for every pixel.
     *
     * @param tile a tile of the plan
     * @param colors the noisy colours of the tile's input, {@code [3, height, width]}
     * @param noiseLevels the standard deviation of the noise at each pixel of the input, {@code [height, width]}, above 0
     * @param core receives the denoised colours of the tile's core, {@code [3, height, width]}
     */
    void denoise(TilePlan.Tile tile, float[] colors, float[] noiseLevels, float[] core) {
        pad(tile.input(), colors, NetworkFrame.CHANNELS, x);
        pad(tile.input(), noiseLevels, 1, noise);
        network.denoise(x, noise, denoised);
        crop(tile, core);
    }

    private void pad(Region input, float[] values, int channels, Tensor tensor) {
        FloatBuffer data = tensor.data();
        int width = plan.width();
        int height = plan.height();
        if (input.width() == width && input.height() == height) {
            data.put(0, values, 0, channels * width * height);
            return;
        }
        for (int channel = 0; channel < channels; channel++) {
            for (int y = 0; y < height; y++) {
                int source = (channel * input.height() + mirror(y, input.height())) * input.width();
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
        for (int channel = 0; channel < NetworkFrame.CHANNELS; channel++) {
            for (int y = 0; y < kept.height(); y++) {
                data.get(
                        (channel * plan.height() + top + y) * plan.width() + left,
                        core,
                        (channel * kept.height() + y) * kept.width(),
                        kept.width());
            }
        }
    }

    /** Returns which element stands at a position past the end of a row that is continued by its mirror image, for ever. */
    static int mirror(int position, int size) {
        int folded = position % (2 * size);
        return folded < size ? folded : 2 * size - 1 - folded;
    }
}
