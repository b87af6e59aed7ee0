package dev.unfog.core.media;

import java.util.OptionalInt;

/**
 * How results are written.
 *
 * @param jpegQuality from 1 to 100 on the scale of the Independent JPEG Group, colours at full resolution; empty to keep the
 *     compression of the input where it is a JPEG, and 95 where it is not
 * @param overwrite whether a result may take the place of its own input
 */
public record ResultOptions(OptionalInt jpegQuality, boolean overwrite) {
    /** Keeps the input's JPEG compression, and the input. */
    public static final ResultOptions DEFAULT = new ResultOptions(OptionalInt.empty(), false);

    /** Requires a quality that there is. */
    public ResultOptions {
        if (jpegQuality.isPresent() && (jpegQuality.getAsInt() < 1 || jpegQuality.getAsInt() > 100)) {
            throw new IllegalArgumentException("JPEG quality goes from 1 to 100, not " + jpegQuality.getAsInt());
        }
    }
}
