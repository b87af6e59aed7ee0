package dev.unfog.plugins.image;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;

/**
 * Finds out what noise a picture has that nobody has told about.
 *
 * <p>Pictures that a camera developed have been through demosaicing and compression, which take the finest grain away and leave the
 * coarser: from pixel to pixel such noise looks weak. Seen from further away, where a pixel is the mean of {@value #FACTOR} by
 * {@value #FACTOR}, it is independent again, and the white noise that would look the same from there serves for the picture
 * itself. But a clean picture that is a little soft looks just like that, and would lose its detail; so grain is taken for coarse
 * only where the user says that it is. For one thread.
 */
final class BlindNoise {
    /** A picture with less noise than this has none that anyone could see. */
    private static final double LOWEST = 0.1 / 255;

    private static final int FACTOR = 4;
    /** Of the white noise that would look the same from afar, how much serves best for the picture itself. */
    private static final double SHARE = 0.6;

    private BlindNoise() {}

    /**
     * Returns the noise that the network should be told of.
     *
     * @throws UnfogException if the picture is too small to be seen from afar
     */
    static NoiseProfile of(PictureTask task, boolean coarse) {
        NoiseProfile near = estimate(task, task.picture());
        if (!coarse) {
            return near;
        }
        PictureLayout layout = task.picture().layout();
        if (Math.min(layout.width(), layout.height()) < 2 * FACTOR) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--" + PictureCleaner.GRAIN.name(),
                    "the picture is too small to tell how coarse its noise is",
                    "say how strong it is with --sigma");
        }
        return near.atLeast(
                estimate(task, new ReducedPicture(task.picture(), FACTOR)).scaled(SHARE * FACTOR));
    }

    private static NoiseProfile estimate(PictureTask task, Picture picture) {
        double guess = new NoiseEstimator(picture, task.context().cancellation()).noiseLevel();
        return guess < LOWEST ? NoiseProfile.uniform(guess) : new ScoreNoiseEstimator(task, picture).estimate(guess);
    }
}
