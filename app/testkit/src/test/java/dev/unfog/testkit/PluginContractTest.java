package dev.unfog.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.unfog.core.model.TinyNetwork;
import dev.unfog.core.plugin.TestPlugin;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class PluginContractTest {
    /** What a sound cleaner does; each test breaks it in one place. */
    private static final String SOUND = """
            Picture picture = (Picture) input;
            PictureLayout layout = picture.layout();
            float[] planar = new float[(int) layout.pixels() * layout.channels()];
            picture.read(layout.bounds(), planar);
            /*before*/
            context.cancellation().throwIfCancelled();
            context.progress().report(0.5, "half");
            /*middle*/
            context.cancellation().throwIfCancelled();
            context.progress().report(1, "done");
            outputs.picture(Outputs.MAIN, layout).write(layout.bounds(), planar);
            """;

    @TempDir
    private static Path folder;

    private static Path sample = Path.of("");
    private static Path plugin = Path.of("");
    private static final Set<String> run = new TreeSet<>();

    /** The contract as an author extends it. */
    static class Subject extends PluginContract {
        @Override
        protected Path plugin() {
            return plugin;
        }

        @Override
        protected List<Path> samples() {
            return List.of(sample);
        }
    }

    @BeforeAll
    static void writeASample() throws IOException {
        BufferedImage image = new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB);
        image.setRGB(3, 3, 0x4080c0);
        sample = folder.resolve("sample.png");
        ImageIO.write(image, "png", sample.toFile());
    }

    /** Runs the contract and returns the tests that fail, with why. */
    private static Map<String, String> failures(String id, String at, String statements) throws IOException {
        plugin = TestPlugin.cleaner(id, SOUND.replace(at, statements)).zip(folder.resolve(id + ".zip"));
        return failures();
    }

    private static Map<String, String> failures() {
        return failures(selectClass(Subject.class));
    }

    /** Runs one test of the contract against a plugin, and returns why it fails; nothing if it does not. */
    private static String failure(String test, TestPlugin broken) {
        plugin = broken.zip(folder.resolve(test + ".zip"));
        return String.valueOf(failures(selectMethod(Subject.class, test)).get(test + "()"));
    }

    private static Map<String, String> failures(DiscoverySelector selector) {
        Map<String, String> failures = new TreeMap<>();
        run.clear();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selector)
                                .build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                                run.add(test.getDisplayName());
                                if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                                    failures.put(
                                            test.getDisplayName(),
                                            String.valueOf(result.getThrowable().orElse(null)));
                                }
                            }
                        });
        assertThat(run).isNotEmpty();
        return failures;
    }

    @Test
    void passesASoundPlugin() throws IOException {
        assertThat(failures("sound", "/*none*/", "")).isEmpty();
        assertThat(run).contains("loadsInARealHostAndSaysWhatItIs()").hasSizeGreaterThan(10);
    }

    @Test
    void catchesResultsThatDifferFromRunToRun() throws IOException {
        assertThat(failures("moody", "/*before*/", "planar[0] = (System.nanoTime() >> 10 & 0xff) / 255f;"))
                .containsOnlyKeys("givesTheSameResultForTheSameSeed()");
    }

    @Test
    void catchesAResultThatDependsOnTheCountry() throws IOException {
        assertThat(failures(
                        "abroad",
                        "/*before*/",
                        "planar[0] = \"I\".toLowerCase().length() == 1 "
                                + "&& \"I\".toLowerCase().charAt(0) == 'i' ? 0 : 1;"))
                .containsOnlyKeys("givesTheSameResultForTheSameSeed()");
    }

    @Test
    void catchesProgressThatFalls() throws IOException {
        assertThat(failures("restless", "/*middle*/", "context.progress().report(0.25, \"back\");"))
                .containsOnlyKeys("reportsProgressThatNeverFallsAndStaysBetweenNothingAndAll()");
    }

    @Test
    void catchesAPluginThatDoesNotStop() throws IOException {
        String deaf = "if (context.cancellation().isCancelled()) { "
                + "try { Thread.sleep(2300); } catch (InterruptedException e) { throw new IllegalStateException(e); } }";
        assertThat(failures("deaf", "/*middle*/", deaf))
                .containsOnlyKeys("stopsWithinTwoSecondsOfBeingCancelledAndLeavesNoResult()");
    }

    @Test
    void catchesAPluginThatTouchesTheSample() throws IOException {
        plugin = TestPlugin.cleaner("greedy", SOUND)
                .source("greedy.Format", """
                        package greedy;
                        import dev.unfog.api.media.*;
                        import java.nio.file.*;
                        @org.pf4j.Extension
                        public class Format implements Codec {
                            public MediaKind kind() { return new MediaKind("note"); }
                            public java.util.Set<String> extensions() { return java.util.Set.of("note"); }
                            public Media open(Path file, Path temporary) {
                                try {
                                    Files.writeString(file, "seen", StandardOpenOption.APPEND);
                                } catch (java.io.IOException exception) {
                                    throw new dev.unfog.api.UnfogException(
                                            dev.unfog.api.ErrorCode.UNREADABLE_MEDIA, file.toString(), "it is bad", "mend it");
                                }
                                return new Media() {
                                    public MediaKind kind() { return new MediaKind("note"); }
                                    public String name() { return "note"; }
                                    public void close() {}
                                };
                            }
                        }
                        """)
                .source("greedy.NoteCleaner", """
                        package greedy;
                        import dev.unfog.api.media.*;
                        import dev.unfog.api.param.*;
                        import dev.unfog.api.plugin.*;
                        import java.util.*;
                        @org.pf4j.Extension
                        public class NoteCleaner implements Cleaner {
                            public String summary() { return "Copies notes"; }
                            public Set<MediaKind> accepts() { return Set.of(new MediaKind("note")); }
                            public List<Parameter<?>> parameters() { return List.of(); }
                            public void clean(Media input, Outputs outputs, ParameterValues values, PluginContext context) {
                                try {
                                    java.nio.file.Files.writeString(outputs.file(Outputs.MAIN, "note"), "note");
                                } catch (java.io.IOException exception) {
                                    throw new java.io.UncheckedIOException(exception);
                                }
                            }
                        }
                        """)
                .zip(folder.resolve("greedy.zip"));
        Path before = sample;
        sample = Files.writeString(folder.resolve("a.note"), "note");
        try {
            assertThat(failures())
                    .containsKey("leavesTheSamplesAsTheyWereAndWritesNothingBesideThem()")
                    .hasEntrySatisfying("answersBadSamplesWithErrorsThatSayWhatToDo()", why -> assertThat(why)
                            .contains("should have refused"));
        } finally {
            sample = before;
        }
    }

    @Test
    void catchesAThreadThatStays() throws IOException {
        String thread = """
                Thread stays = new Thread(() -> {
                    try { Thread.sleep(60_000); } catch (InterruptedException e) { return; }
                }, "stays");
                stays.setDaemon(true);
                stays.start();
                """;
        assertThat(failures("clinging", "/*middle*/", thread))
                .hasEntrySatisfying(
                        "leavesNoClassThreadNetworkOrFileBehindAfterTenLoadsAndUnloads()",
                        why -> assertThat(why).contains("stays"));
    }

    @Test
    void catchesAnErrorThatIsNotForeseen() throws IOException {
        plugin = TestPlugin.cleanerWith("rough", "", SOUND)
                .source("rough.Format", """
                        package rough;
                        import dev.unfog.api.media.*;
                        @org.pf4j.Extension
                        public class Format implements Codec {
                            public MediaKind kind() { return MediaKind.PICTURE; }
                            public java.util.Set<String> extensions() { return java.util.Set.of("png"); }
                            public Media open(java.nio.file.Path file, java.nio.file.Path temporary) {
                                throw new IllegalStateException("not a picture");
                            }
                        }
                        """)
                .zip(folder.resolve("rough.zip"));
        assertThat(failures()).containsOnlyKeys("answersBadSamplesWithErrorsThatSayWhatToDo()");
    }

    @Test
    void catchesAPluginThatDoesNotLoad() throws IOException {
        plugin = Files.writeString(folder.resolve("no.zip"), "no zip");
        Map<String, String> failures = failures();
        assertThat(failures).isNotEmpty().allSatisfy((test, why) -> assertThat(why)
                .contains("no.zip"));
    }

    @Test
    void catchesParametersThatCannotBeShownOrWhoseDefaultIsOutOfRange() {
        String declaration = """
                package %1$s;
                import dev.unfog.api.media.*;
                import dev.unfog.api.param.*;
                import dev.unfog.api.plugin.*;
                import java.util.*;
                @org.pf4j.Extension
                public class SampleCleaner implements Cleaner {
                    public String summary() { return "Cleans"; }
                    public Set<MediaKind> accepts() { return Set.of(MediaKind.PICTURE); }
                    public List<Parameter<?>> parameters() { return List.of(%2$s); }
                    public void clean(Media input, Outputs outputs, ParameterValues values, PluginContext context) {}
                }
                """;
        Map<String, String> wrong = Map.of(
                "new Parameter<>(\"far\", new ParameterType.Real(0, 1), 7.0, \"\", \"how far\")", "far",
                "new Parameter<>(\"dotted\", new ParameterType.Flag(), false, \"\", \"whether.\")", "dotted",
                "new Parameter<>(\"twofold\", new ParameterType.Flag(), false, \"\", \"whether\\nor not\")", "twofold");
        wrong.forEach((parameter, name) -> assertThat(failure(
                        "declaresParametersWhoseDefaultsAreValidAndWhoseHelpIsOneLine",
                        new TestPlugin(name).source(name + ".SampleCleaner", declaration.formatted(name, parameter))))
                .contains(name));
    }

    @Test
    void catchesASummaryThatIsNoLineForPeople() {
        assertThat(failure(
                        "loadsInARealHostAndSaysWhatItIs",
                        TestPlugin.cleaner("curt", SOUND).descriptor("plugin.provider", "")))
                .contains("who made it");
    }

    @Test
    void catchesProgressBeyondTheEnd() {
        assertThat(failure(
                        "reportsProgressThatNeverFallsAndStaysBetweenNothingAndAll",
                        TestPlugin.cleaner(
                                "eager", SOUND.replace("/*middle*/", "context.progress().report(50, \"percent\");"))))
                .contains("50.0");
    }

    @Test
    void catchesAPluginThatCannotServeTwoAtOnce() {
        String shared = "synchronized (AT_WORK) { AT_WORK.add(1); } "
                + "try { Thread.sleep(300); } catch (InterruptedException e) { throw new IllegalStateException(e); } "
                + "planar[0] = AT_WORK.size() > 1 ? 1 : 0; "
                + "try { Thread.sleep(300); } catch (InterruptedException e) { throw new IllegalStateException(e); } "
                + "synchronized (AT_WORK) { AT_WORK.remove(0); }";
        assertThat(failure(
                        "givesTheSameResultForTheSameSeed",
                        TestPlugin.cleanerWith(
                                "lonely",
                                "static final List<Integer> AT_WORK = new ArrayList<>();",
                                SOUND.replace("/*before*/", shared))))
                .contains("two at once");
    }

    @Test
    void catchesANetworkThatIsNotClosed() throws IOException {
        Path network = TinyNetwork.gaussian("tiny", 3, 0.1f).write(folder.resolve("tiny"));
        assertThat(failure(
                        "leavesNoClassThreadNetworkOrFileBehindAfterTenLoadsAndUnloads",
                        TestPlugin.cleaner("forgetful", SOUND.replace("/*before*/", "context.openNetwork(\"tiny\");"))
                                .file("models/tiny/model.onnx", Files.readAllBytes(network.resolve("model.onnx")))
                                .file("models/tiny/model.json", Files.readAllBytes(network.resolve("model.json")))))
                .contains("still open");
    }

    @Test
    void catchesClassesThatCannotBeUnloaded() {
        String registration = "Runtime.getRuntime().addShutdownHook(new Thread(() -> planar[0] = 0));";
        assertThat(failure(
                        "leavesNoClassThreadNetworkOrFileBehindAfterTenLoadsAndUnloads",
                        TestPlugin.cleaner("rooted", SOUND.replace("/*middle*/", registration))))
                .contains("cannot be unloaded");
    }

    /** What compiles against the host's own classes runs beside them, but not in a real host, which does not show them. */
    @Test
    void catchesAPluginThatOnlyRunsWhereItWasCompiled() {
        assertThat(failure(
                        "givesTheSameResultForTheSameSeed",
                        TestPlugin.cleaner(
                                "homely",
                                SOUND.replace("/*before*/", "dev.unfog.core.onnx.NetworkPool.openNatives();"))))
                .contains("NoClassDefFoundError");
    }

    @Test
    void catchesAScorerThatTakesAnythingForAModel() {
        String head = """
                package gullible;
                import dev.unfog.api.media.*;
                import dev.unfog.api.param.*;
                import dev.unfog.api.plugin.*;
                import java.util.*;
                @org.pf4j.Extension
                """;
        String declarations = """
                    public String summary() { return "Scores"; }
                    public Set<MediaKind> accepts() { return Set.of(MediaKind.PICTURE); }
                    public List<Parameter<?>> parameters() { return List.of(); }
                """;
        assertThat(failure(
                        "refusesAModelThatIsNone",
                        new TestPlugin("gullible")
                                .source(
                                        "gullible.Learner",
                                        head + "public class Learner implements Fitter {" + declarations + """
                                            public void fit(Samples normals, java.nio.file.Path model, ParameterValues values, PluginContext context) {
                                                try {
                                                    java.nio.file.Files.writeString(model, "a model");
                                                } catch (java.io.IOException exception) {
                                                    throw new java.io.UncheckedIOException(exception);
                                                }
                                            }
                                        }
                                        """)
                                .source(
                                        "gullible.Judge",
                                        head + "public class Judge implements Scorer {" + declarations + """
                                            public Session open(java.nio.file.Path model, ParameterValues values, PluginContext context) {
                                                return new Session() {
                                                    public void score(Media input, java.util.function.Consumer<Score> scores, Outputs outputs) {
                                                        scores.accept(new Score(0, 1, Map.of()));
                                                    }
                                                    public void close() {}
                                                };
                                            }
                                        }
                                        """)))
                .contains("should have refused");
    }
}
