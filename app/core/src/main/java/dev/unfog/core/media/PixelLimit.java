package dev.unfog.core.media;

import java.nio.file.Path;

/**
 * How large a picture may be, so that a few bytes that claim to be a gigantic picture do no harm.
 *
 * @param pixels the most pixels
 */
record PixelLimit(long pixels) {
    private static final int LONGEST_SIDE = 1_000_000;

    /** Requires that a picture of this size is within the limit. */
    void check(Path file, long width, long height) {
        if (width < 1 || height < 1) {
            throw FileProblems.damaged(file, "its header says " + width + "x" + height + " pixels");
        }
        if (width > LONGEST_SIDE || height > LONGEST_SIDE || width * height > pixels) {
            throw FileProblems.tooLarge(
                    file,
                    "it claims " + width + "x" + height + " pixels, more than the limit of " + pixels + " pixels and "
                            + LONGEST_SIDE + " a side",
                    "cut it into parts, or raise the limit if you trust the file");
        }
    }
}
