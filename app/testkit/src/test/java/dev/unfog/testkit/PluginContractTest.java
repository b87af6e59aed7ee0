package dev.unfog.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

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
        Map<String, String> failures = new TreeMap<>();
        run.clear();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(Subject.class))
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
            assertThat(failures()).containsKey("leavesTheSamplesAsTheyWereAndWritesNothingBesideThem()");
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
}
