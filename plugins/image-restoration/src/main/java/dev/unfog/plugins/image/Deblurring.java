package dev.unfog.plugins.image;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import dev.unfog.api.sde.BlurKernel;
import dev.unfog.api.sde.ConsistencyWeight;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.SamplingStart;

/**
 * Sharpens a picture whose blur is known: blurred again, the result is the picture that was given, up to its noise.
 *
 * <p>Works on a picture with a border, since light from beyond its edges was mixed in. Holds whole channels in memory. For one thread.
 */
final class Deblurring {
    /** The noise level at which sampling begins, in units of the picture. */
    private static final double START_LEVEL = 0.1;
    /** The noise level at which a guess is left as it is. */
    private static final double END_LEVEL = 0.01;
    /** How much more the network is trusted than its noise level says: at the edges of the picture much is guessed. */
    private static final double TRUST_IN_PRIOR = 5;
    /** The largest side of a kernel. */
    private static final int LARGEST_KERNEL = 255;
    /** From which side on a kernel must fade out toward its edges, as a photograph given by mistake does not. */
    private static final int LARGEST_BOX = 32;
    /** How bright its edges may be in the mean, as a share of its brightest pixel. */
    private static final double BRIGHTEST_EDGE = 0.25;

    private final PictureTask task;
    private final PictureColors picture;
    private final PictureLayout layout;

    Deblurring(PictureTask task) {
        this.task = task;
        this.picture = new PictureColors(task.picture());
        this.layout = picture.layout();
    }

    /**
     * Sharpens the picture.
     *
     * @param kernel how a point spreads
     * @param noiseLevel the standard deviation of the noise after the blur, in units of the picture, above 0
     */
    void run(BlurKernel kernel, double noiseLevel, SamplingSettings settings) {
        int left = kernel.width() / 2;
        int top = kernel.height() / 2;
        int width = layout.width() + 2 * left;
        int height = layout.height() + 2 * top;
        PictureLayout bordered = layout.withSize(width, height);
        TilePlan plan = task.plan(width, height, task.halo());
        PictureSampling sampling = new PictureSampling(task, settings, plan, bordered);
        try (SampleState measured = sampling.space().allocate(sampling.shape())) {
            fill(measured, width, height, left, top);
            BorderedBlurConsistency consistency = new BorderedBlurConsistency(
                    kernel,
                    measured,
                    width,
                    height,
                    left,
                    top,
                    layout.width(),
                    layout.height(),
                    new ConsistencyWeight(noiseLevel, TRUST_IN_PRIOR));
            try (SampleState guess = sampling.space().allocate(sampling.shape())) {
                copy(measured, guess);
                try (RunningMoments moments = sampling.draw(
                        SamplingStart.perturbed(guess, START_LEVEL), END_LEVEL, consistency, null, null)) {
                    write(moments.mean(), new RestoredPicture(task, layout), width, left, top);
                    if (settings.samples() > 1) {
                        sampling.writeDeviation(moments.deviation(), layout, left, top, null);
                    }
                }
            }
        }
    }

    /** Reads the picture into the middle of a state and continues it by its mirror image. */
    private void fill(SampleState measured, int width, int height, int left, int top) {
        int channels = picture.channels();
        float[] line = new float[channels * layout.width()];
        float[] row = new float[width];
        for (int y = 0; y < height; y++) {
            task.context().cancellation().throwIfCancelled();
            picture.read(new Region(0, fold(y - top, layout.height()), layout.width(), 1), line);
            for (int channel = 0; channel < channels; channel++) {
                for (int x = 0; x < width; x++) {
                    row[x] = line[channel * layout.width() + fold(x - left, layout.width())];
                }
                measured.write(channel * measured.shape().positions() + (long) y * width, row, 0, width);
            }
        }
    }

    private static int fold(int position, int size) {
        return TileDenoiser.mirror(position < 0 ? -1 - position : position, size);
    }

    private static void copy(SampleState from, SampleState to) {
        float[] block = new float[1 << 16];
        for (long offset = 0; offset < from.shape().size(); offset += block.length) {
            int length = (int) Math.min(block.length, from.shape().size() - offset);
            from.read(offset, block, 0, length);
            to.write(offset, block, 0, length);
        }
    }

    private void write(SampleState mean, RestoredPicture result, int width, int left, int top) {
        TilePlan plan = task.plan(layout.width(), layout.height(), 0);
        float[] restored = new float[picture.channels() * plan.width() * plan.height()];
        for (TilePlan.Tile tile : plan.tiles()) {
            Region core = tile.core();
            Region inner = new Region(core.x() + left, core.y() + top, core.width(), core.height());
            StateDenoiser.read(mean, width, picture.channels(), inner, restored);
            result.write(core, picture.readAll(core), restored);
        }
        result.finish();
    }

    /**
     * Returns the kernel that a picture shows: bright where light of a point lands.
     *
     * @throws UnfogException if it is too large or all black
     */
    static BlurKernel kernel(Picture shown) {
        PictureLayout layout = shown.layout();
        if (layout.width() > LARGEST_KERNEL || layout.height() > LARGEST_KERNEL) {
            throw notAKernel(shown, "it is larger than " + LARGEST_KERNEL + "x" + LARGEST_KERNEL);
        }
        PictureColors colors = new PictureColors(shown);
        int pixels = (int) layout.pixels();
        float[] values = new float[colors.channels() * pixels];
        colors.read(layout.bounds(), values);
        // An even side gets an empty row or column at its end: a kernel has a middle.
        int width = layout.width() | 1;
        int height = layout.height() | 1;
        double[] weights = new double[width * height];
        double sum = 0;
        for (int i = 0; i < pixels; i++) {
            double value = 0;
            for (int channel = 0; channel < colors.channels(); channel++) {
                value += values[channel * pixels + i];
            }
            if (value < 0) {
                throw notAKernel(shown, "it has a value below 0");
            }
            weights[i / layout.width() * width + i % layout.width()] = value;
            sum += value;
        }
        if (!(sum > 0)) {
            throw notAKernel(shown, "it is all black");
        }
        if (Math.max(layout.width(), layout.height()) > LARGEST_BOX && !fadesOut(weights, width, layout)) {
            throw notAKernel(shown, "it is bright to its edges");
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= sum;
        }
        return new BlurKernel(height, width, weights);
    }

    private static boolean fadesOut(double[] weights, int stride, PictureLayout layout) {
        double brightest = 0;
        double edge = 0;
        int count = 0;
        for (int y = 0; y < layout.height(); y++) {
            for (int x = 0; x < layout.width(); x++) {
                double weight = weights[y * stride + x];
                brightest = Math.max(brightest, weight);
                if (y == 0 || x == 0 || y == layout.height() - 1 || x == layout.width() - 1) {
                    edge += weight;
                    count++;
                }
            }
        }
        return edge <= BRIGHTEST_EDGE * brightest * count;
    }

    private static UnfogException notAKernel(Picture shown, String problem) {
        return new UnfogException(
                ErrorCode.BAD_PARAMETER,
                shown.name(),
                "it does not show how a point is blurred: " + problem,
                "give a small picture that is bright where the light of a point landed and black elsewhere");
    }

    /**
     * Returns the kernel of a straight movement during the exposure.
     *
     * @param length how far a point moves, in pixels
     * @param angle in which direction, in degrees against the clock from the right
     */
    static BlurKernel motion(double length, double angle) {
        int radius = (int) Math.ceil(length / 2) + 1;
        int size = 2 * radius + 1;
        double[] weights = new double[size * size];
        double cosine = Math.cos(Math.toRadians(angle));
        double sine = Math.sin(Math.toRadians(angle));
        int samples = Math.max(1, (int) Math.ceil(length * 16));
        for (int i = 0; i < samples; i++) {
            double along = length * ((i + 0.5) / samples - 0.5);
            double x = radius + along * cosine;
            double y = radius - along * sine;
            int column = (int) Math.floor(x);
            int row = (int) Math.floor(y);
            double right = x - column;
            double below = y - row;
            weights[row * size + column] += (1 - right) * (1 - below) / samples;
            weights[row * size + column + 1] += right * (1 - below) / samples;
            weights[(row + 1) * size + column] += (1 - right) * below / samples;
            weights[(row + 1) * size + column + 1] += right * below / samples;
        }
        return new BlurKernel(size, size, weights);
    }
}
