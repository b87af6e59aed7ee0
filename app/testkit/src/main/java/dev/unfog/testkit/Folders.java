package dev.unfog.testkit;

import dev.unfog.core.media.OwnerProcess;
import dev.unfog.core.model.FileDigests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at folders before and after. */
final class Folders {
    private Folders() {}

    /** Copies a file, or a folder with all in it. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    /** Makes a folder seen in another place, by a copy where the system has no links. */
    static void link(Path from, Path to) throws IOException {
        try {
            Files.createSymbolicLink(to, from.toAbsolutePath());
        } catch (UnsupportedOperationException | IOException exception) {
            copy(from, to);
        }
    }

    /** Returns the files below a folder, sorted. */
    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Returns the SHA-256 of all files below a folder, by name. */
    static Map<String, String> digests(Path folder) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (Path file : files(folder)) {
            digests.put(folder.relativize(file).toString(), FileDigests.of(file));
        }
        return digests;
    }

    /** Returns the host's temporary folders of this process. */
    static Set<Path> temporary() throws IOException {
        String prefix = "unfog-" + OwnerProcess.mark() + "-";
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .collect(Collectors.toSet());
        }
    }

    /** Returns a file name's extension with its dot; empty if it has none. */
    static String extension(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot);
    }
}
