package dev.unfog.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.plugin.Cleaner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pf4j.PluginManager;
import org.pf4j.update.DefaultUpdateRepository;
import org.pf4j.update.PluginInfo;
import org.pf4j.update.UpdateManager;
import org.pf4j.update.UpdateRepository;

class PluginStoreTest {
    @TempDir
    private Path folder;

    private Path home;
    private Path user;
    private Path distribution;
    private PluginStore store;
    private SigningKey key;

    private final Map<String, byte[]> served = new ConcurrentHashMap<>();
    private HttpServer server;

    @BeforeEach
    void makeAStoreAndServe() throws IOException {
        home = folder.resolve("home");
        user = home.resolve("plugins");
        distribution = Files.createDirectories(folder.resolve("distribution/plugins"));
        store = new PluginStore(home, List.of(user, distribution), "0.1.0");
        key = SigningKey.create(folder.resolve("key.pem"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = served.get(exchange.getRequestURI().getPath());
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(body == null ? 404 : 200, body == null || isHead ? -1 : body.length);
            if (body != null && !isHead) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stopServing() {
        server.stop(0);
    }

    private Path zip(String id, String version) {
        return TestPlugin.cleaner(id, "")
                .descriptor("plugin.version", version)
                .zip(folder.resolve("made/" + id + "-" + version + ".zip"));
    }

    private PluginStore.Installed install(Path file, boolean trust) {
        return store.install(file, trust, archive -> {});
    }

    private UnfogException refused(ThrowingCallable installation) {
        List<Path> before = files();
        List<UnfogException> thrown = new ArrayList<>();
        assertThatThrownBy(installation).isInstanceOfSatisfying(UnfogException.class, thrown::add);
        assertThat(files()).as("what is there after a refusal").isEqualTo(before);
        assertThat(thrown.get(0).remedy()).isNotBlank();
        return thrown.get(0);
    }

    /** Everything below the user's folder. */
    private List<Path> files() {
        if (!Files.exists(home)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException exception) {
            throw new java.io.UncheckedIOException(exception);
        }
    }

    private List<String> loaded() {
        try (PluginHost host =
                PluginHost.load(List.of(user, distribution), home.resolve("cache"), "0.1.0", store.disabled())) {
            assertThat(host.failures()).isEmpty();
            return host.plugins().stream()
                    .map(plugin -> plugin.id() + " " + plugin.version())
                    .toList();
        }
    }

    @Test
    void whatNobodySignedIsRefusedUnlessTheUserTrustsIt() {
        Path file = zip("quiet", "1.0.0");
        assertThat(refused(() -> install(file, false)).getMessage()).contains("nobody has signed it", "--trust");
        PluginStore.Installed installed = install(file, true);
        assertThat(installed.installed()).isEqualTo(user.resolve("quiet.zip")).exists();
        assertThat(installed.signer()).isEmpty();
        assertThat(loaded()).containsExactly("quiet 1.0.0");
        assertThat(user).isDirectoryNotContaining("glob:**incoming*");
    }

    @Test
    void aSignerIsRefusedUntilTrustedAndThenKnown() {
        Path first = zip("signed", "1.0.0");
        String fingerprint = key.sign(PluginArchive.read(first)).fingerprint();
        assertThat(refused(() -> install(first, false)).getMessage()).contains("not known here", fingerprint);
        assertThat(store.verify(first)).contains(new PluginStore.Signer(fingerprint, Optional.empty()));
        install(first, true);

        Path second = zip("signed", "1.1.0");
        SigningKey.read(folder.resolve("key.pem")).sign(PluginArchive.read(second));
        PluginStore.Installed installed = install(second, false);
        assertThat(installed.signer()).contains(fingerprint);
        assertThat(installed.replaced()).contains("1.0.0");
        assertThat(loaded()).containsExactly("signed 1.1.0");
        assertThat(store.verify(second)).contains(new PluginStore.Signer(fingerprint, Optional.of("Unfog")));
    }

    @Test
    void aFileThatIsNotTheOneThatWasSignedIsRefusedWhateverTheUserTrusts() throws IOException {
        Path file = zip("forged", "1.0.0");
        key.sign(PluginArchive.read(file));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        assertThat(refused(() -> install(file, true)).getMessage()).contains("SHA-256", "do not use this file");
    }

    @Test
    void aSignatureOfAnotherKeyOrAnotherPluginIsRefused() throws IOException {
        Path file = zip("borrowed", "1.0.0");
        PluginSignature mine = key.sign(PluginArchive.read(file));
        PluginSignature other = SigningKey.create(folder.resolve("other.pem")).sign(PluginArchive.read(file));
        new PluginSignature(mine.id(), mine.version(), mine.sha256(), other.publicKey(), mine.signature())
                .writeBeside(file);
        assertThat(refused(() -> install(file, true)).getMessage()).contains("was not made with the key");

        new PluginSignature("elsewhere", mine.version(), mine.sha256(), mine.publicKey(), mine.signature())
                .writeBeside(file);
        assertThat(refused(() -> install(file, true)).getMessage()).contains("was not made with the key");

        Files.writeString(PluginSignature.fileOf(file), "{}");
        refused(() -> install(file, true));
        Files.writeString(PluginSignature.fileOf(file), "no json");
        assertThat(refused(() -> install(file, true)).getMessage()).contains("it is no signature");
    }

    @Test
    void whatBringsTheHostsClassesIsRefusedAndTheOffenderNamed() throws IOException {
        byte[] cleaner = Cleaner.class.getResourceAsStream("Cleaner.class").readAllBytes();
        Path api = TestPlugin.cleaner("copycat", "")
                .file("classes/dev/unfog/api/plugin/Cleaner.class", cleaner)
                .zip(folder.resolve("made/copycat.zip"));
        assertThat(refused(() -> install(api, true)).getMessage())
                .contains(api.toString(), "dev/unfog/api/plugin/Cleaner.class", "provided");

        Path fat = TestPlugin.zip(folder.resolve("fat.jar"), Map.of("ai/onnxruntime/OrtSession.class", new byte[4]));
        Path runtime = TestPlugin.cleaner("heavy", "")
                .file("lib/everything.jar", Files.readAllBytes(fat))
                .zip(folder.resolve("made/heavy.zip"));
        assertThat(refused(() -> install(runtime, true)).getMessage()).contains("ai/onnxruntime/OrtSession.class");

        Path pf4j = TestPlugin.cleaner("shading", "")
                .file("org/pf4j/Plugin.class", new byte[4])
                .jar(folder.resolve("made/shading.jar"));
        assertThat(refused(() -> install(pf4j, true)).getMessage()).contains("org/pf4j/Plugin.class");
    }

    @Test
    void whatIsNoPluginIsRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("text.zip"), "no zip");
        assertThat(refused(() -> install(text, true)).getMessage())
                .contains(text.toString(), "cannot be read as a zip");
        Path bare = TestPlugin.cleaner("bare", "").withoutDescriptor().zip(folder.resolve("made/bare.zip"));
        assertThat(refused(() -> install(bare, true)).getMessage()).contains("lacks plugin.id");
        Path slip = TestPlugin.cleaner("slip", "")
                .descriptor("plugin.id", "../slip")
                .zip(folder.resolve("made/slip.zip"));
        assertThat(refused(() -> install(slip, true)).getMessage()).contains("../slip");
        assertThat(refused(() -> install(folder.resolve("nothing.zip"), true)).code())
                .isEqualTo(ErrorCode.PLUGIN_NOT_FOUND);
        Path modern = TestPlugin.cleaner("modern", "")
                .descriptor("plugin.requires", "0.2.0")
                .zip(folder.resolve("made/modern.zip"));
        assertThat(refused(() -> install(modern, true)).code()).isEqualTo(ErrorCode.PLUGIN_INCOMPATIBLE);
    }

    @Test
    void aPluginSaysWhatItIsBeforeItIsPutThere() {
        Path file = TestPlugin.cleaner("told", "")
                .file("models/net/model.onnx", new byte[4])
                .jar(folder.resolve("made/told.jar"));
        List<PluginArchive> announced = new ArrayList<>();
        store.install(file, true, archive -> {
            announced.add(archive);
            assertThat(user.resolve("told.jar")).doesNotExist();
        });
        assertThat(announced).singleElement().satisfies(archive -> {
            assertThat(archive.id()).isEqualTo("told");
            assertThat(archive.version()).isEqualTo("1.2.3");
            assertThat(archive.provider()).isEqualTo("Unfog");
            assertThat(archive.extensions()).containsExactly("told.SampleCleaner");
            assertThat(archive.networks()).containsExactly("net");
            assertThat(archive.sha256()).hasSize(64);
        });
        assertThat(user.resolve("told.jar")).exists();
    }

    @Test
    void aFolderIsInstalledAsItIsAndAZipTakesItsPlace() {
        Path made = TestPlugin.cleaner("open", "").folder(folder.resolve("made/open"));
        assertThat(refused(() -> install(made, false)).getMessage()).contains("nobody has signed it");
        assertThat(install(made, true).installed())
                .isEqualTo(user.resolve("open"))
                .isDirectory();
        assertThat(loaded()).containsExactly("open 1.2.3");
        install(zip("open", "2.0.0"), true);
        assertThat(user.resolve("open")).doesNotExist();
        assertThat(loaded()).containsExactly("open 2.0.0");
    }

    @Test
    void pluginsAreSwitchedOffAndOnAndRemoved() {
        TestPlugin.cleaner("theirs", "").jar(distribution.resolve("theirs.jar"));
        install(zip("mine", "1.0.0"), true);
        store.enable("theirs", false);
        store.enable("mine", false);
        assertThat(loaded()).isEmpty();
        try (PluginHost host =
                PluginHost.load(List.of(user, distribution), home.resolve("cache"), "0.1.0", store.disabled())) {
            assertThat(host.switchedOff())
                    .extracting(PluginHost.SwitchedOff::id)
                    .containsExactly("mine", "theirs");
        }
        store.enable("theirs", true);
        store.enable("mine", true);
        assertThat(loaded()).containsExactly("mine 1.0.0", "theirs 1.2.3");
        assertThat(store.remove("mine")).doesNotExist();
        assertThat(loaded()).containsExactly("theirs 1.2.3");
        assertThatThrownBy(() -> store.remove("theirs"))
                .hasMessageContaining("it came with Unfog")
                .hasMessageContaining("unfog plugins disable theirs");
        assertThatThrownBy(() -> store.enable("nobody", false)).hasMessageContaining("no plugin of that id");
    }

    @Test
    void aPluginThatChangedSinceItWasInstalledIsNamed() throws IOException {
        install(zip("steady", "1.0.0"), true);
        Path changed = install(zip("changed", "1.0.0"), true).installed();
        TestPlugin.cleaner("byhand", "").jar(user.resolve("byhand.jar"));
        TestPlugin.cleaner("changed", "")
                .descriptor("plugin.provider", "Mallory")
                .zip(changed);
        Map<String, String> failures = new java.util.TreeMap<>();
        for (PluginStore.Verification verification : store.verify()) {
            failures.put(
                    verification.file().getFileName().toString(),
                    verification.failure().map(UnfogException::problem).orElse("none"));
        }
        assertThat(failures)
                .containsEntry("steady.zip", "none")
                .containsEntry("byhand.jar", "none")
                .containsEntry("changed.zip", "it has changed since it was installed");
    }

    private String serve(Path file, String version, String requires, boolean honest) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        String name = file.getFileName().toString();
        served.put("/files/" + name, bytes);
        if (Files.exists(PluginSignature.fileOf(file))) {
            served.put("/files/" + name + ".signature", Files.readAllBytes(PluginSignature.fileOf(file)));
        }
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(bytes));
        return """
                {"version": "%s", "date": "2026-11-24", "requires": "%s", "url": "files/%s", "sha512sum": "%s"}
                """.formatted(version, requires, name, honest ? digest : digest.replace('a', 'b'));
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Test
    void aRepositoryIsSearchedAndItsNewestReleaseThatRunsHereInstalled() throws Exception {
        Path old = zip("remote", "1.0.0");
        Path fresh = zip("remote", "1.10.0");
        Path future = zip("remote", "2.0.0");
        key.sign(PluginArchive.read(fresh));
        served.put("/plugins.json", """
                [{"id": "remote", "description": "Cleans from afar", "provider": "Example",
                  "releases": [%s, %s, %s]},
                 {"id": "future", "releases": [%s]}]
                """.formatted(
                serve(old, "1.0.0", "0.1.0", true),
                serve(fresh, "1.10.0", ">=0.1.0", true),
                serve(future, "2.0.0", "9.0.0", true),
                serve(future, "2.0.0", "9.0.0", true)).getBytes());
        PluginRepository repository = new PluginRepository(address(), "0.1.0");
        assertThat(repository.search("AFAR"))
                .extracting(listing -> listing.id() + " " + listing.version())
                .containsExactly("remote 1.10.0");
        assertThat(repository.search("unheard of")).isEmpty();
        assertThatThrownBy(() -> repository.find("future")).hasMessageContaining("no release of it for Unfog 0.1.0");

        Path downloads = Files.createDirectories(folder.resolve("downloads"));
        Path file = repository.download(repository.find("remote"), downloads);
        assertThat(refused(() -> install(file, false)).getMessage()).contains("not known here");
        install(file, true);
        assertThat(loaded()).containsExactly("remote 1.10.0");
    }

    @Test
    void aRepositoryMadeForPf4jUpdateIsReadAsThatReadsIt() throws Exception {
        Path file = zip("remote", "1.10.0");
        byte[] bytes = Files.readAllBytes(file);
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(bytes));
        served.put("/repo/remote/remote-1.10.0.zip", bytes);
        served.put("/repo/remote/remote-1.10.0.sha512", (digest + "  remote-1.10.0.zip\n").getBytes());
        served.put("/repo/elsewhere.txt", digest.getBytes());
        served.put("/repo/liar.txt", digest.replace('a', 'b').getBytes());
        String absolute = address() + "/repo/remote/remote-1.10.0.zip";
        // Every way in which pf4j-update lets a release say where it is, when it is from, what it needs and what its
        // digest is.
        served.put(
                "/repo/plugins.json", """
                [{"id": "relative", "name": "Relative", "description": "One", "provider": "Example", "projectUrl": "https://example.com",
                  "releases": [
                    {"version": "1.9.0", "date": "Jun 25, 2014 9:58:35 PM", "url": "remote/remote-1.9.0.zip"},
                    {"version": "1.10.0", "date": "2026-11-24", "requires": ">=0.1.0", "url": "remote/remote-1.10.0.zip",
                     "sha512sum": "%2$s"},
                    {"version": "2.0.0", "date": "2026-11-24", "requires": ">=9.0.0", "url": "remote/remote-2.0.0.zip"}]},
                 {"id": "absolute", "releases": [
                    {"version": "1.10.0", "date": "2026-11-24T10:00:00", "requires": "*", "url": "%1$s", "sha512sum": ".sha512"}]},
                 {"id": "elsewhere", "releases": [
                    {"version": "1.10.0", "date": "soon", "url": "%1$s", "sha512sum": "%3$s/repo/elsewhere.txt"}]},
                 {"id": "liar", "releases": [
                    {"version": "1.10.0", "date": "2026-11-24", "url": "%1$s", "sha512sum": "%3$s/repo/liar.txt"}]}]
                """.formatted(absolute, digest, address()).getBytes());
        UpdateRepository theirs = new DefaultUpdateRepository(
                "theirs", URI.create(address() + "/repo/").toURL());
        PluginManager host = new ApiPluginManager(List.of(user), "0.1.0");
        UpdateManager updates = new UpdateManager(host, List.of(theirs));
        PluginRepository repository = new PluginRepository(address() + "/repo/", "0.1.0");
        assertThat(repository.search("")).hasSize(4).allSatisfy(listing -> {
            PluginInfo plugin = theirs.getPlugin(listing.id());
            PluginInfo.PluginRelease release = updates.getLastPluginRelease(listing.id());
            assertThat(listing.version()).as(listing.id()).isEqualTo(release.version);
            assertThat(listing.url().toString()).isEqualTo(release.url);
            assertThat(listing.description()).isEqualTo(Objects.requireNonNullElse(plugin.description, ""));
            assertThat(listing.provider()).isEqualTo(Objects.requireNonNullElse(plugin.provider, ""));
        });
        for (String id : List.of("relative", "absolute", "elsewhere")) {
            Path downloads = Files.createDirectories(folder.resolve("downloads/" + id));
            assertThat(repository.download(repository.find(id), downloads)).hasBinaryContent(bytes);
        }
        assertThatThrownBy(() -> repository.download(repository.find("liar"), folder))
                .hasMessageContaining("SHA-512");
    }

    @Test
    void aRepositoryThatLiesOrIsNotThereIsNamed() throws Exception {
        Path file = zip("remote", "1.0.0");
        served.put(
                "/plugins.json",
                ("[{\"id\": \"remote\", \"releases\": [" + serve(file, "1.0.0", "", false) + "]}]").getBytes());
        PluginRepository repository = new PluginRepository(address() + "/plugins.json", "0.1.0");
        Path downloads = Files.createDirectories(folder.resolve("downloads"));
        assertThatThrownBy(() -> repository.download(repository.find("remote"), downloads))
                .hasMessageContaining("SHA-512");

        served.put("/plugins.json", "<html>".getBytes());
        assertThatThrownBy(() -> repository.search("")).hasMessageContaining(address() + "/plugins.json");
        served.clear();
        assertThatThrownBy(() -> repository.search("")).hasMessageContaining("the server answers 404");
        String gone = address();
        server.stop(0);
        assertThatThrownBy(() -> new PluginRepository(gone, "0.1.0").search("")).isInstanceOf(UnfogException.class);
        assertThatThrownBy(() -> new PluginRepository("file:///etc", "0.1.0"))
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_PARAMETER));
    }

    @Test
    void aKeyIsItsOwnersAloneAndNeverOverwritten() throws IOException {
        Path file = folder.resolve("key.pem");
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        assertThatThrownBy(() -> SigningKey.create(file)).hasMessageContaining("there already");
        Files.writeString(folder.resolve("none.pem"), "none");
        assertThatThrownBy(() -> SigningKey.read(folder.resolve("none.pem"))).hasMessageContaining("no signing key");
    }
}
