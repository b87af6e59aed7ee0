package dev.unfog.core.media;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.function.Consumer;

/** Writes a picture from its scratch file into a file of one format, in flat memory. */
interface PictureEncoder {
    /**
     * Writes a picture.
     *
     * @param pixels the pixels, upright
     * @param metadata what else the file shall say
     * @param provenance how the picture was made, as JSON
     * @param out an empty file, positioned at 0
     * @param warnings receives what had to be left out
     */
    void encode(
            PixelStore pixels, PictureMetadata metadata, String provenance, FileChannel out, Consumer<String> warnings)
            throws IOException;
}
