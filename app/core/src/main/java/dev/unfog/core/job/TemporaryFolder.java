package dev.unfog.core.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder in the system's temporary space that vanishes with everything in it when closed. */
final class TemporaryFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TemporaryFolder.class);

    private final Path path;

    private TemporaryFolder(Path path) {
        this.path = path;
    }

    static TemporaryFolder create() {
        try {
            return new TemporaryFolder(Files.createTempDirectory("unfog-"));
        } catch (IOException e) {
            throw unusable(System.getProperty("java.io.tmpdir"), e);
        }
    }

    private static UnfogException unusable(String folder, IOException cause) {
        return new UnfogException(
                ErrorCode.OUTPUT_NOT_WRITABLE,
                folder,
                "no temporary folder can be made in it: " + cause.getMessage(),
                "free some space, or name another with UNFOG_JAVA_OPTIONS=-Djava.io.tmpdir=FOLDER",
                cause);
    }

    Path path() {
        return path;
    }

    /** Makes a folder in it. */
    Path subfolder(String name) {
        try {
            return Files.createDirectory(path.resolve(name));
        } catch (IOException e) {
            throw unusable(path.toString(), e);
        }
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // The work itself is done; what is left is for the system to clear.
            LOG.warn("{} cannot be deleted: {}", path, e.toString());
        }
    }
}
