package dev.unfog.core.media;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a decoder hands over: pixels in a scratch file, as the file has them, and what the file says beside them.
 *
 * @param pixels the pixels, which the receiver closes
 * @param orientation how to turn them upright, from 1 (they are) to 8, as in EXIF
 * @param metadata what else the file says
 * @param jpeg how the file was compressed, if it is a JPEG
 * @param warnings what was wrong with the file, but not fatal
 */
record DecodedPicture(
        PixelStore pixels,
        int orientation,
        PictureMetadata metadata,
        @Nullable JpegCompression jpeg,
        List<String> warnings) {}
