package dev.unfog.plugins.image;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.JpegCoefficients;
import dev.unfog.api.media.PictureLayout;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Finds out what noise a picture has that nobody has told about.
 *
 * <p>White noise, whatever its strength at each brightness, is what the network itself {@linkplain ScoreNoiseEstimator finds
 * likeliest}. Pictures that a camera developed have been through demosaicing and compression, which take the finest grain away
 * and leave the coarser: of such noise the network would find too little, so that it is {@linkplain CameraNoise measured} from
 * further away.
 *
 * <p>But fine texture all over a clean picture looks just like that, and would be lost. So where the user does not say, noise is
 * taken for a camera's only in a JPEG, and only if what the network would {@linkplain MethodNoise take away} looks like noise. For one
 * thread.
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
        boolean large = Math.min(layout.width(), layout.height()) >= CameraNoise.SMALLEST_SIDE;
        if (grain == Grain.COARSE && !large) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--" + PictureCleaner.GRAIN.name(),
                    "the picture is too small to tell how coarse its noise is",
                    "say how strong it is with --sigma");
        }
        boolean mayBeCoarse =
                large && layout.color() == PictureLayout.Color.RGB && layout.depth() == PictureLayout.Depth.UINT8;
        if (grain == Grain.COARSE || grain == Grain.AUTO && mayBeCoarse) {
            OptionalDouble step = quantisationStep();
            if (grain == Grain.COARSE || step.isPresent()) {
                CameraNoise noise = new CameraNoise(
                        task.picture(), step.orElse(1), task.context().cancellation());
                if (grain == Grain.COARSE
                        || noise.isPossible() && noise.isLikely(new MethodNoise(task, noise.profile()))) {
                    return noise.profile();
                }
            }
        }
        double guess = new NoiseEstimator(task.picture(), task.context().cancellation()).noiseLevel();
        return guess < LOWEST ? NoiseProfile.uniform(0) : new ScoreNoiseEstimator(task, guess).profile();
    }

    /** Returns the mean quantisation step of a JPEG's brightness; empty for other files. */
    private OptionalDouble quantisationStep() {
        Optional<JpegCoefficients> file = task.picture().jpegCoefficients();
        if (file.isEmpty()) {
            return OptionalDouble.empty();
        }
        try (JpegCoefficients coefficients = file.get()) {
            return coefficients.components().get(0).steps().stream()
                    .mapToInt(Integer::intValue)
                    .average();
        }
    }
}
