package dev.unfog.api.train;

import dev.unfog.api.Cancellation;
import dev.unfog.api.Progress;
import java.nio.file.Path;

/**
 * Trains score networks by denoising score matching: noise is added to clean data, the network learns to take it away, and
 * what it learned is the score of the data at every noise level (Vincent 2011).
 *
 * <p>The host finds it with {@link java.util.ServiceLoader}; a distribution without training has none. Safe for use by many
 * threads; each training uses all processors.
 *
 * @since 0.1.0
 */
public interface ScoreTraining {

    /**
     * Reads the pictures of a folder, folders within it included, and offers square crops of them.
     *
     * <p>All of them are held in memory, three bytes a pixel, of a large one a part of 1024 by 1024 pixels. One in about twenty, chosen by its content alone, is held out for
     * validation ({@link TrainingData#heldOut}). Crops are turned and mirrored at random; values are sRGB in 0..1, shape
     * {@code [3, side, side]}.
     *
     * @param folder where the pictures lie; files of other kinds are passed over
     * @param side height and width of a crop in pixels; smaller pictures are passed over
     * @param seed of the choice of crops
     * @param cancellation asked between files
     * @return the crops
     * @throws dev.unfog.api.UnfogException if the folder cannot be read, a picture in it is damaged, or none is large enough
     */
    TrainingData pictures(Path folder, int side, long seed, Cancellation cancellation);

    /**
     * Trains a network and writes it as ONNX, its card within.
     *
     * <p>With a checkpoint folder the state of the training is saved there every few minutes, when it ends and when it is
     * cancelled, and a plan that finds such a state goes on from it as if there had been no break. The output file appears
     * when the training has ended, whole.
     *
     * @param plan what to train, on what, and how long
     * @param progress hears the share done and a line with speed, loss and, now and then, validation
     * @param cancellation asked before every step
     * @return what came of it
     * @throws dev.unfog.api.UnfogException with {@link dev.unfog.api.ErrorCode#CANCELLED} if it was cancelled, else if a file cannot be
     *     read or written, or a checkpoint or an initial network does not fit the plan
     */
    TrainingResult train(TrainingPlan plan, Progress progress, Cancellation cancellation);
}
