package dev.unfog.plugins.image;

import dev.unfog.api.media.Region;
import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.SamplingStart;
import dev.unfog.api.sde.StateShape;
import org.jspecify.annotations.Nullable;

/**
 * Takes the noise off one picture, in one step or by sampling.
 *
 * <p>For one thread.
 */
final class Denoising {
    private final PictureTask task;
    private final PictureColors picture;
    private final NoiseProfile noise;
    private final TilePlan plan;
    private final float[] colors;
    private final float[] levels;
    private final float[] core;
    private final RestoredPicture result;

    /**
     * @param task what is to be done
     * @param noise how strong the noise is
     */
    Denoising(PictureTask task, NoiseProfile noise) {
        this.task = task;
        this.picture = new PictureColors(task.picture());
        this.noise = noise;
        this.plan = task.plan(
                picture.layout().width(),
                picture.layout().height(),
                task.halo() + (noise.isUniform() ? 0 : NoiseProfile.SMOOTHING_RADIUS));
        int pixels = plan.width() * plan.height();
        this.colors = new float[picture.channels() * pixels];
        this.core = new float[picture.channels() * pixels];
        this.levels = new float[noise.isUniform() ? 0 : pixels];
        this.result = new RestoredPicture(task, picture.layout());
    }

    void run(SamplingSettings settings) {
        if (task.parameters().get(PictureCleaner.STRENGTH) == 0 || noise.highest() == 0) {
            copy();
        } else if (settings.isOneStep()) {
            oneStep();
        } else {
            sample(settings);
        }
        result.finish();
    }

    private void copy() {
        int done = 0;
        for (TilePlan.Tile tile : plan.tiles()) {
            task.context().cancellation().throwIfCancelled();
            picture.read(tile.core(), core);
            result.write(tile.core(), picture.readAll(tile.core()), core);
            task.context().progress().report((double) ++done / plan.tiles().size(), "copying");
        }
    }

    private void oneStep() {
        TileDenoiser denoiser = new TileDenoiser(task.network(), plan, picture.channels());
        int done = 0;
        for (TilePlan.Tile tile : plan.tiles()) {
            task.context().cancellation().throwIfCancelled();
            picture.read(tile.input(), colors);
            if (noise.isUniform()) {
                denoiser.denoise(tile, colors, noise.highest(), core);
            } else {
                fillLevels(tile.input());
                denoiser.denoise(tile, colors, levels, core);
            }
            result.write(tile.core(), picture.readAll(tile.core()), core);
            task.context().progress().report((double) ++done / plan.tiles().size(), "denoising");
        }
    }

    private void fillLevels(Region region) {
        noise.fill(colors, picture.channels(), region.width(), region.height(), levels);
    }

    private void sample(SamplingSettings settings) {
        PictureSampling sampling = new PictureSampling(task, settings, plan, picture.layout());
        StateShape one = new StateShape(1, 1, sampling.shape().positions());
        ForwardProcess process = task.process();
        double level = Math.min(noise.highest(), process.noiseLevel(process.endTime()));
        try (SampleState noisy = sampling.space().allocate(sampling.shape());
                SampleState relative =
                        noise.isUniform() ? null : sampling.space().allocate(one)) {
            fill(noisy, relative);
            try (RunningMoments moments =
                    sampling.draw(SamplingStart.noisy(noisy, level), level, null, relative, null)) {
                for (TilePlan.Tile tile : plan.tiles()) {
                    read(moments.mean(), relative, tile.core());
                    result.write(tile.core(), picture.readAll(tile.core()), core);
                }
                if (settings.samples() > 1) {
                    sampling.writeDeviation(moments.deviation(), picture.layout(), 0, 0, relative);
                }
            }
        }
    }

    /** Copies the picture into a state; where noise differs, in units in which it does not. */
    private void fill(SampleState noisy, @Nullable SampleState relative) {
        int width = picture.layout().width();
        for (TilePlan.Tile tile : plan.tiles()) {
            task.context().cancellation().throwIfCancelled();
            if (relative == null) {
                picture.read(tile.core(), colors);
                StateDenoiser.write(noisy, width, picture.channels(), tile.core(), colors);
                continue;
            }
            picture.read(tile.input(), colors);
            fillLevels(tile.input());
            int pixels = Math.toIntExact(tile.input().area());
            for (int i = 0; i < pixels; i++) {
                levels[i] /= noise.highest();
            }
            StateDenoiser.scale(colors, levels, pixels, picture.channels(), true);
            crop(colors, picture.channels(), tile);
            StateDenoiser.write(noisy, width, picture.channels(), tile.core(), core);
            crop(levels, 1, tile);
            StateDenoiser.write(relative, width, 1, tile.core(), core);
        }
    }

    private void crop(float[] values, int channels, TilePlan.Tile tile) {
        Region from = tile.input();
        Region kept = tile.core();
        for (int channel = 0; channel < channels; channel++) {
            for (int y = 0; y < kept.height(); y++) {
                System.arraycopy(
                        values,
                        (channel * from.height() + kept.y() - from.y() + y) * from.width() + kept.x() - from.x(),
                        core,
                        (channel * kept.height() + y) * kept.width(),
                        kept.width());
            }
        }
    }

    /** Reads restored colours into the array for cores, in the picture's units. */
    private void read(SampleState state, @Nullable SampleState relative, Region region) {
        int width = picture.layout().width();
        StateDenoiser.read(state, width, picture.channels(), region, core);
        if (relative != null) {
            StateDenoiser.read(relative, width, 1, region, levels);
            StateDenoiser.scale(core, levels, Math.toIntExact(region.area()), picture.channels(), false);
        }
    }
}
