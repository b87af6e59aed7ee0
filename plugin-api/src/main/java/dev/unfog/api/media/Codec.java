package dev.unfog.api.media;

import java.nio.file.Path;
import java.util.Set;
import org.pf4j.ExtensionPoint;

/**
 * Adds file formats: a plugin can bring a format, or a kind of media, that the host does not know.
 *
 * <p>The host asks its own codecs first, then those of plugins. Safe for use by many threads.
 *
 * @since 0.1.0
 */
public interface Codec extends ExtensionPoint {
    /** {@return the kind of media that it reads} */
    MediaKind kind();

    /** {@return the file name extensions that it reads, in lower case, without a dot} */
    Set<String> extensions();

    /**
     * Opens a file.
     *
     * @param file an existing file
     * @param temporaryDirectory an existing folder for decoded data, which outlives the result
     * @return the sample, which the caller closes
     * @throws dev.unfog.api.UnfogException with {@link dev.unfog.api.ErrorCode#UNREADABLE_MEDIA} if the file is damaged
     */
    Media open(Path file, Path temporaryDirectory);

    /**
     * Writes into a result how it was made, wherever the format has a place for it; does nothing unless it is overridden.
     *
     * <p>The host does this by itself for the formats that it writes. For files that a plugin writes itself ({@link Outputs#file}) it
     * asks the codec that reads their extension, once the plugin has returned and before the file gets its final name.
     *
     * @param file the result, whole, in a temporary folder; may be changed in place
     * @param provenance a JSON object: the versions, the networks with their SHA-256, the parameters, the seed, the input, and the notes
     * @throws dev.unfog.api.UnfogException if it cannot be written, in which case there is no result
     * @since 0.1.0
     */
    default void addProvenance(Path file, String provenance) {}
}
