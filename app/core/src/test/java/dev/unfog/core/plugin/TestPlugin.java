package dev.unfog.core.plugin;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** A real plugin, compiled from source and packed as a jar, a zip or a folder. */
public final class TestPlugin {
    /** Statements of a cleaner that gives the picture back as it is. */
    public static final String COPY = """
            Picture picture = (Picture) input;
            PictureLayout layout = picture.layout();
            float[] planar = new float[(int) layout.pixels() * layout.channels()];
            picture.read(layout.bounds(), planar);
            outputs.picture(Outputs.MAIN, layout).write(layout.bounds(), planar);
            """;

    /** The body of a cleaner that says which plugin it is. */
    private static final String CLEANER = """
            package %1$s;
            import dev.unfog.api.media.*;
            import dev.unfog.api.param.*;
            import dev.unfog.api.plugin.*;
            import java.util.*;
            @org.pf4j.Extension
            public class SampleCleaner implements Cleaner {
                %2$s
                public String summary() { return "Cleans as %1$s does"; }
                public Set<MediaKind> accepts() { return Set.of(MediaKind.PICTURE); }
                public List<Parameter<?>> parameters() { return List.of(); }
                public void clean(Media input, Outputs outputs, ParameterValues values, PluginContext context) {
                    %3$s
                }
            }
            """;

    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final Map<String, String> descriptor = new LinkedHashMap<>();
    private boolean hasDescriptor = true;

    public TestPlugin(String id) {
        descriptor.put("plugin.id", id);
        descriptor.put("plugin.version", "1.2.3");
        descriptor.put("plugin.description", "A plugin for tests");
        descriptor.put("plugin.provider", "Unfog");
        descriptor.put("plugin.requires", "0.1.0");
    }

    /** A plugin with one cleaner, {@code <id>.SampleCleaner}, that does what the statements say. */
    public static TestPlugin cleaner(String id, String statements) {
        return new TestPlugin(id).source(id + ".SampleCleaner", CLEANER.formatted(id, "", statements));
    }

    /** A plugin with one cleaner whose class has further members. */
    public static TestPlugin cleanerWith(String id, String members, String statements) {
        return new TestPlugin(id).source(id + ".SampleCleaner", CLEANER.formatted(id, members, statements));
    }

    public TestPlugin source(String className, String source) {
        sources.put(className, source);
        return this;
    }

    public TestPlugin descriptor(String key, String value) {
        descriptor.put(key, value);
        return this;
    }

    public TestPlugin withoutDescriptor() {
        hasDescriptor = false;
        return this;
    }

    /** Leaves out the classes. */
    public TestPlugin withoutSources() {
        sources.clear();
        return this;
    }

    /** Adds a file beside the classes. */
    public TestPlugin file(String name, byte[] contents) {
        files.put(name, contents);
        return this;
    }

    /** Packs the classes at the root, described by the manifest. */
    public Path jar(Path file) {
        StringBuilder manifest = new StringBuilder("Manifest-Version: 1.0\n");
        if (hasDescriptor) {
            descriptor.forEach((key, value) -> {
                String name = key.substring("plugin.".length());
                manifest.append("Plugin-")
                        .append(Character.toUpperCase(name.charAt(0)))
                        .append(name.substring(1))
                        .append(": ")
                        .append(value)
                        .append('\n');
            });
        }
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("META-INF/MANIFEST.MF", manifest.toString().getBytes(StandardCharsets.UTF_8));
        entries.putAll(compile(""));
        entries.putAll(files);
        return zip(file, entries);
    }

    /** Packs plugin.properties, classes/ and the files. */
    public Path zip(Path file) {
        return zip(file, contents());
    }

    /** Writes what {@link #zip(Path)} packs into a folder. */
    public Path folder(Path folder) {
        try {
            for (Map.Entry<String, byte[]> entry : contents().entrySet()) {
                Path target = folder.resolve(entry.getKey());
                Files.createDirectories(target.getParent());
                Files.write(target, entry.getValue());
            }
            return folder;
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    private Map<String, byte[]> contents() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        if (hasDescriptor) {
            StringBuilder properties = new StringBuilder();
            descriptor.forEach((key, value) ->
                    properties.append(key).append('=').append(value).append('\n'));
            entries.put("plugin.properties", properties.toString().getBytes(StandardCharsets.UTF_8));
        }
        entries.putAll(compile("classes/"));
        entries.putAll(files);
        return entries;
    }

    public static Path zip(Path file, Map<String, byte[]> entries) {
        try {
            Files.createDirectories(file.getParent());
            try (OutputStream out = Files.newOutputStream(file);
                    ZipOutputStream zip = new ZipOutputStream(out)) {
                for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                    zip.putNextEntry(new ZipEntry(entry.getKey()));
                    zip.write(entry.getValue());
                    zip.closeEntry();
                }
            }
            return file;
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    /** Compiles the sources against this test's class path, PF4J's annotation processor included. */
    private Map<String, byte[]> compile(String prefix) {
        if (sources.isEmpty()) {
            return Map.of();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            Path output = Files.createTempDirectory("test-plugin");
            manager.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(output));
            List<JavaFileObject> units = new ArrayList<>();
            sources.forEach((name, source) -> units.add(new SourceText(name, source)));
            List<String> options = List.of(
                    "--release",
                    "17",
                    "-classpath",
                    System.getProperty("java.class.path"),
                    "-processor",
                    "org.pf4j.processor.ExtensionAnnotationProcessor");
            StringBuilder messages = new StringBuilder();
            boolean isCompiled = compiler.getTask(
                            null,
                            manager,
                            diagnostic -> messages.append(diagnostic).append('\n'),
                            options,
                            null,
                            units)
                    .call();
            if (!isCompiled) {
                throw new IllegalStateException(messages.toString());
            }
            return read(output, prefix);
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    private static Map<String, byte[]> read(Path output, String prefix) throws IOException {
        Map<String, byte[]> classes = new LinkedHashMap<>();
        try (Stream<Path> walk = Files.walk(output)) {
            List<Path> reversed =
                    walk.sorted(java.util.Comparator.reverseOrder()).toList();
            for (Path path : reversed) {
                if (Files.isRegularFile(path)) {
                    String name = output.relativize(path).toString().replace('\\', '/');
                    classes.put(prefix + name, Files.readAllBytes(path));
                }
                Files.delete(path);
            }
        }
        return classes;
    }

    private static final class SourceText extends SimpleJavaFileObject {
        private final String text;

        SourceText(String className, String text) {
            super(URI.create("string:///" + className.replace('.', '/') + Kind.SOURCE.extension), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
