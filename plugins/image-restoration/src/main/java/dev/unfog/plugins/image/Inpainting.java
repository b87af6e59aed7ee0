package dev.unfog.plugins.image;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureSink;
import dev.unfog.api.media.Region;
import dev.unfog.api.sde.ConsistencyWeight;
import dev.unfog.api.sde.DataConsistency;
import dev.unfog.api.sde.MaskConsistency;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.SamplingStart;
import dev.unfog.api.sde.StateShape;
import java.nio.file.Path;

/**
 * Fills the holes of a picture with what the network expects to be there.
 *
 * <p>A mask says where the holes are, or they are the scratches that can be found; what lies outside them is kept as it is, unless the picture is said to be noisy too. Tiles
 * without a hole cost nothing. For one thread.
 */
final class Inpainting {
    /** The noise level at which sampling begins, in units of the picture: nothing of a hole's first guess survives it. */
    private static final double START_LEVEL = 1.0;
    /** The noise level at which a guess is left as it is. */
    private static final double END_LEVEL = 0.01;

    private final PictureTask task;
    private final PictureColors picture;
    private final PictureLayout layout;
    private final TilePlan plan;
    private final float[] colors;
    private final float[] known;

    Inpainting(PictureTask task) {
        this.task = task;
        this.picture = new PictureColors(task.picture());
        this.layout = picture.layout();
        this.plan = task.plan(layout.width(), layout.height(), task.halo());
        int pixels = plan.width() * plan.height();
        this.colors = new float[picture.channels() * pixels];
        this.known = new float[pixels];
    }

    /** Says where there are holes. */
    private interface Holes {
        /** Sets 1 for each pixel of a region that is missing, 0 for others. */
        void find(Region region, float[] missing);
    }

    /**
     * Fills the holes that a mask shows.
     *
     * @param maskFile a picture of the same size, bright where there is a hole
     * @param noiseLevel the standard deviation of the noise outside the holes, in units of the picture
     */
    void run(Path maskFile, double noiseLevel, SamplingSettings settings) {
        try (Picture mask = (Picture) task.context().openMedia(maskFile, MediaKind.PICTURE)) {
            run(holes(mask, maskFile), maskFile.toString(), noiseLevel, settings);
        }
    }

    /**
     * Finds scratches and dust, fills them, and gives what was found as the output {@code mask}.
     *
     * @param noiseLevel the standard deviation of the noise elsewhere, in units of the picture
     */
    void runOnScratches(double noiseLevel, SamplingSettings settings) {
        ScratchDetector detector = new ScratchDetector(picture);
        PictureSink found = task.outputs()
                .picture(
                        "mask",
                        new PictureLayout(
                                layout.width(),
                                layout.height(),
                                PictureLayout.Color.GREY,
                                false,
                                PictureLayout.Depth.UINT8));
        Holes scratches = (region, missing) -> {
            detector.detect(region, missing);
            found.write(region, missing);
        };
        run(scratches, task.picture().name(), noiseLevel, settings);
    }

    private void run(Holes holes, String holesFrom, double noiseLevel, SamplingSettings settings) {
        PictureSampling sampling = new PictureSampling(task, settings, plan, layout);
        StateShape one = new StateShape(1, 1, sampling.shape().positions());
        boolean[] needed = new boolean[plan.tiles().size()];
        try (SampleState measured = sampling.space().allocate(sampling.shape());
                SampleState guess = sampling.space().allocate(sampling.shape());
                SampleState mask = sampling.space().allocate(one)) {
            readMask(holes, holesFrom, mask, needed, noiseLevel > 0);
            readPicture(measured, guess, mask);
            DataConsistency consistency = new MaskConsistency(mask, measured, new ConsistencyWeight(noiseLevel, 1));
            try (RunningMoments moments =
                    sampling.draw(SamplingStart.perturbed(guess, START_LEVEL), END_LEVEL, consistency, null, needed)) {
                RestoredPicture result = new RestoredPicture(task, layout);
                for (TilePlan.Tile tile : plan.tiles()) {
                    StateDenoiser.read(moments.mean(), layout.width(), picture.channels(), tile.core(), colors);
                    result.write(tile.core(), picture.readAll(tile.core()), colors);
                }
                result.finish();
                if (settings.samples() > 1) {
                    sampling.writeDeviation(moments.deviation(), layout, 0, 0, null);
                }
            }
        }
    }

    /** Reads a mask: what is brighter than half is a hole. */
    private Holes holes(Picture mask, Path file) {
        PictureLayout shape = mask.layout();
        if (shape.width() != layout.width() || shape.height() != layout.height()) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    file.toString(),
                    "the mask is " + shape.width() + "x" + shape.height() + ", the picture " + layout.width() + "x"
                            + layout.height(),
                    "give a mask of the picture's size, white where there is a hole");
        }
        PictureColors reader = new PictureColors(mask);
        float[] values = new float[reader.channels() * plan.width() * plan.height()];
        return (region, missing) -> {
            reader.read(region, values);
            int pixels = Math.toIntExact(region.area());
            for (int i = 0; i < pixels; i++) {
                float sum = 0;
                for (int channel = 0; channel < reader.channels(); channel++) {
                    sum += values[channel * pixels + i];
                }
                missing[i] = sum > 0.5f * reader.channels() ? 1 : 0;
            }
        };
    }

    private void readMask(Holes holes, String holesFrom, SampleState mask, boolean[] needed, boolean all) {
        long missing = 0;
        for (int index = 0; index < needed.length; index++) {
            Region region = plan.tiles().get(index).core();
            task.context().cancellation().throwIfCancelled();
            holes.find(region, known);
            int pixels = Math.toIntExact(region.area());
            int missingHere = 0;
            for (int i = 0; i < pixels; i++) {
                missingHere += known[i] == 1 ? 1 : 0;
                known[i] = 1 - known[i];
            }
            StateDenoiser.write(mask, layout.width(), 1, region, known);
            needed[index] = all || missingHere > 0;
            missing += missingHere;
        }
        task.outputs().note("missingPixels", missing);
        if (missing == layout.pixels()) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    holesFrom,
                    "the mask covers the whole picture",
                    "make it white where there is a hole and black elsewhere");
        }
    }

    /** Copies the picture into a state, and into another with the mean colour in its holes. */
    private void readPicture(SampleState measured, SampleState guess, SampleState mask) {
        int channels = picture.channels();
        double[] sums = new double[channels];
        long count = 0;
        for (TilePlan.Tile tile : plan.tiles()) {
            Region region = tile.core();
            task.context().cancellation().throwIfCancelled();
            picture.read(region, colors);
            StateDenoiser.write(measured, layout.width(), channels, region, colors);
            StateDenoiser.read(mask, layout.width(), 1, region, known);
            int pixels = Math.toIntExact(region.area());
            for (int i = 0; i < pixels; i++) {
                if (known[i] != 0) {
                    count++;
                    for (int channel = 0; channel < channels; channel++) {
                        sums[channel] += colors[channel * pixels + i];
                    }
                }
            }
        }
        for (TilePlan.Tile tile : plan.tiles()) {
            Region region = tile.core();
            StateDenoiser.read(measured, layout.width(), channels, region, colors);
            StateDenoiser.read(mask, layout.width(), 1, region, known);
            int pixels = Math.toIntExact(region.area());
            for (int channel = 0; channel < channels; channel++) {
                float mean = (float) (sums[channel] / count);
                for (int i = 0; i < pixels; i++) {
                    if (known[i] == 0) {
                        colors[channel * pixels + i] = mean;
                    }
                }
            }
            StateDenoiser.write(guess, layout.width(), channels, region, colors);
        }
    }
}
