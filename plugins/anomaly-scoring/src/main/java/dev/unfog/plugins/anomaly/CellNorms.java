package dev.unfog.plugins.anomaly;

import dev.unfog.api.Cancellation;
import dev.unfog.api.media.Media;

/**
 * What the cells of a picture or of a recording look like to a score network: logarithms of its score norm.
 *
 * <p>Safe for use by many threads.
 */
sealed interface CellNorms permits PatchNorms, SpectrumNorms {
    /** Returns how many numbers a cell has. */
    int measures();

    /** Returns the noise level that one of a cell's numbers is for. */
    double level(int measure);

    /**
     * Looks at a sample.
     *
     * @param sample read where its picture does not hold all that is needed
     * @param image its picture, as the cells lie in it
     */
    CellGrid look(Media sample, PatchImage image, Cancellation cancellation);
}
