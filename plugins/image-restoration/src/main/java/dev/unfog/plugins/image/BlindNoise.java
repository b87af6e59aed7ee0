package dev.unfog.plugins.image;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.JpegCoefficients;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import java.util.Optional;

/**
 * Finds out what noise a picture has that nobody has told about.
 *
 * <p>Pictures that a camera developed have been through demosaicing and compression, which take the finest grain away, first of
 * all that of the colours, and leave the coarser: from pixel to pixel such noise looks weak. Where only the brightness is looked at,
 * from so far that a pixel is the mean of {@value #FACTOR} by {@value #FACTOR}, it looks white again, and as strong as it is. The
 * white noise that would look the same from there is what the network is told, and a little more, since coarse noise is harder to
 * tell from detail.
 *
 * <p>But fine texture all over a clean picture looks just like that, and would be lost. So where the user does not say, grain is
 * taken for coarse only in a JPEG, and only if there is hardly a quiet place in it. For one thread.
 */
final class BlindNoise {
    /** What a user can say of the noise. */
    enum Grain {
        /** Either; the picture decides. */
        AUTO,
        /** Different from pixel to pixel. */
        FINE,
        /** That of pictures as a camera stores them. */
        COARSE
    }

    /** A picture with less noise than this has none that anyone could see. */
    private static final double LOWEST = 0.1 / 255;

    private static final int FACTOR = 2;
    /**
     * Of the white noise that would look the same from afar in the quietest places, how much serves best for the picture itself. The
     * rest of the picture has texture, which from afar looks as coarse as grain: its likeliest level smooths that away.
     */
    private static final double SHARE = 0.9;
    /** Weaker coarse grain is not told from texture, nor does it disturb much. */
    private static final double LEAST_COARSE = 6 / 255.0;
    /** Stronger grain is less and less likely to be texture. */
    private static final double STRONG = 10 / 255.0;
    /** How many times stronger than from near noise must look from afar, and how much less for each unit above what is strong. */
    private static final double LEAST_RATIO = 5.7;

    private static final double LESS_RATIO = 0.2 * 255;
    private static final int SMALLEST_SIDE = 64;

    private final PictureTask task;
    private final PictureLayout layout;

    private BlindNoise(PictureTask task) {
        this.task = task;
        this.layout = task.picture().layout();
    }

    /**
     * Returns the noise that the network should be told of.
     *
     * @throws UnfogException if the picture is too small to be seen from afar, but should be
     */
    static NoiseProfile of(PictureTask task, Grain grain) {
        return new BlindNoise(task).profile(grain);
    }

    private NoiseProfile profile(Grain grain) {
        NoiseProfile near = estimator(task.picture(), true)
                .map(ScoreNoiseEstimator::profile)
                .orElse(NoiseProfile.uniform(0));
        boolean large = Math.min(layout.width(), layout.height()) >= SMALLEST_SIDE;
        if (grain == Grain.COARSE && !large) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--" + PictureCleaner.GRAIN.name(),
                    "the picture is too small to tell how coarse its noise is",
                    "say how strong it is with --sigma");
        }
        boolean mayBeCoarse = large
                && layout.color() == PictureLayout.Color.RGB
                && layout.depth() == PictureLayout.Depth.UINT8
                && isJpeg();
        if (grain == Grain.FINE || grain == Grain.AUTO && !mayBeCoarse) {
            return near;
        }
        // In grey the three channels' noise is averaged.
        double factor = FACTOR * Math.sqrt(layout.color().channels());
        return estimator(new ReducedPicture(task.picture(), FACTOR), false)
                .filter(afar -> grain == Grain.COARSE || isCoarse(near, afar, factor))
                .map(afar -> near.atLeast(afar.quietest().scaled(SHARE * factor)))
                .orElse(near);
    }

    private static boolean isCoarse(NoiseProfile near, ScoreNoiseEstimator afar, double factor) {
        double level = factor * afar.quietest().typical();
        double ratio = LEAST_RATIO - LESS_RATIO * Math.max(0, level - STRONG);
        return level >= LEAST_COARSE && level >= ratio * near.typical();
    }

    private boolean isJpeg() {
        Optional<JpegCoefficients> coefficients = task.picture().jpegCoefficients();
        coefficients.ifPresent(JpegCoefficients::close);
        return coefficients.isPresent();
    }

    /** Returns what the network says of a picture's noise; empty if there is none. */
    private Optional<ScoreNoiseEstimator> estimator(Picture picture, boolean mayVary) {
        double guess = new NoiseEstimator(picture, task.context().cancellation()).noiseLevel();
        return guess < LOWEST ? Optional.empty() : Optional.of(new ScoreNoiseEstimator(task, picture, mayVary, guess));
    }
}
