package dev.unfog.core.plugin;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * What a plugin file says about itself, read without unpacking it or running any of it.
 *
 * @param file the zip, jar or folder
 * @param sha256 of the zip or jar, 64 lower-case hexadecimal digits; empty for a folder
 * @param bytes how large it is, packed
 * @param id its name
 * @param version its version
 * @param description one line for people; may be empty
 * @param provider who made it; may be empty
 * @param license as its provider names it; may be empty
 * @param requires the host version that it asks for; {@code *} if it asks for none
 * @param dependencies the ids of other plugins that it needs
 * @param extensions the classes that the host will call, sorted
 * @param networks the score networks that it brings, sorted
 * @param libraries the jars that it brings, sorted
 */
public record PluginArchive(
        Path file,
        String sha256,
        long bytes,
        String id,
        String version,
        String description,
        String provider,
        String license,
        String requires,
        List<String> dependencies,
        List<String> extensions,
        List<String> networks,
        List<String> libraries) {
    private static final String EXTENSIONS = "META-INF/extensions.idx";

    /** Copies the lists. */
    public PluginArchive {
        dependencies = List.copyOf(dependencies);
        extensions = List.copyOf(extensions);
        networks = List.copyOf(networks);
        libraries = List.copyOf(libraries);
    }

    /**
     * Reads a plugin.
     *
     * @param file a zip, a jar, or a folder laid out like a zip
     * @throws UnfogException with {@link ErrorCode#PLUGIN_BROKEN} if it is none of these, has no usable descriptor, or holds classes that
     *     only the host may have, the first of which is named
     */
    public static PluginArchive read(Path file) {
        return read(file, file);
    }

    /** Reads a plugin from a copy of the file that errors name. */
    static PluginArchive read(Path copy, Path file) {
        if (!Files.exists(copy)) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_NOT_FOUND, file.toString(), "there is no such file or folder", "check the path");
        }
        try {
            if (Files.isDirectory(copy)) {
                return read(file, copy, "", 0);
            }
            String sha256 = PluginFile.sha256(copy);
            try (FileSystem zip = FileSystems.newFileSystem(copy)) {
                return read(file, zip.getPath("/"), sha256, Files.size(copy));
            }
        } catch (IOException | java.nio.file.ProviderNotFoundException exception) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    file.toString(),
                    "it cannot be read as a zip: " + PluginExtension.describe(exception),
                    "download or build the plugin again",
                    exception);
        }
    }

    private static PluginArchive read(Path file, Path root, String sha256, long packed) throws IOException {
        Properties descriptor = descriptor(file, root);
        TreeSet<String> extensions = new TreeSet<>();
        TreeSet<String> networks = new TreeSet<>();
        TreeSet<String> libraries = new TreeSet<>();
        long bytes = 0;
        try (Stream<Path> entries = Files.walk(root)) {
            for (Path entry : entries.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(entry).toString().replace('\\', '/');
                String inClasses = name.replaceFirst("^classes/", "");
                SharedClasses.refuse(file, inClasses);
                bytes += Files.size(entry);
                if (inClasses.equals(EXTENSIONS)) {
                    addExtensions(Files.readString(entry), extensions);
                } else if (name.matches("models/[^/]+/model\\.onnx")) {
                    networks.add(name.split("/")[1]);
                } else if (name.endsWith(".jar")) {
                    libraries.add(name.substring(name.lastIndexOf('/') + 1));
                    scan(file, entry, extensions);
                }
            }
        }
        return new PluginArchive(
                file,
                sha256,
                sha256.isEmpty() ? bytes : packed,
                required(file, descriptor, "id"),
                required(file, descriptor, "version"),
                descriptor.getProperty("description", "").strip(),
                descriptor.getProperty("provider", "").strip(),
                descriptor.getProperty("license", "").strip(),
                descriptor.getProperty("requires", "*").strip(),
                dependencies(descriptor.getProperty("dependencies", "")),
                List.copyOf(extensions),
                List.copyOf(networks),
                List.copyOf(libraries));
    }

    private static Properties descriptor(Path file, Path root) throws IOException {
        Properties descriptor = new Properties();
        Path properties = root.resolve("plugin.properties");
        Path manifest = root.resolve("META-INF/MANIFEST.MF");
        if (Files.isRegularFile(properties)) {
            Properties read = new Properties();
            try (InputStream in = Files.newInputStream(properties)) {
                read.load(in);
            } catch (IllegalArgumentException exception) {
                throw noDescriptor(file, "plugin.properties is malformed: " + exception.getMessage());
            }
            read.stringPropertyNames()
                    .forEach(name ->
                            descriptor.setProperty(name.replaceFirst("^plugin\\.", ""), read.getProperty(name)));
        } else if (Files.isRegularFile(manifest)) {
            try (InputStream in = Files.newInputStream(manifest)) {
                Attributes attributes = new Manifest(in).getMainAttributes();
                for (String name :
                        List.of("id", "version", "description", "provider", "license", "requires", "dependencies")) {
                    Optional.ofNullable(attributes.getValue("Plugin-" + name))
                            .ifPresent(value -> descriptor.setProperty(name, value));
                }
            }
        }
        return descriptor;
    }

    private static String required(Path file, Properties descriptor, String name) {
        String value = descriptor.getProperty(name, "").strip();
        if (!value.matches("[A-Za-z0-9][A-Za-z0-9._+-]*")) {
            throw noDescriptor(
                    file, value.isEmpty() ? "it lacks plugin." + name : "plugin." + name + " is '" + value + "'");
        }
        return value;
    }

    private static UnfogException noDescriptor(Path file, String problem) {
        return new UnfogException(
                ErrorCode.PLUGIN_BROKEN,
                file.toString(),
                "it has no usable plugin descriptor: " + problem,
                "give it a plugin.properties, or a manifest with Plugin-Id and Plugin-Version");
    }

    /** PF4J separates them by commas and lets a version follow an @ and a question mark mark those that are optional. */
    private static List<String> dependencies(String text) {
        return Stream.of(text.split(","))
                .map(dependency -> dependency.replaceFirst("@.*", "").strip())
                .filter(id -> !id.isEmpty() && !id.endsWith("?"))
                .toList();
    }

    private static void addExtensions(String index, TreeSet<String> extensions) {
        index.lines()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .forEach(extensions::add);
    }

    private static void scan(Path file, Path library, TreeSet<String> extensions) throws IOException {
        try (ZipInputStream jar = new ZipInputStream(Files.newInputStream(library))) {
            List<String> names = new ArrayList<>();
            for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
                SharedClasses.refuse(file, entry.getName());
                names.add(entry.getName());
                if (entry.getName().equals(EXTENSIONS)) {
                    addExtensions(new String(jar.readAllBytes(), StandardCharsets.UTF_8), extensions);
                }
            }
            if (names.isEmpty()) {
                throw new IOException(library.getFileName() + " in it is no jar");
            }
        }
    }
}
