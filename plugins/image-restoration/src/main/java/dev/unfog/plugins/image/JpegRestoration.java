package dev.unfog.plugins.image;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.JpegCoefficients;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.SamplingStart;
import java.util.Locale;

/**
 * Takes away what JPEG compression did: the result is a picture that would have become the same file, but for the rounding and
 * clipping of its own samples when it is stored.
 *
 * <p>The file says by how much each coefficient was rounded; that gives the noise levels as well as what must be kept. Works on the
 * grid of blocks, which is a little larger than the picture. For one thread.
 */
final class JpegRestoration {
    /**
     * The noise level at which a guess is first made better, in 255ths, is this times the mean step of the {@value #LOW} by {@value #LOW}
     * lowest frequencies to the power below: the best at the qualities 10, 20, 40 and 80, found on pictures held out of training.
     */
    private static final double START_FACTOR = 1.43;

    private static final double START_POWER = 0.65;
    /** The noise level at which it is left as it is, as a share of the first. */
    private static final double END_SHARE = 0.2;
    /** How far off a guess is in the mean, as a share of the first noise level. */
    private static final double GUESS_SPREAD = 0.5;
    /** How far off what the network makes of a sample is in the mean, as a share of the sample's noise level. */
    private static final double SAMPLE_SPREAD = 0.6;
    /** How much more noise samples begin with, since they are drawn. */
    private static final double SAMPLE_START = 2;

    private static final int LOW = 4;
    private static final int DEFAULT_STEPS = 6;

    private final PictureTask task;
    private final PictureColors picture;
    private final PictureLayout layout;

    JpegRestoration(PictureTask task) {
        this.task = task;
        this.picture = new PictureColors(task.picture());
        this.layout = picture.layout();
    }

    /**
     * Restores the picture.
     *
     * @throws UnfogException if it does not come from a JPEG whose coefficients can be had
     */
    void run(SamplingSettings asked) {
        try (JpegCoefficients coefficients = task.picture().jpegCoefficients().orElseThrow(this::notFromJpeg)) {
            run(coefficients, asked);
        }
    }

    private UnfogException notFromJpeg() {
        return new UnfogException(
                ErrorCode.UNSUPPORTED_MEDIA,
                task.picture().name(),
                "it is not a JPEG file of grey or colours, so that it does not say how it was compressed",
                "give the JPEG file itself, or leave --" + PictureCleaner.JPEG.name() + " out and say --sigma");
    }

    private void run(JpegCoefficients coefficients, SamplingSettings asked) {
        boolean draws = asked.draws();
        boolean stepsAsked = task.parameters().find(PictureCleaner.STEPS).isPresent();
        SamplingSettings settings = draws || stepsAsked
                ? asked
                : new SamplingSettings(DEFAULT_STEPS, asked.sampler(), asked.samples(), asked.seed());
        ForwardProcess process = task.process();
        double start = Math.max(
                START_FACTOR * Math.pow(lowStep(coefficients), START_POWER) / 255 * (draws ? SAMPLE_START : 1),
                process.noiseLevel(process.startTime()));
        task.outputs().note("noiseLevel", String.format(Locale.ROOT, "%.4f", start));
        JpegConsistency consistency = new JpegConsistency(
                coefficients, noiseLevel -> draws ? SAMPLE_SPREAD * noiseLevel : GUESS_SPREAD * start);
        int width = consistency.width();
        int height = consistency.height();
        PictureLayout grid = layout.withSize(width, height);
        TilePlan plan = task.plan(width, height, task.halo());
        PictureSampling sampling = new PictureSampling(task, settings, plan, grid);
        try (SampleState guess = sampling.space().allocate(sampling.shape())) {
            fill(guess, width, height, coefficients.left(), coefficients.top());
            try (RunningMoments moments =
                    sampling.draw(SamplingStart.perturbed(guess, start), END_SHARE * start, consistency, null, null)) {
                write(moments.mean(), width, coefficients.left(), coefficients.top());
                if (settings.samples() > 1) {
                    sampling.writeDeviation(moments.deviation(), layout, coefficients.left(), coefficients.top(), null);
                }
            }
        }
    }

    /** Returns the mean quantisation step of the lowest frequencies of luminance, in 255ths. */
    private static double lowStep(JpegCoefficients coefficients) {
        double sum = 0;
        for (int i = 0; i < LOW * LOW; i++) {
            sum += coefficients.components().get(0).steps().get(i / LOW * JpegCoefficients.BLOCK + i % LOW);
        }
        return sum / (LOW * LOW);
    }

    /** Reads the picture into its place on the grid, and continues its edges as encoders do. */
    private void fill(SampleState guess, int width, int height, int left, int top) {
        int channels = picture.channels();
        float[] line = new float[channels * layout.width()];
        float[] row = new float[width];
        for (int y = 0; y < height; y++) {
            task.context().cancellation().throwIfCancelled();
            int source = Math.max(0, Math.min(layout.height() - 1, y - top));
            picture.read(new Region(0, source, layout.width(), 1), line);
            for (int channel = 0; channel < channels; channel++) {
                for (int x = 0; x < width; x++) {
                    row[x] = line[channel * layout.width() + Math.max(0, Math.min(layout.width() - 1, x - left))];
                }
                guess.write(channel * guess.shape().positions() + (long) y * width, row, 0, width);
            }
        }
    }

    private void write(SampleState mean, int width, int left, int top) {
        RestoredPicture result = new RestoredPicture(task, layout);
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
}
