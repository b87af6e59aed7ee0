package dev.unfog.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.core.media.ResultOptions;
import dev.unfog.core.model.TinyNetwork;
import dev.unfog.core.plugin.InstalledPlugin;
import dev.unfog.core.plugin.PluginExtension;
import dev.unfog.core.plugin.TestPlugin;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugins that do what they should not: the host says which one it was, and the others go on. */
class MisbehavingPluginTest {

    /** What each plugin does when it is to clean; those marked with a star do harm that the host puts right by itself. */
    private static Map<String, String> misdeeds() {
        Map<String, String> misdeeds = new LinkedHashMap<>();
        misdeeds.put("thrower", "throw new IllegalStateException(\"no licence today\");");
        misdeeds.put("throwserror", "throw new LinkageError(\"broken inside\");");
        misdeeds.put("throwschecked", "MisbehavingPlugin.sneak(new java.io.IOException(\"sneaked\"));");
        misdeeds.put("recurses", "clean(input, outputs, values, context);");
        misdeeds.put(
                "floodsmemory", "List<long[]> all = new ArrayList<>(); while (true) { all.add(new long[1 << 29]); }");
        misdeeds.put("returnsnothing", "");
        misdeeds.put("callsnull", "((Picture) null).layout();");
        misdeeds.put("wrongsize", TestPlugin.COPY.replace("layout.channels()];", "layout.channels() / 2];"));
        misdeeds.put(
                "outside",
                "outputs.picture(Outputs.MAIN, ((Picture) input).layout()).write(new Region(5, 5, 50, 50), new float[9999]);");
        misdeeds.put("sametwice", TestPlugin.COPY + "outputs.picture(Outputs.MAIN, layout);");
        misdeeds.put("badname", TestPlugin.COPY + "outputs.picture(\"../../escape\", layout);");
        misdeeds.put("unwritten", "outputs.file(Outputs.MAIN, \"png\");");
        misdeeds.put("wrongkind", "Audio audio = (Audio) input;");
        misdeeds.put("nullkind", "outputs.picture(null, null);");
        misdeeds.put("unknownnetwork", "context.openNetwork(\"unheard-of\");");
        misdeeds.put("*nan", TestPlugin.COPY.replace("outputs", "Arrays.fill(planar, Float.NaN); outputs"));
        misdeeds.put("*closesinput", TestPlugin.COPY + "input.close();");
        misdeeds.put("*closessharednetwork", TestPlugin.COPY + """
                dev.unfog.api.score.ScoreNetwork one = context.openNetwork("tiny");
                dev.unfog.api.score.ScoreNetwork other = context.openNetwork("tiny");
                one.close();
                one.close();
                dev.unfog.api.score.Tensor noise = dev.unfog.api.score.Tensor.of(new float[] {0.1f}, 1, 1, 1, 1);
                other.denoise(dev.unfog.api.score.Tensor.allocate(1, 3, 2, 2), noise, dev.unfog.api.score.Tensor.allocate(1, 3, 2, 2));
                other.close();
                """);
        misdeeds.put("*thread", TestPlugin.COPY + """
                Thread stays = new Thread(() -> {
                    try { Thread.sleep(600_000); } catch (InterruptedException e) { return; }
                });
                stays.setDaemon(true);
                stays.start();
                """);
        misdeeds.put("*interrupts", TestPlugin.COPY + "Thread.currentThread().interrupt();");
        misdeeds.put("*contextloader", TestPlugin.COPY + "Thread.currentThread().setContextClassLoader(null);");
        misdeeds.put("*progress", TestPlugin.COPY + "context.progress().report(Double.POSITIVE_INFINITY, null);");
        misdeeds.put("*deletestemporary", TestPlugin.COPY + "context.temporaryDirectory().toFile().delete();");
        return misdeeds;
    }

    @TempDir
    private Path folder;

    private Path sample;

    @BeforeEach
    void writeASample() throws IOException {
        sample = folder.resolve("sample.png");
        ImageIO.write(new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB), "png", sample.toFile());
    }

    private Installation installation() {
        return new Installation(folder.resolve("installation"), folder.resolve("home"));
    }

    private Path plugin(String id) {
        return folder.resolve("home/plugins").resolve(id + ".jar");
    }

    private Optional<UnfogException> clean(Unfog unfog, PluginExtension<Cleaner> cleaner) {
        Path output = folder.resolve(cleaner.pluginId() + ".png");
        try {
            new CleanJob(unfog, cleaner, RunSettings.DEFAULT, ResultOptions.DEFAULT)
                    .run(
                            sample,
                            output,
                            ParameterValues.parse(List.of(), Map.of()),
                            (fraction, message) -> {},
                            Cancellation.NEVER);
            assertThat(output).isNotEmptyFile();
            return Optional.empty();
        } catch (UnfogException exception) {
            assertThat(output).as(cleaner.pluginId()).doesNotExist();
            return Optional.of(exception);
        } finally {
            assertThat(Thread.interrupted()).isEqualTo(cleaner.pluginId().equals("interrupts"));
        }
    }

    @Test
    void whateverAPluginDoesTheHostNamesItAndTheOthersGoOn() {
        TinyNetwork.gaussian("tiny", 3, 0.1f)
                .write(installation().distributionModels().resolve("tiny"));
        TestPlugin.cleaner("sound", TestPlugin.COPY).jar(plugin("sound"));
        misdeeds().forEach((name, statements) -> {
            String id = name.replace("*", "");
            TestPlugin.cleaner(id, statements)
                    .source(id + ".MisbehavingPlugin", """
                            package %s;
                            final class MisbehavingPlugin {
                                @SuppressWarnings("unchecked")
                                static <T extends Throwable> void sneak(Throwable thrown) throws T { throw (T) thrown; }
                            }
                            """.formatted(id))
                    .jar(plugin(id));
        });
        Map<String, String> told = new TreeMap<>();
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (Unfog unfog = new Unfog(installation())) {
            assertThat(unfog.plugins().failures()).isEmpty();
            Map<String, PluginExtension<Cleaner>> cleaners = new TreeMap<>();
            unfog.plugins().operations(Cleaner.class).forEach(cleaner -> cleaners.put(cleaner.pluginId(), cleaner));
            for (String name : misdeeds().keySet()) {
                String id = name.replace("*", "");
                Optional<UnfogException> error = clean(unfog, cleaners.get(id));
                told.put(name, error.map(UnfogException::getMessage).orElse("done"));
                if (!name.startsWith("*")) {
                    assertThat(error).as(name).hasValueSatisfying(exception -> {
                        assertThat(exception.code())
                                .isIn(ErrorCode.PLUGIN_BROKEN, ErrorCode.OUT_OF_MEMORY, ErrorCode.MODEL_NOT_FOUND);
                        assertThat(exception.remedy()).isNotBlank();
                        if (exception.code() != ErrorCode.MODEL_NOT_FOUND && !id.equals("unwritten")) {
                            assertThat(exception.getMessage()).contains(id);
                        }
                    });
                }
                assertThat(Thread.currentThread().getContextClassLoader())
                        .as(name)
                        .isSameAs(before);
                assertThat(clean(unfog, cleaners.get("sound")))
                        .as("the sound plugin after %s", name)
                        .isEmpty();
            }
        }
        assertThat(told).hasSizeGreaterThanOrEqualTo(20);
        assertThat(folder.resolve("../escape.png")).doesNotExist();
    }

    @Test
    void aPluginThatThrowsWhenItStartsStopsOrIsAskedWhatItIsDoesNotKeepTheHostFromStartingAndEnding() {
        TestPlugin.cleaner("sound", TestPlugin.COPY).jar(plugin("sound"));
        for (String when : List.of("start", "stop", "delete")) {
            TestPlugin.cleaner("at" + when, TestPlugin.COPY)
                    .source("at" + when + ".Life", """
                            package at%1$s;
                            public class Life extends org.pf4j.Plugin {
                                @Override public void %1$s() { throw new IllegalStateException("at %1$s"); }
                            }
                            """.formatted(when))
                    .descriptor("plugin.class", "at" + when + ".Life")
                    .jar(plugin("at" + when));
        }
        Map<String, String> bodies = Map.of(
                "summary", "public String summary() { return null; }",
                "accepts", "public Set<MediaKind> accepts() { throw new IllegalStateException(); }",
                "parameters", "public List<Parameter<?>> parameters() { return null; }");
        bodies.forEach((id, body) -> {
            String source = """
                    package %s;
                    import dev.unfog.api.media.*;
                    import dev.unfog.api.param.*;
                    import dev.unfog.api.plugin.*;
                    import java.util.*;
                    @org.pf4j.Extension
                    public class SampleCleaner implements Cleaner {
                        %s
                        public void clean(Media input, Outputs outputs, ParameterValues values, PluginContext context) {}
                    """.formatted(id, body);
            for (Map.Entry<String, String> other : Map.of(
                            "summary", "public String summary() { return \"Cleans\"; }",
                            "accepts", "public Set<MediaKind> accepts() { return Set.of(MediaKind.PICTURE); }",
                            "parameters", "public List<Parameter<?>> parameters() { return List.of(); }")
                    .entrySet()) {
                source += other.getKey().equals(id) ? "" : other.getValue() + "\n";
            }
            new TestPlugin(id).source(id + ".SampleCleaner", source + "}").jar(plugin(id));
        });
        List<String> blamed = new ArrayList<>();
        try (Unfog unfog = new Unfog(installation())) {
            unfog.plugins().failures().forEach(failure -> blamed.add(failure.subject()));
            Set<String> ready = unfog.plugins().plugins().stream()
                    .map(InstalledPlugin::id)
                    .collect(java.util.stream.Collectors.toSet());
            assertThat(ready).contains("sound", "atstop", "atdelete");
            assertThat(clean(
                            unfog,
                            unfog.plugins().operations(Cleaner.class).stream()
                                    .filter(cleaner -> cleaner.pluginId().equals("sound"))
                                    .findFirst()
                                    .orElseThrow()))
                    .isEmpty();
        }
        assertThat(blamed)
                .containsExactlyInAnyOrder(
                        plugin("atstart").toString(),
                        plugin("summary").toString(),
                        plugin("accepts").toString(),
                        plugin("parameters").toString());
        assertThat(Files.exists(plugin("sound"))).isTrue();
    }
}
