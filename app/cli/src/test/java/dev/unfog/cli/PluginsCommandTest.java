package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** Nets as they come from elsewhere: each is refused with what to change, or taken in with a warning. */
    @Test
    void whatIsOtherThanTheContractHasItIsSaidTogetherWithWhatToDo() {
        TensorProto.DataType floats = TensorProto.DataType.FLOAT;
        Map<String, TinyNetwork> networks = new LinkedHashMap<>();
        networks.put(
                "the inputs x, noise and the output denoised (in PyTorch: input_names, output_names)",
                TinyNetwork.gaussian("a", 3, 0.1f)
                        .graph(graph -> graph.getInputBuilder(1).setName("sigma"))
                        .graph(graph ->
                                graph.getNodeBuilder(0).setInput(0, "sigma").setInput(1, "sigma")));
        networks.put(
                "dynamic_axes=",
                TinyNetwork.gaussian("b", 3, 0.1f)
                        .graph(graph -> graph.setInput(0, TinyNetwork.value("x", floats, "N", 3, 64, 64))));
        networks.put(
                "channels come last, and should come second; transpose inside the graph",
                TinyNetwork.gaussian("c", 3, 0.1f)
                        .graph(graph -> graph.setInput(0, TinyNetwork.value("x", floats, "N", "H", "W", 3))));
        networks.put(
                "float32 inputs and outputs",
                TinyNetwork.gaussian("d", 3, 0.1f)
                        .graph(graph -> graph.setInput(
                                        0, TinyNetwork.value("x", TensorProto.DataType.FLOAT16, "N", 3, "H", "W"))
                                .getNodeBuilder(2)
                                .setInput(0, "cast"))
                        .graph(graph -> graph.addNode(
                                0,
                                NodeProto.newBuilder()
                                        .setOpType("Cast")
                                        .addInput("x")
                                        .addOutput("cast")
                                        .addAttribute(TinyNetwork.integer("to", floats.getNumber())))));
        networks.put(
                "reshape inside the graph",
                TinyNetwork.gaussian("e", 3, 0.1f)
                        .graph(graph -> graph.setInput(1, TinyNetwork.value("noise", floats, "N"))));
        networks.put(
                "save it whole, in Python: onnx.save(",
                TinyNetwork.gaussian("f", 3, 0.1f).graph(graph -> graph.getInitializerBuilder(0)
                        .clearFloatData()
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(StringStringEntryProto.newBuilder()
                                .setKey("location")
                                .setValue("weights.bin"))));
        networks.forEach((remedy, network) -> {
            Path file = network.writeAlone(folder.resolve("other.onnx"));
            for (Outcome outcome : List.of(
                    sandbox.run("models", "import", file),
                    sandbox.run("plugins", "new", folder.resolve("other"), "--from-onnx", file))) {
                assertThat(outcome.code()).as(remedy).isEqualTo(1);
                assertThat(outcome.err()).contains("other.onnx", remedy);
            }
        });
        assertThat(sandbox.run("models", "list").out()).isEmpty();
    }

    @Test
    void aNetworkThatAnswersTheNoiseInsteadOfTheDataIsTakenInWithAWarning() {
        TinyNetwork noise = TinyNetwork.gaussian("noise", 3, 0.1f)
                .graph(graph -> graph.getNodeBuilder(3).setOutput(0, "data"))
                .graph(graph -> graph.addNode(NodeProto.newBuilder()
                        .setOpType("Sub")
                        .addInput("x")
                        .addInput("data")
                        .addOutput("denoised")));
        Outcome imported = sandbox.run("models", "import", noise.writeAlone(folder.resolve("noise.onnx")));
        assertThat(imported.code()).as(imported.err()).isZero();
        assertThat(imported.err()).contains("warning", "it may answer the noise", "denoised = x - noise");
        Path sound = TinyNetwork.gaussian("sound", 3, 0.1f).writeAlone(folder.resolve("sound.onnx"));
        assertThat(sandbox.run("models", "import", sound).err()).isEmpty();
    }
}
