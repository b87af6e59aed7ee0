package dev.unfog.core.plugin;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A plugin as it lies on the disk: a zip, a jar or a folder.
 *
 * <p>A zip is unpacked into the cache, never beside itself, so that an installation can be read-only. The folder there
 * is named after the contents, so that a changed zip is unpacked anew and two processes never disagree.
 */
record PluginFile(Path path, Path contents, Optional<Path> models) {
    /** Returns whether a directory entry is a plugin by its looks. */
    static boolean looksLikeOne(Path entry) {
        String name = entry.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && (isArchive(name) || Files.isDirectory(entry));
    }

    private static boolean isArchive(String name) {
        return name.endsWith(".zip") || name.endsWith(".jar");
    }

    /**
     * Opens a plugin file, unpacking it into the cache if need be.
     *
     * @throws UnfogException if it is no zip, holds what only the host may have, or cannot be unpacked
     */
    static PluginFile open(Path path, Path cache) {
        try {
            if (Files.isDirectory(path)) {
                refuseSharedClasses(path, path);
                return new PluginFile(path, path, existing(path.resolve("models")));
            }
            boolean isJar =
                    path.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".jar");
            Optional<Path> unpacked = unpack(path, cache, isJar ? name -> name.startsWith("models/") : name -> true);
            Path contents = isJar ? path : unpacked.orElse(path);
            if (!isJar) {
                refuseSharedClasses(path, contents);
            }
            return new PluginFile(path, contents, unpacked.flatMap(folder -> existing(folder.resolve("models"))));
        } catch (IOException exception) {
            if (isDiskFull(exception)) {
                throw new UnfogException(
                        ErrorCode.DISK_FULL,
                        path.toString(),
                        "there is no room to unpack it in " + cache,
                        "make room, or set UNFOG_HOME to a folder on another disk",
                        exception);
            }
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    path.toString(),
                    "it cannot be read as a zip: " + PluginExtension.describe(exception),
                    "download or build the plugin again, or remove the file",
                    exception);
        }
    }

    private static boolean isDiskFull(IOException exception) {
        String message = String.valueOf(exception.getMessage());
        return message.contains("No space left") || message.contains("not enough space");
    }

    private static Optional<Path> existing(Path folder) {
        return Files.isDirectory(folder) ? Optional.of(folder) : Optional.empty();
    }

    private static Optional<Path> unpack(Path archive, Path cache, Predicate<String> wanted) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            List<? extends ZipEntry> entries = zip.stream().toList();
            for (ZipEntry entry : entries) {
                SharedClasses.refuse(archive, entry.getName());
            }
            if (entries.stream().noneMatch(entry -> wanted.test(entry.getName()))) {
                return Optional.empty();
            }
            String stem = archive.getFileName().toString().replaceFirst("\\.[^.]*$", "");
            Path folder = cache.resolve(stem + "-" + sha256(archive).substring(0, 16));
            if (Files.isDirectory(folder)) {
                return Optional.of(folder);
            }
            Path temporary = makeTemporaryFolder(cache, stem);
            try {
                for (ZipEntry entry : entries) {
                    if (wanted.test(entry.getName())) {
                        unpack(zip, entry, archive, temporary);
                    }
                }
                Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException | DirectoryNotEmptyException exception) {
                // Another process was faster; what it unpacked has the same contents.
                return Optional.of(folder);
            } finally {
                delete(temporary);
            }
            return Optional.of(folder);
        }
    }

    private static Path makeTemporaryFolder(Path cache, String stem) {
        try {
            Files.createDirectories(cache);
            return Files.createTempDirectory(cache, stem + ".part");
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    cache.toString(),
                    "plugins cannot be unpacked there: " + PluginExtension.describe(exception),
                    "make the folder writable, or set UNFOG_HOME to one that is",
                    exception);
        }
    }

    private static void unpack(ZipFile zip, ZipEntry entry, Path archive, Path folder) throws IOException {
        Path target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    archive.toString(),
                    "its entry " + entry.getName() + " points outside of it",
                    "do not use this file, and ask who made it");
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, target);
        }
    }

    private static void refuseSharedClasses(Path path, Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                SharedClasses.refuse(path, name.replaceFirst("^classes/", ""));
                if (name.endsWith(".jar")) {
                    try (ZipFile jar = new ZipFile(file.toFile())) {
                        jar.stream().forEach(entry -> SharedClasses.refuse(path, entry.getName()));
                    }
                }
            }
        }
    }

    static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException exception) {
            throw new IllegalStateException("Every Java has SHA-256", exception);
        }
    }

    /** Deletes a file, or a folder with all in it; nothing happens if there is none. */
    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
