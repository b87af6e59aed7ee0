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
}
