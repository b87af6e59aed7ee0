package dev.unfog.core.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.core.media.OwnerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder in the system's temporary space that vanishes with everything in it when closed; if this process is killed, at the next
 * start of one.
 */
final class TemporaryFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TemporaryFolder.class);
    private static final String PREFIX = "unfog-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(" + OwnerProcess.MARK + ")-.*");
    private static final AtomicBoolean SWEPT = new AtomicBoolean();

    private final Path path;

    private TemporaryFolder(Path path) {
        this.path = path;
    }

    /** Makes a folder; the first time in a process, deletes those that killed processes left. */
    static TemporaryFolder create() {
        try {
            Path path = Files.createTempDirectory(PREFIX + OwnerProcess.mark() + "-");
            if (SWEPT.compareAndSet(false, true)) {
                sweep(path.resolveSibling(""));
            }
            return new TemporaryFolder(path);
        } catch (IOException e) {
            throw unusable(System.getProperty("java.io.tmpdir"), e);
        }
    }

    /** Deletes the folders in a folder whose process no longer runs. */
    static void sweep(Path temporarySpace) {
        try (Stream<Path> folders = Files.list(temporarySpace)) {
            folders.filter(TemporaryFolder::isLeftBehind).forEach(TemporaryFolder::delete);
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("{} cannot be swept: {}", temporarySpace, e.toString());
        }
    }

    private static boolean isLeftBehind(Path folder) {
        Matcher name = NAME.matcher(folder.getFileName().toString());
        return name.matches() && OwnerProcess.isDead(name.group(1)) && Files.isDirectory(folder);
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
        delete(path);
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // The work itself is done; what is left is for the system to clear.
            LOG.warn("{} cannot be deleted: {}", folder, e.toString());
        }
    }
}
