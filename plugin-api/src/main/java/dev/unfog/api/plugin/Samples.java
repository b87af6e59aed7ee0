package dev.unfog.api.plugin;

import dev.unfog.api.media.Media;
import java.util.Optional;

/**
 * A collection of samples, opened one at a time. Safe for use by many threads.
 *
 * @since 0.1.0
 */
public interface Samples {
    /** {@return how many samples there are} */
    int count();

    /**
     * Opens a sample, which the caller closes.
     *
     * @param index from 0
     * @return the sample
     * @throws dev.unfog.api.UnfogException if it cannot be read
     */
    Media open(int index);

    /** {@return normal samples to calibrate on, none of which is to be learned from, where the user has set some aside} */
    default Optional<Samples> calibration() {
        return Optional.empty();
    }
}
