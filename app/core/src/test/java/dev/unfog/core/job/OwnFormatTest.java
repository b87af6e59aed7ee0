package dev.unfog.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unfog.api.Cancellation;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.core.media.ResultOptions;
import dev.unfog.core.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plugin that brings a file format of its own. */
class OwnFormatTest {
    @TempDir
    private Path folder;

    private static TestPlugin plugin(String provenance) {
        return new TestPlugin("notes")
                .source("notes.Format", """
                        package notes;
                        import dev.unfog.api.media.*;
                        import java.nio.file.*;
                        @org.pf4j.Extension
                        public class Format implements Codec {
                            static final MediaKind NOTE = new MediaKind("note");
                            public MediaKind kind() { return NOTE; }
                            public java.util.Set<String> extensions() { return java.util.Set.of("note"); }
                            public Media open(Path file, Path temporary) {
                                return new Media() {
                                    public MediaKind kind() { return NOTE; }
                                    public String name() { return "note"; }
                                    public void close() {}
                                };
                            }
                            @Override public void addProvenance(Path file, String provenance) { %s }
                            static void append(Path file, String text) {
                                try {
                                    Files.writeString(file, text, StandardOpenOption.APPEND);
                                } catch (java.io.IOException exception) {
                                    throw new java.io.UncheckedIOException(exception);
                                }
                            }
                        }
                        """.formatted(provenance))
                .source("notes.NoteCleaner", """
                        package notes;
                        import dev.unfog.api.media.*;
                        import dev.unfog.api.param.*;
                        import dev.unfog.api.plugin.*;
                        import java.util.*;
                        @org.pf4j.Extension
                        public class NoteCleaner implements Cleaner {
                            public String summary() { return "Cleans notes"; }
                            public Set<MediaKind> accepts() { return Set.of(Format.NOTE); }
                            public List<Parameter<?>> parameters() { return List.of(); }
                            public void clean(Media input, Outputs outputs, ParameterValues values, PluginContext context) {
                                outputs.note("wrongNotes", 3);
                                try {
                                    java.nio.file.Files.writeString(outputs.file(Outputs.MAIN, "note"), "c d e\\n");
                                } catch (java.io.IOException exception) {
                                    throw new java.io.UncheckedIOException(exception);
                                }
                            }
                        }
                        """);
    }

    private Path clean(TestPlugin plugin) throws IOException {
        plugin.jar(folder.resolve("home/plugins/notes.jar"));
        Path sample = Files.writeString(folder.resolve("a.note"), "c d f\n");
        Path output = folder.resolve("out.note");
        try (Unfog unfog = new Unfog(new Installation(folder.resolve("installation"), folder.resolve("home")))) {
            new CleanJob(
                            unfog,
                            unfog.cleaners(List.of()).of(new MediaKind("note")),
                            RunSettings.DEFAULT,
                            ResultOptions.DEFAULT)
                    .run(
                            sample,
                            output,
                            ParameterValues.parse(List.of(), Map.of()),
                            (fraction, message) -> {},
                            Cancellation.NEVER);
        }
        return output;
    }

    @Test
    void writesHowItsResultsWereMade() throws IOException {
        assertThat(Files.readAllLines(clean(plugin("append(file, \"# \" + provenance);"))))
                .hasSize(2)
                .startsWith("c d e")
                .last()
                .asString()
                .startsWith("# {")
                .contains("\"id\":\"notes\"", "\"wrongNotes\":3", "\"sha256\":");
    }

    @Test
    void leavesNoResultWhereThatFails() {
        assertThatThrownBy(() -> clean(plugin("throw new IllegalStateException(\"no room\");")))
                .hasMessageContaining("plugin notes")
                .hasMessageContaining("no room");
        assertThat(folder.resolve("out.note")).doesNotExist();
    }
}
