package dev.unfog.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.NetworkCard.Conditioning;
import dev.unfog.core.model.InstalledModel.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelStoreTest {
    @TempDir
    private Path folder;

    private Path user;
    private Path plugin;
    private Path distribution;
    private ModelStore store;

    @BeforeEach
    void createStore() {
        user = folder.resolve("home/models");
        plugin = folder.resolve("plugin/models");
        distribution = folder.resolve("distribution/models");
        store = new ModelStore(user, Map.of("restoration", plugin), distribution);
    }

    private static TinyNetwork network(String id) {
        return TinyNetwork.gaussian(id, 3, 1);
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code, String... parts) {
        assertThatThrownBy(call)
                .asInstanceOf(InstanceOfAssertFactories.type(UnfogException.class))
                .satisfies(exception -> {
                    assertThat(exception.code()).as(exception.getMessage()).isEqualTo(code);
                    assertThat(exception.getMessage()).contains(parts);
                    assertThat(exception.remedy()).isNotBlank();
                });
    }

    @Test
    void searchesTheUsersModelsThenThePluginsThenTheDistributions() throws IOException {
        network("photo").write(distribution.resolve("photo"));
        assertThat(store.find("photo", "restoration").origin()).isEqualTo(Origin.DISTRIBUTION);
        network("photo").write(plugin.resolve("photo"));
        InstalledModel own = store.find("photo", "restoration");
        assertThat(own.origin()).isEqualTo(Origin.PLUGIN);
        assertThat(own.id()).isEqualTo("restoration/photo");
        assertThat(store.find("photo", "another").origin()).isEqualTo(Origin.DISTRIBUTION);
        assertThat(store.find("photo", null).origin()).isEqualTo(Origin.DISTRIBUTION);
        network("photo").write(user.resolve("photo"));
        assertThat(store.find("photo", "restoration").origin()).isEqualTo(Origin.USER);
        assertThat(store.find("restoration/photo", null).origin()).isEqualTo(Origin.PLUGIN);
    }

    @Test
    void readsWhatTheCardSays() {
        TinyNetwork.interpolation("speech", 2)
                .card(card -> {
                    card.put("kind", "audio").put("sampleRate", 48000).put("sizeMultiple", 8);
                    card.putArray("range").add(-1).add(1.0);
                    card.putObject("process").put("name", "ouve").put("gamma", 1.5);
                    card.put("trainingCommand", "unfog train speech").putArray("sources");
                })
                .write(distribution.resolve("speech"));
        InstalledModel model = store.find("speech", null);
        NetworkCard card = model.card();
        assertThat(card.id()).isEqualTo("speech");
        assertThat(card.kind()).isEqualTo(MediaKind.AUDIO);
        assertThat(card.conditioning()).isEqualTo(Conditioning.OBSERVATION);
        assertThat(card.process()).isEqualTo(new NetworkCard.Process("ouve", Map.of("gamma", 1.5)));
        assertThat(card.channels()).isEqualTo(2);
        assertThat(card.rangeMinimum()).isEqualTo(-1);
        assertThat(card.rangeMaximum()).isEqualTo(1);
        assertThat(card.sampleRate()).isEqualTo(48000);
        assertThat(card.sizeMultiple()).isEqualTo(8);
        assertThat(card.sizeMinimum()).isEqualTo(1);
        assertThat(card.receptiveField()).isEqualTo(1);
        assertThat(card.sha256()).isEqualTo(TinyNetwork.sha256(model.network()));
        assertThatCode(() -> store.verify(model)).doesNotThrowAnyException();
    }

    @Test
    void opensTheFolderOrTheFileThatTheUserNames() {
        Path named = network("mine").write(folder.resolve("mine"));
        for (Path path : new Path[] {named, named.resolve("model.onnx")}) {
            InstalledModel model = store.choose(path.toString(), null);
            assertThat(model.origin()).isEqualTo(Origin.PATH);
            assertThat(model.network()).isEqualTo(named.resolve("model.onnx"));
            assertThat(model.card().id()).isEqualTo("mine");
        }
        network("photo").write(distribution.resolve("photo"));
        assertThat(store.choose("photo", null).origin()).isEqualTo(Origin.DISTRIBUTION);
    }

    @Test
    void opensAFileAloneThatBringsItsCardWithin() {
        Path file = network("alone").writeAlone(folder.resolve("anything.onnx"));
        InstalledModel model = store.at(file);
        assertThat(model.card().id()).isEqualTo("alone");
        assertThat(model.card().sha256()).isEqualTo(TinyNetwork.sha256(file));
        assertThatCode(() -> store.verify(model)).doesNotThrowAnyException();
    }

    @Test
    void refusesAFileAloneWithoutACard() throws IOException {
        Path file = folder.resolve("bare.onnx");
        byte[] bytes = Files.readAllBytes(network("alone").writeAlone(folder.resolve("anything.onnx")));
        byte[] key = ModelStore.CARD_PROPERTY.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        for (int i = 0; i + key.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + key.length, key, 0, key.length)) {
                bytes[i] = 'x';
            }
        }
        Files.write(file, bytes);
        assertFails(() -> store.at(file), ErrorCode.CONTRACT_BROKEN, file.toString(), "unfog.card");
    }

    @Test
    void refusesAFileAloneThatIsCutShortAnywhere() throws IOException {
        byte[] bytes = Files.readAllBytes(network("alone").writeAlone(folder.resolve("anything.onnx")));
        Path file = folder.resolve("short.onnx");
        for (int length = 0; length < bytes.length; length += 7) {
            Files.write(file, Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> store.at(file))
                    .asInstanceOf(InstanceOfAssertFactories.type(UnfogException.class))
                    .satisfies(exception ->
                            assertThat(exception.code()).isIn(ErrorCode.MODEL_DAMAGED, ErrorCode.CONTRACT_BROKEN));
        }
    }

    @Test
    void refusesAFileThatIsNoNetwork() throws IOException {
        Path file = Files.writeString(folder.resolve("text.onnx"), "this is no network at all");
        assertFails(() -> store.at(file), ErrorCode.MODEL_DAMAGED, file.toString());
    }

    @Test
    void saysWhatThereIsWhenANetworkIsNotFound() {
        network("photo").write(distribution.resolve("photo"));
        network("denoise").write(plugin.resolve("denoise"));
        assertFails(
                () -> store.find("foto", "restoration"),
                ErrorCode.MODEL_NOT_FOUND,
                "foto",
                "restoration/denoise, photo",
                user.toString());
        assertFails(() -> store.at(folder.resolve("nothing.onnx")), ErrorCode.MODEL_NOT_FOUND, "nothing.onnx");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../photo", "restoration/../photo", "", "..", "C:\\photo", "restoration/"})
    void neverLeavesItsFolders(String id) {
        network("photo").write(user.resolveSibling("photo"));
        network("photo").write(plugin.resolveSibling("photo"));
        assertFails(() -> store.find(id, "restoration"), ErrorCode.MODEL_NOT_FOUND, "no network of that name");
    }

    @Test
    void noticesAFileCutInHalfAndOneByteChanged() throws IOException {
        network("photo").write(user.resolve("photo"));
        InstalledModel model = store.find("photo", null);
        byte[] bytes = Files.readAllBytes(model.network());
        store.verify(model);

        Files.write(model.network(), Arrays.copyOf(bytes, bytes.length / 2));
        assertFails(
                () -> store.verify(model),
                ErrorCode.MODEL_DAMAGED,
                model.network().toString(),
                "SHA-256");

        byte[] changed = bytes.clone();
        changed[bytes.length / 3] ^= 4;
        Files.write(model.network(), changed);
        assertFails(
                () -> store.verify(model),
                ErrorCode.MODEL_DAMAGED,
                model.network().toString(),
                "SHA-256");

        Files.write(model.network(), bytes);
        assertThatCode(() -> store.verify(model)).doesNotThrowAnyException();
    }

    @Test
    void noticesAFileThatWentAway() throws IOException {
        network("photo").write(user.resolve("photo"));
        InstalledModel model = store.find("photo", null);
        Files.delete(model.network());
        assertFails(
                () -> store.verify(model),
                ErrorCode.MODEL_DAMAGED,
                model.network().toString());
        assertFails(() -> store.find("photo", null), ErrorCode.MODEL_DAMAGED, "lacks model.onnx");
    }

    @Test
    void refusesAFolderWithoutACard() throws IOException {
        network("photo").write(user.resolve("photo"));
        Files.delete(user.resolve("photo/model.json"));
        assertFails(() -> store.find("photo", null), ErrorCode.CONTRACT_BROKEN, "lacks model.json");
    }

    @Test
    void refusesACardThatIsNotJson() throws IOException {
        network("photo").write(user.resolve("photo"));
        Files.writeString(user.resolve("photo/model.json"), "{\"contract\": 1,");
        assertFails(() -> store.find("photo", null), ErrorCode.CONTRACT_BROKEN, "not JSON", "model.json");
        Files.writeString(user.resolve("photo/model.json"), "");
        assertFails(() -> store.find("photo", null), ErrorCode.CONTRACT_BROKEN, "model.json");
        Files.write(user.resolve("photo/model.json"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertFails(() -> store.find("photo", null), ErrorCode.CONTRACT_BROKEN, "model.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "contract",
                "id",
                "kind",
                "conditioning",
                "process",
                "channels",
                "range",
                "receptiveField",
                "sizeMultiple",
                "sizeMinimum",
                "sha256"
            })
    void namesTheFieldThatACardLacks(String key) throws IOException {
        Path card = network("photo").write(user.resolve("photo")).resolve("model.json");
        ObjectNode root = (ObjectNode) new com.fasterxml.jackson.databind.json.JsonMapper().readTree(card.toFile());
        root.remove(key);
        Files.writeString(card, root.toString());
        assertFails(
                () -> store.find("photo", null), ErrorCode.CONTRACT_BROKEN, card.toString(), "lacks \"" + key + "\"");
    }

    @Test
    void acceptsAProcessThatOnlyAPluginKnows() {
        network("photo")
                .card(card -> card.putObject("process").put("name", "my-own").put("speed", 2))
                .write(user.resolve("photo"));
        assertThat(store.find("photo", null).card().process())
                .isEqualTo(new NetworkCard.Process("my-own", Map.of("speed", 2.0)));
    }

    static Stream<Arguments> wrongFields() {
        return Stream.of(
                wrong("contract", card -> card.put("contract", 2)),
                wrong("contract", card -> card.put("contract", "1")),
                wrong("id", card -> card.put("id", 7)),
                wrong("kind", card -> card.put("kind", "Picture")),
                wrong("kind", card -> card.put("kind", " ")),
                wrong("conditioning", card -> card.put("conditioning", "both")),
                wrong("process.name", card -> card.putObject("process").put("sigma_min", 1)),
                wrong("process.name", card -> card.put("process", "variance-exploding")),
                wrong("process.sigma_min", card -> card.putObject("process")
                        .put("name", "variance-exploding")
                        .put("sigma_min", "small")),
                wrong("process", card -> card.putObject("process")
                        .put("name", "variance-exploding")
                        .put("sigma", 1)),
                wrong("process", card -> card.putObject("process")
                        .put("name", "variance-exploding")
                        .put("sigma_min", -1)),
                wrong("channels", card -> card.put("channels", 0)),
                wrong("channels", card -> card.put("channels", 2.5)),
                wrong("channels", card -> card.put("channels", 1L << 40)),
                wrong("range", card -> card.putArray("range").add(0)),
                wrong("range", card -> card.putArray("range").add(1).add(0)),
                wrong("range", card -> card.put("range", 1)),
                wrong("receptiveField", card -> card.put("receptiveField", -1)),
                wrong("sizeMultiple", card -> card.put("sizeMultiple", 0)),
                wrong("sizeMinimum", card -> card.put("sizeMinimum", 0)),
                wrong("sampleRate", card -> card.put("sampleRate", "fast")),
                wrong("inputNormalisation", card -> card.put("inputNormalisation", "imagenet")),
                wrong("sha256", card -> card.put("sha256", "abc")));
    }

    private static Arguments wrong(String key, Consumer<ObjectNode> change) {
        return Arguments.of(key, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongFields")
    void namesTheFieldThatIsWrongOnACard(String key, Consumer<ObjectNode> change) {
        network("photo").card(change).write(user.resolve("photo"));
        assertFails(() -> store.find("photo", null), ErrorCode.CONTRACT_BROKEN, "model.json", "\"" + key + "\"");
    }

    @Test
    void listsAndVerifiesAllThatIsInstalledBrokenOnesToo() throws IOException {
        network("b").write(user.resolve("b"));
        network("a").write(user.resolve("a"));
        network("denoise").write(plugin.resolve("denoise"));
        network("photo").write(distribution.resolve("photo"));
        Files.write(user.resolve("a/model.onnx"), new byte[] {1, 2, 3});
        Files.writeString(user.resolve("b/model.json"), "{}");
        Files.createDirectories(user.resolve(".hidden"));
        Files.writeString(user.resolve("notes.txt"), "not a network");

        assertThat(store.list())
                .extracting(ModelStore.Entry::id)
                .containsExactly("a", "b", "restoration/denoise", "photo");
        assertThat(store.list())
                .extracting(entry -> entry.failure().isPresent())
                .containsExactly(false, true, false, false);
        assertThat(store.verify())
                .extracting(entry -> entry.failure().map(UnfogException::code).orElse(null))
                .containsExactly(ErrorCode.MODEL_DAMAGED, ErrorCode.CONTRACT_BROKEN, null, null);
    }

    @Test
    void listsNothingWhereNothingIsInstalled() {
        assertThat(store.list()).isEmpty();
        assertFails(() -> store.find("photo", null), ErrorCode.MODEL_NOT_FOUND, "there are: none");
    }
}
