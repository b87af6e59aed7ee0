package dev.unfog.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Codec;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.api.plugin.Fitter;
import dev.unfog.api.plugin.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginHostTest {
    @TempDir
    private Path folder;

    private Path user;
    private Path distribution;
    private Path cache;
    private final List<PluginHost> hosts = new java.util.ArrayList<>();

    @BeforeEach
    void makeFolders() throws IOException {
        user = Files.createDirectories(folder.resolve("user/plugins"));
        distribution = Files.createDirectories(folder.resolve("distribution/plugins"));
        cache = folder.resolve("user/cache/plugins");
    }

    @AfterEach
    void closeHosts() {
        hosts.forEach(PluginHost::close);
    }

    private PluginHost load() {
        PluginHost host = PluginHost.load(List.of(user, distribution), cache, "0.1.0");
        hosts.add(host);
        return host;
    }

    private static List<String> ids(PluginHost host) {
        return host.plugins().stream().map(InstalledPlugin::id).toList();
    }

    /** Loads beside one sound plugin, which must not suffer. */
    private UnfogException loadBroken(Path file, ErrorCode code) {
        TestPlugin.cleaner("sound", "").jar(distribution.resolve("sound.jar"));
        PluginHost host = load();
        assertThat(ids(host)).containsExactly("sound");
        assertThat(host.operations(Cleaner.class)).hasSize(1);
        assertThat(host.failures()).hasSize(1);
        UnfogException failure = host.failures().get(0);
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.subject()).isEqualTo(file.toString());
        assertThat(failure.remedy()).isNotBlank();
        return failure;
    }

    private static void clean(PluginHost host) {
        host.operations(Cleaner.class).get(0).run(cleaner -> cleaner.clean(null, null, null, null));
    }

    @Test
    void loadsAJarAZipAndAFolder() {
        TestPlugin.cleaner("a", "").jar(user.resolve("a.jar"));
        TestPlugin.cleaner("b", "").zip(user.resolve("b.zip"));
        TestPlugin.cleaner("c", "").folder(user.resolve("c"));
        PluginHost host = load();
        assertThat(host.failures()).isEmpty();
        assertThat(ids(host)).containsExactly("a", "b", "c");
        InstalledPlugin plugin = host.plugins().get(1);
        assertThat(plugin.version()).isEqualTo("1.2.3");
        assertThat(plugin.description()).isEqualTo("A plugin for tests");
        assertThat(plugin.provider()).isEqualTo("Unfog");
        assertThat(plugin.path()).isEqualTo(user.resolve("b.zip"));
        assertThat(plugin.models()).isEmpty();
        assertThat(host.operations(Operation.class))
                .extracting(PluginExtension::pluginId)
                .containsExactly("a", "b", "c");
        assertThat(host.operations(Cleaner.class).get(2).call(Operation::summary))
                .isEqualTo("Cleans as c does");
        assertThat(host.operations(Fitter.class)).isEmpty();
        assertThat(host.codecs()).isEmpty();
    }

    @Test
    void writesNothingBesideThePlugins() throws IOException {
        TestPlugin.cleaner("a", "").zip(user.resolve("a.zip"));
        TestPlugin.cleaner("b", "").zip(distribution.resolve("b.zip"));
        assertThat(distribution.toFile().setWritable(false)).isTrue();
        PluginHost host = load();
        assertThat(ids(host)).containsExactly("a", "b");
        assertThat(user).isDirectoryNotContaining(path -> !path.endsWith("a.zip"));
        assertThat(distribution).isDirectoryNotContaining(path -> !path.endsWith("b.zip"));
        assertThat(distribution.toFile().setWritable(true)).isTrue();
    }

    @Test
    void unpacksAZipOnceAndAnewWhenItChanges() throws IOException {
        Path file = TestPlugin.cleaner("a", "").zip(user.resolve("a.zip"));
        load();
        load();
        assertThat(entries(cache)).hasSize(1);
        TestPlugin.cleaner("a", "throw new IllegalStateException(\"changed\");").zip(file);
        PluginHost host = load();
        assertThat(entries(cache)).hasSize(2);
        assertThatThrownBy(() -> clean(host)).hasMessageContaining("changed");
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    @Test
    void findsTheModelsThatAPluginBrings() {
        byte[] card = {1, 2, 3};
        TestPlugin.cleaner("a", "").file("models/net/model.json", card).jar(user.resolve("a.jar"));
        TestPlugin.cleaner("b", "").file("models/net/model.json", card).zip(user.resolve("b.zip"));
        TestPlugin.cleaner("c", "").file("models/net/model.json", card).folder(user.resolve("c"));
        PluginHost host = load();
        assertThat(host.plugins()).hasSize(3).allSatisfy(plugin -> assertThat(
                        plugin.models().orElseThrow().resolve("net/model.json"))
                .hasBinaryContent(card));
    }

    @Test
    void skipsDirectoriesThatDoNotExistAndFilesThatAreNoPlugins() throws IOException {
        Files.writeString(user.resolve("README.txt"), "put plugins here");
        PluginHost host = PluginHost.load(List.of(user, folder.resolve("nowhere")), cache, "0.1.0");
        hosts.add(host);
        assertThat(host.plugins()).isEmpty();
        assertThat(host.failures()).isEmpty();
        assertThat(cache).doesNotExist();
    }

    @Test
    void reportsAZipThatIsNone() throws IOException {
        Path file = user.resolve("broken.zip");
        Files.writeString(file, "this is not a zip");
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("cannot be read as a zip");
    }

    @Test
    void reportsAZipCutInHalf() throws IOException {
        Path file = TestPlugin.cleaner("half", "").zip(user.resolve("half.zip"));
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("cannot be read as a zip");
    }

    @Test
    void reportsAZipWhoseEntryLeadsOutOfIt() {
        Path file = TestPlugin.cleaner("slip", "")
                .file("../../slipped.txt", new byte[] {1})
                .zip(user.resolve("slip.zip"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("points outside");
        assertThat(cache.resolve("../slipped.txt")).doesNotExist();
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void reportsAZipWithoutDescriptor() {
        Path file = TestPlugin.cleaner("bare", "").withoutDescriptor().zip(user.resolve("bare.zip"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("descriptor");
    }

    @Test
    void reportsAJarWithoutDescriptor() {
        Path file = TestPlugin.cleaner("bare", "").withoutDescriptor().jar(user.resolve("bare.jar"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("descriptor");
    }

    @Test
    void reportsAFolderWithoutDescriptor() throws IOException {
        Path file = Files.createDirectory(user.resolve("empty"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("descriptor");
    }

    @Test
    void reportsAPluginWhoseConstructorThrows() {
        Path file = TestPlugin.cleaner("angry", "")
                .source("angry.AngryPlugin", """
                        package angry;
                        public class AngryPlugin extends org.pf4j.Plugin {
                            public AngryPlugin() { throw new IllegalStateException("no licence today"); }
                        }
                        """)
                .descriptor("plugin.class", "angry.AngryPlugin")
                .zip(user.resolve("angry.zip"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem())
                .contains("angry.AngryPlugin throws in its constructor", "no licence today");
    }

    @Test
    void reportsAPluginWhoseStartThrowsAnError() {
        Path file = TestPlugin.cleaner("angry", "")
                .source("angry.AngryPlugin", """
                        package angry;
                        public class AngryPlugin extends org.pf4j.Plugin {
                            public void start() { throw new StackOverflowError(); }
                        }
                        """)
                .descriptor("plugin.class", "angry.AngryPlugin")
                .zip(user.resolve("angry.zip"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("StackOverflowError");
    }

    @Test
    void reportsAPluginWhoseClassIsNotThere() {
        Path file = TestPlugin.cleaner("lost", "")
                .descriptor("plugin.class", "lost.NoSuchPlugin")
                .jar(user.resolve("lost.jar"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("lost.NoSuchPlugin");
    }

    @Test
    void reportsAnExtensionWhoseConstructorThrows() {
        Path file = TestPlugin.cleanerWith(
                        "angry",
                        "public SampleCleaner() { throw new IllegalStateException(\"no licence today\"); }",
                        "")
                .jar(user.resolve("angry.jar"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("no licence today");
    }

    @Test
    void reportsAnExtensionThatIsListedButNotThere() {
        Path file = TestPlugin.cleaner("lost", "")
                .file(
                        "META-INF/extensions.idx",
                        "lost.NoSuchCleaner\n".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .withoutSources()
                .jar(user.resolve("lost.jar"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("lost.NoSuchCleaner");
    }

    @Test
    void reportsAPluginWithoutExtensions() {
        Path file = new TestPlugin("idle").jar(user.resolve("idle.jar"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("lists no extension");
    }

    @Test
    void reportsAnExtensionOfNoKnownKind() {
        Path file = new TestPlugin("odd").source("odd.Oddity", """
                        package odd;
                        @org.pf4j.Extension
                        public class Oddity implements org.pf4j.ExtensionPoint {}
                        """).jar(user.resolve("odd.jar"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem())
                .contains("odd.Oddity", "implements no extension point");
    }

    @Test
    void reportsAnExtensionWhoseDeclarationThrows() {
        Path file = new TestPlugin("odd").source("odd.SampleCleaner", """
                        package odd;
                        import dev.unfog.api.media.*;
                        import dev.unfog.api.param.*;
                        import dev.unfog.api.plugin.*;
                        import java.util.*;
                        @org.pf4j.Extension
                        public class SampleCleaner implements Cleaner {
                            public String summary() { return "Cleans"; }
                            public Set<MediaKind> accepts() { return Set.of(MediaKind.PICTURE); }
                            public List<Parameter<?>> parameters() { throw new UnsupportedOperationException("later"); }
                            public void clean(Media i, Outputs o, ParameterValues v, PluginContext c) {}
                        }
                        """).jar(user.resolve("odd.jar"));
        TestPlugin.cleaner("sound", "").jar(distribution.resolve("sound.jar"));
        PluginHost host = load();
        assertThat(ids(host)).containsExactly("sound");
        assertThat(host.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.PLUGIN_BROKEN);
            assertThat(failure.getMessage()).contains(file.toString(), "later");
        });
    }

    @Test
    void refusesAPluginThatBringsOnnxRuntimeAsClasses() {
        Path file = TestPlugin.cleaner("heavy", "")
                .file("ai/onnxruntime/OrtEnvironment.class", new byte[4])
                .jar(user.resolve("heavy.jar"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("brings ONNX Runtime");
    }

    @Test
    void refusesAPluginThatBringsOnnxRuntimeAsALibrary() {
        Path file = TestPlugin.cleaner("heavy", "")
                .file("lib/onnxruntime-1.28.0.jar", new byte[4])
                .zip(user.resolve("heavy.zip"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("lib/onnxruntime-1.28.0.jar");
    }

    @Test
    void refusesAPluginThatHidesOnnxRuntimeInALibrary() throws IOException {
        Path fat = TestPlugin.zip(folder.resolve("fat.jar"), Map.of("ai/onnxruntime/OrtSession.class", new byte[4]));
        Path file = TestPlugin.cleaner("heavy", "")
                .file("lib/everything.jar", Files.readAllBytes(fat))
                .folder(user.resolve("heavy"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("ai/onnxruntime/OrtSession.class");
    }

    @Test
    void refusesAPluginThatNeedsANewerHost() {
        Path file = TestPlugin.cleaner("modern", "")
                .descriptor("plugin.requires", "0.2.0")
                .jar(user.resolve("modern.jar"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_INCOMPATIBLE).problem()).contains("0.2.0", "0.1.0");
    }

    @Test
    void refusesAPluginThatIsMadeForAnOlderHostAlone() {
        Path file = TestPlugin.cleaner("ancient", "")
                .descriptor("plugin.requires", "<0.1.0")
                .jar(user.resolve("ancient.jar"));
        loadBroken(file, ErrorCode.PLUGIN_INCOMPATIBLE);
    }

    @Test
    void reportsARequirementThatIsNoVersionRange() {
        Path file = TestPlugin.cleaner("vague", "")
                .descriptor("plugin.requires", "something new")
                .jar(user.resolve("vague.jar"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("something new");
    }

    @Test
    void reportsAPluginWhoseDependencyIsNotInstalled() {
        Path file = TestPlugin.cleaner("needy", "")
                .descriptor("plugin.dependencies", "elsewhere@1.0.0")
                .jar(user.resolve("needy.jar"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("elsewhere");
    }

    @Test
    void refusesBothOfTwoPluginsWithOneIdInOneDirectory() {
        Path first = TestPlugin.cleaner("twin", "").jar(user.resolve("a.jar"));
        Path second = TestPlugin.cleaner("twin", "").zip(user.resolve("b.zip"));
        UnfogException failure = loadBroken(second, ErrorCode.PLUGIN_BROKEN);
        assertThat(failure.problem()).contains("twin", first.toString());
    }

    @Test
    void letsTheUsersPluginTakeThePlaceOfTheDistributions() {
        Path mine = TestPlugin.cleaner("twin", "").jar(user.resolve("mine.jar"));
        Path theirs = TestPlugin.cleaner("twin", "").jar(distribution.resolve("theirs.jar"));
        PluginHost host = load();
        assertThat(host.failures()).isEmpty();
        assertThat(host.plugins()).singleElement().satisfies(plugin -> {
            assertThat(plugin.path()).isEqualTo(mine);
            assertThat(plugin.replaces()).contains(theirs);
        });
    }

    @Test
    void hidesTheHostsLibrariesFromAPlugin() {
        TestPlugin.cleaner("curious", "new com.fasterxml.jackson.databind.ObjectMapper();")
                .jar(user.resolve("curious.jar"));
        PluginHost host = load();
        assertThat(ids(host)).containsExactly("curious");
        assertThatThrownBy(() -> clean(host))
                .asInstanceOf(InstanceOfAssertFactories.type(UnfogException.class))
                .satisfies(exception -> {
                    assertThat(exception.code()).isEqualTo(ErrorCode.PLUGIN_BROKEN);
                    assertThat(exception.subject()).isEqualTo("plugin curious");
                    assertThat(exception.problem()).contains("com/fasterxml/jackson/databind/ObjectMapper");
                });
    }

    @Test
    void hidesTheHostsClassesAndResourcesFromAPlugin() {
        TestPlugin.cleaner("curious", """
                        ClassLoader loader = getClass().getClassLoader();
                        for (String name : List.of("dev.unfog.core.plugin.PluginHost", "ai.onnxruntime.OrtEnvironment")) {
                            try {
                                loader.loadClass(name);
                                throw new IllegalStateException("sees " + name);
                            } catch (ClassNotFoundException expected) {
                            }
                        }
                        try {
                            for (String name : List.of(
                                    "META-INF/services/org.slf4j.spi.SLF4JServiceProvider",
                                    "META-INF/services/javax.imageio.spi.ImageReaderSpi",
                                    "dev/unfog/core/plugin/PluginHost.class")) {
                                if (loader.getResource(name) != null || loader.getResources(name).hasMoreElements()) {
                                    throw new IllegalStateException("sees " + name);
                                }
                            }
                            if (loader.getResource("dev/unfog/api/plugin/Cleaner.class") == null
                                    || !loader.getResources("org/slf4j/Logger.class").hasMoreElements()
                                    || loader.getResource("curious/SampleCleaner.class") == null) {
                                throw new IllegalStateException("does not see what it should");
                            }
                        } catch (java.io.IOException exception) {
                            throw new IllegalStateException(exception);
                        }
                        org.slf4j.LoggerFactory.getLogger("curious").debug("logs");
                        """).jar(user.resolve("curious.jar"));
        clean(load());
    }

    @Test
    void refusesAPluginThatBringsACopyOfTheApi() throws IOException {
        byte[] cleaner = Cleaner.class.getResourceAsStream("Cleaner.class").readAllBytes();
        Path file = TestPlugin.cleaner("copycat", "")
                .file("dev/unfog/api/plugin/Cleaner.class", cleaner)
                .jar(user.resolve("copycat.jar"));
        assertThat(loadBroken(file, ErrorCode.PLUGIN_BROKEN).problem()).contains("dev/unfog/api/plugin/Cleaner.class");
    }

    private static TestPlugin lender(String id, String from, String... networks) {
        TestPlugin lender = new TestPlugin(id).descriptor("plugin.dependencies", from);
        for (String network : networks) {
            lender.file("models/" + network + "/model.json", new byte[] {1});
        }
        return lender;
    }

    @Test
    void letsAPluginWithoutClassesLendItsNetworkToAnother() {
        lender("alone", "zz", "own").zip(user.resolve("alone.zip"));
        TestPlugin.cleaner("zz", "").jar(distribution.resolve("zz.jar"));
        PluginHost host = load();
        assertThat(host.failures()).isEmpty();
        assertThat(ids(host)).containsExactly("alone", "zz");
        assertThat(host.networkOf("alone")).contains("own");
        assertThat(host.networkOf("zz")).isEmpty();
        assertThat(host.operations(Cleaner.class).get(0).call(Operation::summary))
                .isEqualTo("Cleans as zz does");
    }

    @Test
    void saysWhatAPluginThatLendsItsNetworkLacks() {
        lender("two", "sound", "a", "b").zip(user.resolve("two.zip"));
        UnfogException failure = loadBroken(user.resolve("two.zip"), ErrorCode.PLUGIN_BROKEN);
        assertThat(failure.problem()).contains("brings 2 networks");
    }

    @Test
    void loadsTheLibrariesThatAPluginBrings() throws IOException {
        Path library = new TestPlugin("library")
                .withoutDescriptor()
                .source("shared.Greeting", "package shared; public class Greeting {}")
                .jar(folder.resolve("library.jar"));
        String call = """
                try {
                    Class<?> greeting = Class.forName("shared.Greeting");
                    throw new IllegalStateException("found " + greeting.getName());
                } catch (ClassNotFoundException exception) {
                    throw new IllegalStateException("lost", exception);
                }
                """;
        TestPlugin.cleaner("reader", call)
                .file("lib/library.jar", Files.readAllBytes(library))
                .zip(user.resolve("reader.zip"));
        PluginHost host = load();
        assertThat(host.failures()).isEmpty();
        assertThatThrownBy(() -> clean(host)).hasMessageContaining("found shared.Greeting");
    }

    @Test
    void letsEachPluginHaveItsOwnVersionOfAClass() {
        for (String id : List.of("a", "b")) {
            TestPlugin.cleaner(id, "throw new IllegalStateException(shared.Library.version());")
                    .source(
                            "shared.Library",
                            "package shared; public class Library { public static String version() { return \"of " + id
                                    + "\"; } }")
                    .jar(user.resolve(id + ".jar"));
        }
        PluginHost host = load();
        for (PluginExtension<Cleaner> cleaner : host.operations(Cleaner.class)) {
            assertThatThrownBy(() -> cleaner.run(called -> called.clean(null, null, null, null)))
                    .hasMessageContaining("of " + cleaner.pluginId());
        }
    }

    @Test
    void showsAPluginItsOwnClassLoaderAsTheContextOfItsThread() {
        TestPlugin.cleaner("context", """
                        if (Thread.currentThread().getContextClassLoader() != getClass().getClassLoader()) {
                            throw new IllegalStateException("another context");
                        }
                        """).jar(user.resolve("context.jar"));
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        clean(load());
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    void turnsWhateverAPluginThrowsIntoATypedError() {
        assertThat(codeOf("deep", "clean(input, outputs, values, context);")).isEqualTo(ErrorCode.PLUGIN_BROKEN);
        assertThat(codeOf("full", "throw new OutOfMemoryError(\"Java heap space\");"))
                .isEqualTo(ErrorCode.OUT_OF_MEMORY);
        assertThat(codeOf("wrong", "Objects.requireNonNull(null);")).isEqualTo(ErrorCode.PLUGIN_BROKEN);
        String cancelled = """
                throw new java.util.concurrent.CompletionException(new dev.unfog.api.UnfogException(
                    dev.unfog.api.ErrorCode.CANCELLED, "work", "it was cancelled", "start it again"));
                """;
        assertThat(codeOf("stopped", cancelled)).isEqualTo(ErrorCode.CANCELLED);
    }

    private ErrorCode codeOf(String id, String statements) {
        TestPlugin.cleaner(id, statements).jar(folder.resolve(id).resolve(id + ".jar"));
        PluginHost host = PluginHost.load(List.of(folder.resolve(id)), cache, "0.1.0");
        hosts.add(host);
        try {
            clean(host);
        } catch (UnfogException exception) {
            return exception.code();
        }
        throw new AssertionError("nothing was thrown");
    }

    @Test
    void offersTheFileFormatsThatPluginsAdd() {
        new TestPlugin("formats").source("formats.SampleCodec", """
                        package formats;
                        import dev.unfog.api.media.*;
                        import java.nio.file.Path;
                        import java.util.Set;
                        @org.pf4j.Extension
                        public class SampleCodec implements Codec {
                            public MediaKind kind() { return new MediaKind("seismogram"); }
                            public Set<String> extensions() { return Set.of("sac"); }
                            public Media open(Path file, Path temporaryDirectory) { throw new IllegalStateException(); }
                        }
                        """).jar(user.resolve("formats.jar"));
        PluginHost host = load();
        assertThat(host.failures()).isEmpty();
        assertThat(host.codecs()).hasSize(1);
        MediaKind kind = host.codecs().get(0).call(Codec::kind);
        assertThat(kind.name()).isEqualTo("seismogram");
    }

    @Test
    void reportsACacheThatCannotBeWritten() throws IOException {
        Path file = TestPlugin.cleaner("a", "").zip(user.resolve("a.zip"));
        Path blocked = Files.writeString(folder.resolve("blocked"), "a file where a folder should be");
        PluginHost host = PluginHost.load(List.of(user), blocked, "0.1.0");
        hosts.add(host);
        assertThat(file).exists();
        assertThat(host.failures()).singleElement().satisfies(failure -> assertThat(failure.code())
                .isEqualTo(ErrorCode.OUTPUT_NOT_WRITABLE));
    }

    /** A plugin whose life-cycle method never returns. */
    private static TestPlugin hanging(String id, String when) {
        return TestPlugin.cleaner(id, "")
                .source(id + ".Life", """
                        package %s;
                        public class Life extends org.pf4j.Plugin {
                            @Override public void %s() {
                                while (true) {
                                    try { Thread.sleep(1000); } catch (InterruptedException e) { continue; }
                                }
                            }
                        }
                        """.formatted(id, when))
                .descriptor("plugin.class", id + ".Life");
    }

    @Test
    void leavesOutAPluginThatHangsWhenItIsStarted() {
        Path file = hanging("sleepy", "start").jar(user.resolve("sleepy.jar"));
        TestPlugin.cleaner("sound", "").jar(user.resolve("sound.jar"));
        PluginHost host = PluginHost.load(List.of(user), cache, "0.1.0", Set.of(), Duration.ofMillis(1500));
        hosts.add(host);
        assertThat(ids(host)).containsExactly("sound");
        assertThat(host.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.subject()).isEqualTo(file.toString());
            assertThat(failure.problem()).contains("hangs when it is started", "1.5 seconds");
            assertThat(failure.remedy()).contains("sleepy");
        });
        clean(host);
        assertThat(PluginCalls.atWork()).as("who can be named").contains("sleepy");
    }

    @Test
    void leavesBehindAPluginThatHangsWhenItIsStopped() {
        hanging("clinging", "stop").jar(user.resolve("clinging.jar"));
        PluginHost host = load();
        assertThat(ids(host)).containsExactly("clinging");
        long began = System.nanoTime();
        host.close();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
        hosts.clear();
    }
}
