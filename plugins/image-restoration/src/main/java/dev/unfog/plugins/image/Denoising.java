package dev.unfog.plugins.image;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureSink;
import dev.unfog.api.media.Region;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.ForwardProcesses;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.SamplingRequest;
import dev.unfog.api.sde.SamplingStart;
import dev.unfog.api.sde.StateShape;
import dev.unfog.api.sde.StateSpace;
import org.jspecify.annotations.Nullable;

/**
 * Takes the noise off one picture, in one step or by sampling.
 *
 * <p>For one thread.
 */
final class Denoising {
    /** Up to how many values a sampler's state stays in memory: 48 MiB each. */
    private static final long MEMORY_VALUES = 12L << 20;

    private final PictureColors picture;
    private final Outputs outputs;
    private final PluginContext context;
    private final ScoreNetwork network;
    private final float strength;
    private final NoiseProfile noise;
    private final TilePlan plan;
    private final float[] colors;
    private final float[] levels;
    private final float[] core;
    private final @Nullable Comparison comparison;
    private long tilesDone;

    Denoising(
            Picture picture, Outputs outputs, ParameterValues parameters, PluginContext context, ScoreNetwork network) {
        this.picture = new PictureColors(picture);
        this.outputs = outputs;
        this.context = context;
        this.network = network;
        this.strength = parameters.get(PictureCleaner.STRENGTH).floatValue();
        this.noise = NoiseProfile.uniform(
                parameters.find(PictureCleaner.SIGMA).map(sigma -> sigma / 255).orElseGet(() -> new NoiseEstimator(
                                picture, context.cancellation())
                        .noiseLevel()));
        outputs.note("noiseLevel", noise.highest() * 255);
        NetworkCard card = network.card();
        long side = parameters.get(PictureCleaner.TILE);
        long halo = Math.min(
                parameters.get(PictureCleaner.HALO),
                card.receptiveField() + (noise.isUniform() ? 0 : NoiseProfile.SMOOTHING_RADIUS));
        this.plan = TilePlan.of(
                picture.layout().width(),
                picture.layout().height(),
                side * side,
                Math.toIntExact(halo),
                card.sizeMinimum(),
                card.sizeMultiple());
        int pixels = plan.width() * plan.height();
        this.colors = new float[this.picture.channels() * pixels];
        this.core = new float[this.picture.channels() * pixels];
        this.levels = new float[noise.isUniform() ? 0 : pixels];
        this.comparison = parameters.get(PictureCleaner.COMPARE)
                ? new Comparison(picture.layout().width(), picture.layout().height(), this.picture.channels())
                : null;
    }

    void run(SamplingSettings settings) {
        if (strength == 0 || noise.highest() == 0) {
            copy();
        } else if (settings.isOneStep()) {
            oneStep();
        } else {
            sample(settings);
        }
        if (comparison != null) {
            comparison.write(outputs);
        }
    }

    private void copy() {
        PictureSink sink = outputs.picture(Outputs.MAIN, picture.layout());
        for (TilePlan.Tile tile : plan.tiles()) {
            context.cancellation().throwIfCancelled();
            picture.read(tile.core(), core);
            write(sink, tile.core());
            report("copying", plan.tiles().size());
        }
    }

    private void oneStep() {
        PictureSink sink = outputs.picture(Outputs.MAIN, picture.layout());
        TileDenoiser denoiser = new TileDenoiser(network, plan, picture.channels());
        for (TilePlan.Tile tile : plan.tiles()) {
            context.cancellation().throwIfCancelled();
            picture.read(tile.input(), colors);
            if (noise.isUniform()) {
                denoiser.denoise(tile, colors, noise.highest(), core);
            } else {
                noise.fill(
                        colors,
                        picture.channels(),
                        tile.input().width(),
                        tile.input().height(),
                        lowestNoiseLevel(),
                        levels);
                denoiser.denoise(tile, colors, levels, core);
            }
            write(sink, tile.core());
            report("denoising", plan.tiles().size());
        }
    }

    /** Writes the restored colours in the array for cores, as strongly as asked. */
    private void write(PictureSink sink, Region region) {
        float[] blended = picture.blend(region, core, strength);
        sink.write(region, blended);
        if (comparison != null) {
            picture.read(region, colors);
            comparison.add(region, colors, blended);
        }
    }

    private void sample(SamplingSettings settings) {
        PictureLayout layout = picture.layout();
        StateShape shape = StateShape.picture(picture.channels(), layout.height(), layout.width());
        StateSpace space = ScratchState.space(context.temporaryDirectory(), MEMORY_VALUES);
        try (SampleState noisy = space.allocate(shape);
                SampleState relative = noise.isUniform()
                        ? null
                        : space.allocate(StateShape.picture(1, layout.height(), layout.width()));
                RunningMoments moments = new RunningMoments(space, shape)) {
            fill(noisy, relative);
            SamplingRequest.Builder request = request(settings, shape, space, noisy, relative);
            for (int index = 0; index < settings.samples(); index++) {
                try (SampleState sample = settings.sampler()
                        .sample(request.optSampleIndices(index).build())) {
                    moments.add(sample);
                }
            }
            PictureSink sink = outputs.picture(Outputs.MAIN, layout);
            for (TilePlan.Tile tile : plan.tiles()) {
                read(moments.mean(), relative, tile.core());
                write(sink, tile.core());
            }
            if (settings.samples() > 1) {
                writeDeviation(moments.deviation(), relative);
            }
        }
    }

    private SamplingRequest.Builder request(
            SamplingSettings settings,
            StateShape shape,
            StateSpace space,
            SampleState noisy,
            @Nullable SampleState relative) {
        ForwardProcess process = process();
        double level = Math.min(noise.highest(), process.noiseLevel(process.endTime()));
        SamplingRequest.Builder request = SamplingRequest.builder()
                .setProcess(process)
                .setShape(shape)
                .optSteps(settings.steps())
                .optStart(SamplingStart.noisy(noisy, level))
                .optSeed(settings.seed())
                .optSpace(space)
                .optCancellation(context.cancellation());
        SamplingRequest counted =
                request.setDenoiser((state, at, denoised) -> {}).build();
        long tiles = (long) settings.sampler().networkCalls(counted)
                * settings.samples()
                * plan.tiles().size();
        TileDenoiser denoiser = new TileDenoiser(network, plan, picture.channels());
        return request.setDenoiser(new StateDenoiser(
                plan,
                denoiser,
                picture.layout().width(),
                picture.channels(),
                relative,
                context.cancellation(),
                () -> report("sampling", tiles)));
    }

    private ForwardProcess process() {
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

    /** Copies the picture into a state; where noise differs, in units in which it does not. */
    private void fill(SampleState noisy, @Nullable SampleState relative) {
        int width = picture.layout().width();
        for (TilePlan.Tile tile : plan.tiles()) {
            context.cancellation().throwIfCancelled();
            if (relative == null) {
                picture.read(tile.core(), colors);
                StateDenoiser.write(noisy, width, picture.channels(), tile.core(), colors);
                continue;
            }
            Region input = tile.input();
            picture.read(input, colors);
            noise.fill(colors, picture.channels(), input.width(), input.height(), lowestNoiseLevel(), levels);
            int pixels = Math.toIntExact(input.area());
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
        context.cancellation().throwIfCancelled();
        int width = picture.layout().width();
        StateDenoiser.read(state, width, picture.channels(), region, core);
        if (relative != null) {
            StateDenoiser.read(relative, width, 1, region, levels);
            StateDenoiser.scale(core, levels, Math.toIntExact(region.area()), picture.channels(), false);
        }
    }

    private void writeDeviation(SampleState deviation, @Nullable SampleState relative) {
        PictureLayout layout = picture.layout();
        PictureSink sink = outputs.picture(
                "deviation",
                new PictureLayout(layout.width(), layout.height(), layout.color(), false, PictureLayout.Depth.UINT16));
        for (TilePlan.Tile tile : plan.tiles()) {
            read(deviation, relative, tile.core());
            sink.write(tile.core(), core);
        }
    }

    private float lowestNoiseLevel() {
        return noise.highest() / 20;
    }

    private void report(String what, long tiles) {
        context.progress().report((double) ++tilesDone / tiles, what);
    }
}
