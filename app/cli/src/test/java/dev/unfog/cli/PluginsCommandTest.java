package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.unfog.cli.Sandbox.Outcome;
import dev.unfog.core.model.TinyNetwork;
import dev.unfog.core.plugin.TestPlugin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginsCommandTest {
    @TempDir
    private Path folder;

    private Sandbox sandbox;

    @BeforeEach
    void makeSandbox() {
        sandbox = new Sandbox(folder);
    }

    private Path zip(String id) {
        return TestPlugin.cleaner(id, "").zip(folder.resolve("made/" + id + ".zip"));
    }

    private static JsonNode json(Outcome outcome) throws IOException {
        return new JsonMapper().readTree(outcome.out());
    }

    @Test
    void aPluginIsInstalledListedSwitchedOffAndRemoved() throws IOException {
        Path file = zip("quiet");
        Outcome refused = sandbox.run("plugins", "install", file);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("nobody has signed it").contains("--trust");
        assertThat(sandbox.run("plugins", "list").out()).isEmpty();

        Outcome installed = sandbox.run("plugins", "install", file, "--trust");
        assertThat(installed.code()).as(installed.err()).isZero();
        assertThat(installed.out())
                .contains("quiet 1.2.3")
                .contains("quiet.SampleCleaner")
                .contains("signed by  nobody")
                .contains("installed in");
        assertThat(installed.err()).contains("runs with all your rights");
        assertThat(sandbox.run("plugins", "list").out()).contains("quiet 1.2.3").contains("unfog clean:");
        assertThat(sandbox.run("plugins", "verify").out()).contains("as installed, signed by nobody");
        assertThat(sandbox.run("plugins", "info", "quiet").out())
                .contains("A plugin for tests")
                .contains("sha-256");

        assertThat(sandbox.run("plugins", "disable", "quiet").code()).isZero();
        assertThat(sandbox.run("plugins", "list").out())
                .contains("quiet 1.2.3  switched off")
                .doesNotContain("clean:");
        assertThat(sandbox.run("plugins", "enable", "quiet").code()).isZero();
        assertThat(sandbox.run("plugins", "list").out()).contains("unfog clean:");
        assertThat(sandbox.run("plugins", "remove", "quiet").code()).isZero();
        assertThat(sandbox.run("plugins", "list").out()).isEmpty();
        assertThat(sandbox.run("plugins", "remove", "quiet").err()).contains("PluginNotFound");
    }

    @Test
    void aPluginIsSignedByItsProviderAndTrustedByItsUserOnce() throws IOException {
        Path first = zip("one");
        Path second = zip("two");
        Path key = folder.resolve("key.pem");
        Outcome signed = sandbox.run("plugins", "sign", first, "--key", key, "--new-key");
        assertThat(signed.code()).as(signed.err()).isZero();
        assertThat(sandbox.run("plugins", "sign", second, "--key", key).code()).isZero();
        String fingerprint = json(sandbox.run("plugins", "verify", first, "--json"))
                .path("signedBy")
                .asText();
        assertThat(fingerprint).contains("not known here");
        assertThat(signed.out()).contains(fingerprint.substring(0, 16));
        assertThat(sandbox.run("plugins", "install", first).err()).contains(fingerprint.substring(0, 16));
        assertThat(sandbox.run("plugins", "install", first, "--trust").code()).isZero();
        Outcome known = sandbox.run("plugins", "install", second);
        assertThat(known.code()).as(known.err()).isZero();
        assertThat(known.out()).contains("which you trust as Unfog");
    }

    @Test
    void aPluginIsFoundInARepositoryAndInstalledFromIt() throws IOException {
        Path file = zip("remote");
        byte[] bytes = Files.readAllBytes(file);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            byte[] body = path.equals("/plugins.json")
                    ? ("[{\"id\": \"remote\", \"description\": \"From afar\", \"releases\": "
                                    + "[{\"version\": \"1.2.3\", \"url\": \"remote.zip\"}]}]")
                            .getBytes()
                    : path.equals("/remote.zip") ? bytes : null;
            exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
            if (body != null) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.start();
        try {
            String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
            assertThat(sandbox.run("plugins", "search", "afar", "--repository", address)
                            .out())
                    .contains("remote 1.2.3");
            assertThat(sandbox.run("plugins", "install", "remote", "--repository", address)
                            .err())
                    .contains("nobody has signed it");
            Outcome installed = sandbox.run("plugins", "install", "remote", "--repository", address, "--trust");
            assertThat(installed.code()).as(installed.err()).isZero();
            assertThat(sandbox.run("plugins", "list").out()).contains("remote 1.2.3");
            assertThat(sandbox.run("plugins", "install", "unheard", "--repository", address)
                            .err())
                    .contains("no release of it");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aPluginIsMadeOfANetworkWithoutALineOfCode() throws IOException {
        sandbox.denoiser("denoiser");
        TinyNetwork.gaussian("tiny", 3, 0.1f)
                .write(sandbox.installation.directory().resolve("models/tiny"));
        Path network = TinyNetwork.gaussian("strong", 3, 0.000001f).writeAlone(folder.resolve("strong.onnx"));
        Path picture = sandbox.picture("a.png", 8, 8);

        for (String name : new String[] {"flat.zip", "flatter"}) {
            Path made = folder.resolve("made").resolve(name);
            Outcome written = sandbox.run("plugins", "new", made, "--from-onnx", network, "--provider", "Größe & Co");
            assertThat(written.code()).as(written.err()).isZero();
            Outcome installed = sandbox.run("plugins", "install", made, "--trust");
            assertThat(installed.code()).as(installed.err()).isZero();
            assertThat(installed.out()).contains("Größe & Co").contains("needs      denoiser");
            String id = name.replace(".zip", "");
            Outcome list = sandbox.run("plugins", "list");
            assertThat(list.out()).contains(id + " 0.1.0").contains("with the network " + id + " of its own");
            assertThat(list.code()).as(list.err()).isZero();
            Outcome clean = sandbox.run("clean", picture, "-o", folder.resolve(id + ".png"), "--plugin", id, "--json");
            assertThat(clean.code()).as(clean.err()).isZero();
            // Data that hardly vary are all noise, so that nothing is left of the picture but its middle.
            assertThat(javax.imageio.ImageIO.read(folder.resolve(id + ".png").toFile())
                                    .getRGB(3, 3)
                            & 0xff)
                    .isBetween(126, 129);
        }
        assertThat(sandbox.run("clean", picture, "-o", folder.resolve("own.png"), "--plugin", "denoiser")
                        .code())
                .isZero();
        assertThat(Files.readAllBytes(folder.resolve("own.png")))
                .isNotEqualTo(Files.readAllBytes(folder.resolve("flat.png")));
        assertThat(sandbox.run("plugins", "new", folder.resolve("made/flatter"), "--from-onnx", network)
                        .err())
                .contains("it is there already");
        assertThat(sandbox.run("plugins", "new", folder.resolve("made/Bad_Name"), "--from-onnx", network)
                        .code())
                .isEqualTo(2);
    }

    @Test
    void aNetworkIsImportedShownUsedAndRemoved() throws IOException {
        sandbox.denoiser("denoiser");
        Path network = TinyNetwork.gaussian("mine", 3, 0.000001f).writeAlone(folder.resolve("net.onnx"));
        Outcome imported = sandbox.run("models", "import", network);
        assertThat(imported.code()).as(imported.err()).isZero();
        assertThat(sandbox.run("models", "list").out()).contains("mine").contains("user");
        assertThat(sandbox.run("models", "verify").code()).isZero();
        JsonNode info = json(sandbox.run("models", "info", "mine", "--json"));
        assertThat(info.path("channels").asInt()).isEqualTo(3);
        assertThat(info.path("sha256").asText()).isEqualTo(TinyNetwork.sha256(network));

        Path picture = sandbox.picture("a.png", 8, 8);
        Outcome clean = sandbox.run("clean", picture, "-o", folder.resolve("out.png"), "--model", "mine");
        assertThat(clean.code()).as(clean.err()).isZero();

        assertThat(sandbox.run("models", "import", network).err()).contains("there is a network of that name");
        assertThat(sandbox.run("models", "import", network, "--as", "again").code())
                .isZero();
        assertThat(sandbox.run("models", "remove", "mine").code()).isZero();
        assertThat(sandbox.run("models", "list").out()).contains("again").doesNotContain("mine ");
        assertThat(sandbox.run("models", "remove", "mine").err()).contains("ModelNotFound");
    }

    @Test
    void whatANetworkLacksIsNamedWhenItIsImported() throws IOException {
        Path bare = folder.resolve("bare.onnx");
        TinyNetwork sound = TinyNetwork.gaussian("bare", 3, 0.1f);
        Path whole = sound.write(folder.resolve("whole"));
        Files.write(
                bare,
                ModelProto.parseFrom(Files.readAllBytes(whole.resolve("model.onnx"))).toBuilder()
                        .clearMetadataProps()
                        .build()
                        .toByteArray());
        assertThat(sandbox.run("models", "import", bare).err())
                .contains("unfog.card")
                .contains("bare.json");

        ObjectNode card = (ObjectNode) new JsonMapper().readTree(Files.readString(whole.resolve("model.json")));
        card.remove("sha256");
        ObjectNode poor = card.deepCopy();
        poor.remove("range");
        poor.remove("process");
        Files.writeString(folder.resolve("bare.json"), poor.toString());
        assertThat(sandbox.run("models", "import", bare).err()).contains("the card lacks \"process\", \"range\"");

        Files.writeString(
                folder.resolve("bare.json"), card.deepCopy().put("channels", 5).toString());
        assertThat(sandbox.run("models", "import", bare).err())
                .contains("input \"x\"")
                .contains("channels");

        Files.writeString(folder.resolve("bare.json"), card.toString());
        assertThat(sandbox.run("models", "import", bare).code()).isZero();
        assertThat(sandbox.run("models", "verify").out()).contains("bare");
    }
}
