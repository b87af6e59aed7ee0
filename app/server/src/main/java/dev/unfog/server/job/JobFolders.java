package dev.unfog.server.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the files of jobs lie. All names in it are made here, from ids and numbers; of a user's file name only a short extension
 * of letters and digits is kept, since some formats are told by it.
 */
public final class JobFolders {
    private static final Logger LOG = LoggerFactory.getLogger(JobFolders.class);
    private static final Pattern EXTENSION = Pattern.compile("[a-z0-9]{1,5}");

    private final Path root;

    /** Uses a folder, and makes it if it is not there. */
    JobFolders(Path root) {
        this.root = root.toAbsolutePath();
        make(this.root.resolve("jobs"));
    }

    private static Path make(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    folder.toString(),
                    "the folder cannot be made: " + e.getMessage(),
                    "name another with --data",
                    e);
        }
    }

    /** Returns the folder of everything. */
    public Path root() {
        return root;
    }

    /** Returns the folder of a job's uploaded files, made if it is not there. */
    public Path input(String job) {
        return make(root.resolve("jobs").resolve(job).resolve("in"));
    }

    /** Returns the folder of a job's results, made if it is not there. */
    public Path output(String job) {
        return make(root.resolve("jobs").resolve(job).resolve("out"));
    }

    /** Returns the worker's temporary folder, emptied. */
    Path emptyScratch() {
        Path scratch = root.resolve("scratch");
        delete(scratch);
        return make(scratch);
    }

    /** Deletes a job's files. */
    public void delete(String job) {
        delete(root.resolve("jobs").resolve(job));
    }

    /** Deletes whatever lies in a job's output folder beside the files named. */
    void keepOnly(String job, Set<String> names) {
        try (Stream<Path> files = Files.list(output(job))) {
            files.filter(file -> !names.contains(String.valueOf(file.getFileName())))
                    .forEach(JobFolders::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the folders of jobs that are not known, such as those of uploads that a crash cut short. */
    void deleteAllBut(Set<String> jobs) {
        try (Stream<Path> folders = Files.list(root.resolve("jobs"))) {
            folders.filter(folder -> !jobs.contains(String.valueOf(folder.getFileName())))
                    .forEach(JobFolders::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path path) {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(path)) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.deleteIfExists(each);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} cannot be deleted: {}", path, e.toString());
        }
    }

    /**
     * Returns the name under which an uploaded file is stored.
     *
     * @param prefix made of letters and digits
     * @param name what the user calls the file; only an extension of a few letters and digits is taken from it
     */
    public static String storedName(String prefix, String name) {
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return name.contains(".") && EXTENSION.matcher(extension).matches() ? prefix + "." + extension : prefix;
    }

    /**
     * Returns a user's file name as it may be shown and put into a zip: a relative path with no way up, without control characters.
     */
    public static String displayName(String name) {
        StringBuilder path = new StringBuilder();
        for (String part : name.replaceAll("\\p{Cntrl}", "").split("[/\\\\]")) {
            String clean = part.strip();
            if (clean.isEmpty() || clean.equals(".") || clean.equals("..") || clean.matches("[A-Za-z]:")) {
                continue;
            }
            path.append(path.length() == 0 ? "" : "/").append(clean);
        }
        String shown = path.toString();
        if (shown.isEmpty()) {
            return "unnamed";
        }
        return shown.length() > 240 ? shown.substring(shown.length() - 240) : shown;
    }
}
