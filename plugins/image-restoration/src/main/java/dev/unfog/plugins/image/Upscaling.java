package dev.unfog.plugins.image;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import dev.unfog.api.sde.ConsistencyWeight;
import dev.unfog.api.sde.DataConsistency;
import dev.unfog.api.sde.DownsamplingConsistency;
import dev.unfog.api.sde.Resampling;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.SamplingStart;
import dev.unfog.api.sde.StateShape;

/**
 * Makes a picture larger, with the detail that the network expects: made smaller again, the result is the picture that was given.
 *
 * <p>Smaller means bicubic with the kernel widened, as most programs shrink photographs. For one thread.
 */
final class Upscaling {
    /** The noise level at which sampling begins, in units of the picture: as strong as the detail that is missing. */
    private static final double START_LEVEL = 0.2;
    /** The noise level at which a guess is left as it is. */
    private static final double END_LEVEL = 0.02;
    /** The same two levels, for each time that the picture becomes larger, where noise is added to guesses. */
    private static final double ANTITHETIC_START_LEVEL = 0.1;

    private static final double ANTITHETIC_END_LEVEL = 0.0125;

    private static final int BAND = 256;

    private final PictureTask task;
    private final int factor;
    private final PictureColors picture;
    private final PictureLayout layout;
    private final PictureLayout large;

    /**
     * @param task what is to be done
     * @param factor how many times wider and higher the result is
     */
    Upscaling(PictureTask task, int factor) {
        this.task = task;
        this.factor = factor;
        this.picture = new PictureColors(task.picture());
        this.layout = picture.layout();
        this.large = layout.withSize(
                Math.multiplyExact(layout.width(), factor), Math.multiplyExact(layout.height(), factor));
    }

    /**
     * Makes the picture larger.
     *
     * @param noiseLevel the standard deviation of the noise in the picture, in its units
     */
    void run(double noiseLevel, SamplingSettings settings) {
        TilePlan plan = task.plan(large.width(), large.height(), task.halo());
        PictureSampling sampling = new PictureSampling(task, settings, plan, large);
        int all = layout.channels();
        int colors = picture.channels();
        Resampling larger = Resampling.bicubic(layout.height(), layout.width(), large.height(), large.width());
        Resampling smaller = Resampling.bicubic(large.height(), large.width(), layout.height(), layout.width());
        boolean antithetic = settings.sampler() instanceof AntitheticSampler;
        double start = antithetic ? factor * ANTITHETIC_START_LEVEL : START_LEVEL;
        double end = antithetic ? factor * ANTITHETIC_END_LEVEL : END_LEVEL;
        try (SampleState measured =
                        sampling.space().allocate(StateShape.picture(colors, layout.height(), layout.width()));
                SampleState interpolated =
                        sampling.space().allocate(StateShape.picture(all, large.height(), large.width()));
                SampleState guess = sampling.space().allocate(sampling.shape())) {
            interpolate(larger, measured, interpolated, guess);
            DataConsistency consistency =
                    new DownsamplingConsistency(smaller, measured, new ConsistencyWeight(noiseLevel, 1));
            try (RunningMoments moments =
                    sampling.draw(SamplingStart.perturbed(guess, start), end, consistency, null, null)) {
                RestoredPicture result = new RestoredPicture(task, large);
                float[] restored = new float[colors * plan.width() * plan.height()];
                float[] original = new float[all * plan.width() * plan.height()];
                for (TilePlan.Tile tile : plan.tiles()) {
                    StateDenoiser.read(moments.mean(), large.width(), colors, tile.core(), restored);
                    StateDenoiser.read(interpolated, large.width(), all, tile.core(), original);
                    result.write(tile.core(), original, restored);
                }
                result.finish();
                if (settings.samples() > 1) {
                    sampling.writeDeviation(moments.deviation(), large, 0, 0, null);
                }
            }
        }
    }

    /** Reads the picture and makes it larger by interpolation, opacity included. */
    private void interpolate(Resampling larger, SampleState measured, SampleState interpolated, SampleState guess) {
        int colors = picture.channels();
        float[] values = new float[colors * layout.width() * Math.min(BAND, layout.height())];
        StateShape whole = StateShape.picture(layout.channels(), layout.height(), layout.width());
        try (SampleState small = task.space().allocate(whole)) {
            for (int y = 0; y < layout.height(); y += BAND) {
                task.context().cancellation().throwIfCancelled();
                Region band = new Region(0, y, layout.width(), Math.min(BAND, layout.height() - y));
                picture.read(band, values);
                StateDenoiser.write(measured, layout.width(), colors, band, values);
                StateDenoiser.write(small, layout.width(), layout.channels(), band, picture.readAll(band));
            }
            larger.apply(small, interpolated);
        }
        clampOpacity(interpolated);
        float[] row = new float[large.width()];
        for (long offset = 0; offset < guess.shape().size(); offset += row.length) {
            interpolated.read(offset, row, 0, row.length);
            guess.write(offset, row, 0, row.length);
        }
    }

    private void clampOpacity(SampleState interpolated) {
        if (!layout.alpha()) {
            return;
        }
        float[] row = new float[large.width()];
        long from = interpolated.shape().positions() * picture.channels();
        for (long offset = from; offset < interpolated.shape().size(); offset += row.length) {
            interpolated.read(offset, row, 0, row.length);
            for (int i = 0; i < row.length; i++) {
                row[i] = Math.min(1, Math.max(0, row[i]));
            }
            interpolated.write(offset, row, 0, row.length);
        }
    }
}
