package dev.unfog.plugins.image;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureSink;
import dev.unfog.api.media.Region;
import dev.unfog.api.sde.DataConsistency;
import dev.unfog.api.sde.NoiseSchedule;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.SamplingRequest;
import dev.unfog.api.sde.SamplingStart;
import dev.unfog.api.sde.StateShape;
import dev.unfog.api.sde.StateSpace;
import org.jspecify.annotations.Nullable;

/**
 * Draws pictures with a sampler and takes their mean and deviation.
 *
 * <p>For one thread.
 */
final class PictureSampling {
    private final PictureTask task;
    private final SamplingSettings settings;
    private final TilePlan plan;
    private final int width;
    private final int channels;
    private final StateShape shape;
    private final StateSpace space;
    private long tilesDone;

    /**
     * @param settings how to draw
     * @param plan how the pictures are cut into tiles
     * @param layout what the pictures look like
     */
    PictureSampling(PictureTask task, SamplingSettings settings, TilePlan plan, PictureLayout layout) {
        this.task = task;
        this.settings = settings;
        this.plan = plan;
        this.width = layout.width();
        this.channels = layout.color().channels();
        this.shape = StateShape.picture(channels, layout.height(), layout.width());
        this.space = task.space();
    }

    /** Returns the shape of a state: one picture's colours. */
    StateShape shape() {
        return shape;
    }

    /** Returns where states live. */
    StateSpace space() {
        return space;
    }

    /**
     * Draws as many pictures as asked.
     *
     * @param start what each begins with
     * @param guessError how far off a guess is at the end, in units of the picture: the lowest noise level where a guess is made
     *     better and nothing is drawn
     * @param consistency what each must explain; null for nothing
     * @param relative what the state was divided by, pixel by pixel; null for nothing
     * @param needed which tiles are not known anyway; null for all of them
     * @return the mean and the deviation, which the caller closes
     */
    RunningMoments draw(
            SamplingStart start,
            double guessError,
            @Nullable DataConsistency consistency,
            @Nullable SampleState relative,
            boolean @Nullable [] needed) {
        SamplingRequest.Builder request = SamplingRequest.builder()
                .setProcess(task.process())
                .setDenoiser((state, at, denoised) -> {})
                .setShape(shape)
                .optSteps(settings.steps())
                .optStart(start)
                .optSeed(settings.seed())
                .optSpace(space)
                .optCancellation(task.context().cancellation());
        if (!settings.draws()) {
            request.optSchedule(NoiseSchedule.geometric()).optLowestNoiseLevel(guessError);
        }
        if (consistency != null) {
            request.optConsistency(consistency);
        }
        long calls = (long) settings.sampler().networkCalls(request.build()) * settings.samples();
        long tiles = calls * plan.tiles().size();
        request.setDenoiser(new StateDenoiser(
                plan,
                new TileDenoiser(task.network(), plan, channels),
                width,
                channels,
                relative,
                needed,
                task.context().cancellation(),
                () -> task.context().progress().report((double) ++tilesDone / tiles, "sampling")));
        RunningMoments moments = new RunningMoments(space, shape);
        try {
            for (int index = 0; index < settings.samples(); index++) {
                try (SampleState sample = settings.sampler()
                        .sample(request.optSampleIndices(index).build())) {
                    moments.add(sample);
                }
            }
            return moments;
        } catch (RuntimeException | Error e) {
            moments.close();
            throw e;
        }
    }

    /**
     * Writes how far the samples differ, as the output {@code deviation} in the units of the picture.
     *
     * @param deviation the standard deviation of each value
     * @param layout the layout of the result
     * @param left how many columns of the state lie before the result's first
     * @param top how many rows of the state lie above the result's first
     * @param relative what the state was divided by, pixel by pixel; null for nothing
     */
    void writeDeviation(
            SampleState deviation, PictureLayout layout, int left, int top, @Nullable SampleState relative) {
        PictureSink sink = task.outputs()
                .picture(
                        "deviation",
                        new PictureLayout(
                                layout.width(), layout.height(), layout.color(), false, PictureLayout.Depth.UINT16));
        float[] values = new float[channels * layout.width()];
        float[] factors = new float[relative == null ? 0 : layout.width()];
        for (int y = 0; y < layout.height(); y++) {
            Region row = new Region(left, top + y, layout.width(), 1);
            StateDenoiser.read(deviation, width, channels, row, values);
            if (relative != null) {
                StateDenoiser.read(relative, width, 1, row, factors);
                StateDenoiser.scale(values, factors, layout.width(), channels, false);
            }
            sink.write(new Region(0, y, layout.width(), 1), values);
        }
    }
}
