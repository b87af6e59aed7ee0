package dev.unfog.plugins.image;

import dev.unfog.api.media.Region;
import java.util.ArrayList;
import java.util.List;

/**
 * What the network would take away from a picture if it were told of some noise (Buades, Coll and Morel 2005, "A Review of Image
 * Denoising Algorithms": the method noise).
 *
 * <p>At each pixel it is summed over the colours and divided by the level told, so that noise of just that level, all taken
 * away, has the same strength everywhere. If there is noise, much of it goes, and pixels a little apart have lost about
 * as independently as the camera made them noisy; where texture is taken for noise, less goes, and neighbours lose alike. Looks at
 * a small picture, or at pieces of a large one. For one thread.
 */
final class MethodNoise {
    private static final long WHOLE = 164_000;
    private static final int PIECE = 128;
    private static final int PIECES = 10;
    private static final double LEAST_ENERGY = 1e-6;

    private final List<Region> pieces;
    private final List<float[]> removed = new ArrayList<>();
    private final int channels;
    private final double energy;

    /**
     * Asks the network about a picture.
     *
     * @param task which picture, network and cancellation
     * @param told the noise that the network is told of, above 0 at some brightness
     */
    MethodNoise(PictureTask task, NoiseProfile told) {
        PictureColors picture = new PictureColors(task.picture());
        this.channels = picture.channels();
        this.pieces = NoiseEstimator.pieces(picture.layout(), WHOLE, PIECE, PIECES);
        Region first = pieces.get(0);
        int pixels = Math.toIntExact(first.area());
        TilePlan plan = task.plan(first.width(), first.height(), 0, pixels * 4L + 4096);
        TileDenoiser denoiser = new TileDenoiser(task.network(), plan, channels);
        float[] colors = new float[channels * pixels];
        float[] denoised = new float[channels * pixels];
        float[] levels = new float[pixels];
        for (Region piece : pieces) {
            task.context().cancellation().throwIfCancelled();
            picture.read(piece, colors);
            told.fill(colors, channels, piece.width(), piece.height(), levels);
            denoiser.denoise(plan.tiles().get(0), colors, levels, denoised);
            float[] relative = new float[pixels];
            for (int i = 0; i < channels * pixels; i++) {
                relative[i % pixels] += (colors[i] - denoised[i]) / levels[i % pixels];
            }
            removed.add(relative);
        }
        this.energy = product(0, 0);
    }

    /** Returns the logarithm of how much was taken away, relative to the level told: 0 if it is all of the noise. */
    double strength() {
        return Math.log(energy / channels + LEAST_ENERGY) / 2;
    }

    /** Returns how alike the losses of pixels are that lie so far apart in a row or a column, from -1 to 1. */
    double straightCorrelation(int distance) {
        return correlation(product(distance, 0) + product(0, distance));
    }

    /** Returns how alike the losses of pixels are that lie so many rows and as many columns apart, from -1 to 1. */
    double diagonalCorrelation(int distance) {
        return correlation(product(distance, distance) + product(-distance, distance));
    }

    private double correlation(double productOfTwo) {
        return energy == 0 ? 0 : productOfTwo / 2 / energy;
    }

    /** Returns the mean product of pixels so far apart. */
    private double product(int right, int down) {
        double sum = 0;
        long count = 0;
        for (int piece = 0; piece < pieces.size(); piece++) {
            float[] values = removed.get(piece);
            int width = pieces.get(piece).width();
            int height = pieces.get(piece).height();
            for (int y = 0; y + down < height; y++) {
                for (int x = Math.max(0, -right); x < width - Math.max(0, right); x++) {
                    sum += (double) values[y * width + x] * values[(y + down) * width + x + right];
                    count++;
                }
            }
        }
        return sum / count;
    }
}
