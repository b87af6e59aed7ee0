package dev.unfog.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.score.Device;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import dev.unfog.core.model.InstalledModel;
import dev.unfog.core.model.ModelStore;
import dev.unfog.core.model.TinyNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkPoolTest {
    @TempDir
    private Path folder;

    private ModelStore store;
    private NetworkPool pool;

    @BeforeEach
    void createPool() {
        store = new ModelStore(folder.resolve("user"), Map.of(), folder.resolve("distribution"));
        pool = new NetworkPool(store, new Devices(), 2);
    }

    @AfterEach
    void closesAllNatives() {
        pool.close();
        assertThat(NetworkPool.openNatives()).isZero();
    }

    private InstalledModel install(TinyNetwork network) {
        return store.at(network.write(folder.resolve("network")));
    }

    private ScoreNetwork open(TinyNetwork network) {
        return pool.open(install(network), DevicePolicy.named(Device.CPU));
    }

    private static Tensor random(long seed, long... shape) {
        Tensor tensor = Tensor.allocate(shape);
        Random random = new Random(seed);
        for (int i = 0; i < tensor.count(); i++) {
            tensor.data().put(i, (float) random.nextGaussian());
        }
        return tensor;
    }

    @Test
    void runsANetworkThatSatisfiesTheContract() {
        try (ScoreNetwork network = open(TinyNetwork.gaussian("gaussian", 3, 0.25f))) {
            Tensor x = random(1, 2, 3, 5, 7);
            Tensor denoised = Tensor.allocate(2, 3, 5, 7);
            network.denoise(x, Tensor.of(new float[] {0.5f, 1f}, 2, 1, 1, 1), denoised);
            float[] noisy = x.toArray();
            float[] clean = denoised.toArray();
            for (int i = 0; i < clean.length; i++) {
                float variance = i < clean.length / 2 ? 0.25f : 1f;
                assertThat(clean[i]).isCloseTo(noisy[i] * 0.25f / (0.25f + variance), within(1e-6f));
            }
            assertThat(network.device()).isEqualTo(Device.CPU);
            assertThat(network.card().id()).isEqualTo("gaussian");
        }
    }

    @Test
    void acceptsNoiseForAllPerSamplePerChannelAndPerElement() {
        try (ScoreNetwork network = open(TinyNetwork.gaussian("gaussian", 3, 1))) {
            Tensor x = random(2, 2, 3, 4, 4);
            List<float[]> results = new ArrayList<>();
            for (long[] shape : new long[][] {{1, 1, 1, 1}, {2, 1, 1, 1}, {2, 3, 1, 1}, {2, 1, 4, 4}, {1, 3, 4, 4}}) {
                Tensor noise = Tensor.allocate(shape);
                for (int i = 0; i < noise.count(); i++) {
                    noise.data().put(i, 0.7f);
                }
                Tensor denoised = Tensor.allocate(2, 3, 4, 4);
                network.denoise(x, noise, denoised);
                results.add(denoised.toArray());
            }
            assertThat(results).allSatisfy(result -> assertThat(result).containsExactly(results.get(0)));
        }
    }

    @Test
    void runsAConditionalNetwork() {
        try (ScoreNetwork network = open(TinyNetwork.interpolation("speech", 2))) {
            Tensor x = random(3, 2, 2, 3, 3);
            Tensor y = random(4, 2, 2, 3, 3);
            Tensor denoised = Tensor.allocate(2, 2, 3, 3);
            network.denoise(x, y, Tensor.of(new float[] {1, 0}, 2), denoised);
            assertThat(denoised.data().get(0)).isEqualTo(x.data().get(0));
            assertThat(denoised.data().get(35)).isEqualTo(y.data().get(35));
        }
    }

    @Test
    void readsAndWritesViewsOfALargerTensorInPlace() {
        try (ScoreNetwork network = open(TinyNetwork.gaussian("gaussian", 1, 1))) {
            Tensor memory = random(5, 1, 1, 16, 16);
            Tensor output = Tensor.allocate(1, 1, 16, 16);
            output.data().put(63, 42f).put(64, 43f);
            network.denoise(memory.view(1, 1, 8, 8), Tensor.of(new float[] {1}, 1, 1, 1, 1), output.view(1, 1, 8, 8));
            assertThat(output.data().get(63)).isEqualTo(memory.data().get(63) / 2);
            assertThat(output.data().get(64)).isEqualTo(43f);
        }
    }

    @Test
    void givesTheSameBitsAloneAndInABatch() {
        try (ScoreNetwork network = open(TinyNetwork.convolution("convolution", 3, 16, 7))) {
            Tensor batch = random(8, 4, 3, 24, 40);
            Tensor together = Tensor.allocate(4, 3, 24, 40);
            network.denoise(batch, Tensor.of(new float[] {0.1f, 0.2f, 0.3f, 0.4f}, 4, 1, 1, 1), together);
            float[] values = batch.toArray();
            int size = 3 * 24 * 40;
            for (int sample = 0; sample < 4; sample++) {
                float[] one = Arrays.copyOfRange(values, sample * size, (sample + 1) * size);
                Tensor alone = Tensor.allocate(1, 3, 24, 40);
                Tensor noise = Tensor.of(new float[] {0.1f * (sample + 1)}, 1, 1, 1, 1);
                noise.data().put(0, new float[] {0.1f, 0.2f, 0.3f, 0.4f}[sample]);
                network.denoise(Tensor.of(one, 1, 3, 24, 40), noise, alone);
                assertThat(alone.toArray())
                        .containsExactly(Arrays.copyOfRange(together.toArray(), sample * size, (sample + 1) * size));
            }
        }
    }

    @Test
    void givesTheSameBitsFromSeveralThreadsAtOnce() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try (ScoreNetwork network = open(TinyNetwork.convolution("convolution", 3, 16, 9))) {
            Tensor x = random(10, 1, 3, 64, 64);
            Tensor noise = Tensor.of(new float[] {0.5f}, 1, 1, 1, 1);
            Tensor expected = Tensor.allocate(1, 3, 64, 64);
            network.denoise(x, noise, expected);
            List<Future<float[]>> results = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                results.add(executor.submit(() -> {
                    Tensor denoised = Tensor.allocate(1, 3, 64, 64);
                    network.denoise(x.view(1, 3, 64, 64), noise.view(1, 1, 1, 1), denoised);
                    return denoised.toArray();
                }));
            }
            for (Future<float[]> result : results) {
                assertThat(result.get()).containsExactly(expected.toArray());
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void sharesOneSessionAmongAllWhoOpenANetworkAndKeepsItForTheNext() {
        InstalledModel model = install(TinyNetwork.gaussian("gaussian", 3, 1));
        ScoreNetwork first = pool.open(model, DevicePolicy.AUTO);
        ScoreNetwork second = pool.open(model, DevicePolicy.named(first.device()));
        assertThat(pool.loadedSessions()).isOne();
        first.close();
        first.close();
        second.close();
        pool.open(model, DevicePolicy.AUTO).close();
        assertThat(pool.loadedSessions()).isOne();
        assertThat(NetworkPool.openNatives()).isOne();
    }

    @Test
    void keepsANetworkAliveThatIsOpenWhileThePoolCloses() {
        ScoreNetwork network = open(TinyNetwork.gaussian("gaussian", 1, 1));
        pool.close();
        Tensor denoised = Tensor.allocate(1, 1, 1, 1);
        network.denoise(Tensor.of(new float[] {2}, 1, 1, 1, 1), Tensor.of(new float[] {1}, 1, 1, 1, 1), denoised);
        assertThat(denoised.data().get(0)).isOne();
        network.close();
        assertThat(NetworkPool.openNatives()).isZero();
        assertThatThrownBy(() -> network.denoise(denoised, denoised, denoised))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    static Stream<Arguments> brokenNetworks() {
        return Stream.of(
                Arguments.of("no input \"noise\"", renameInput("noise", "sigma"), "input \"noise\""),
                Arguments.of("no input \"x\"", renameInput("x", "image"), "input \"x\""),
                Arguments.of(
                        "an input more",
                        gaussian().graph(graph -> graph.addInput(TinyNetwork.value("extra", DataType.FLOAT, "N"))),
                        "\"extra\""),
                Arguments.of(
                        "an output of another name",
                        gaussian().graph(graph -> {
                            graph.getOutputBuilder(0).setName("clean");
                            graph.getNodeBuilder(3).setOutput(0, "clean");
                        }),
                        "output \"denoised\""),
                Arguments.of(
                        "an input of integers",
                        gaussian().graph(graph -> {
                            graph.setInput(0, TinyNetwork.value("x", DataType.INT32, "N", 3, "H", "W"));
                            graph.getNodeBuilder(2)
                                    .setOpType("Cast")
                                    .clearInput()
                                    .addInput("x");
                            graph.getNodeBuilder(2).addAttribute(TinyNetwork.integer("to", 1));
                        }),
                        "should be float32"),
                Arguments.of("a fixed batch", shape(0, "x", 1, 3, "H", "W"), "batch size is fixed"),
                Arguments.of("a fixed height", shape(0, "x", "N", 3, 64, "W"), "sizes are fixed"),
                Arguments.of("other channels than the card", shape(0, "x", "N", 4, "H", "W"), "the card's 3 channels"),
                Arguments.of("three dimensions", shape(0, "x", "N", 3, "T"), "dimensions"),
                Arguments.of("a noise level per batch alone", shape(1, "noise", "N"), "input \"noise\""),
                Arguments.of("noise for one channel alone", shape(1, "noise", "N", 1, "H", "W"), "input \"noise\""),
                Arguments.of("noise without maps", shape(1, "noise", "N", "C", 1, 1), "input \"noise\""),
                Arguments.of(
                        "a fixed output",
                        gaussian()
                                .graph(graph -> graph.setOutput(
                                        0, TinyNetwork.value("denoised", DataType.FLOAT, "N", 3, 8, 8))),
                        "output \"denoised\""),
                Arguments.of("an output of another size", doubled(), "output \"denoised\""),
                Arguments.of("an output that is not a number", notANumber(), "not finite"),
                Arguments.of(
                        "a card that says the wrong conditioning",
                        gaussian().card(card -> card.put("conditioning", "observation")),
                        "input \"y\""),
                Arguments.of(
                        "a card that allows sizes at which it fails",
                        TinyNetwork.convolution("convolution", 3, 4, 1)
                                .card(card -> card.put("sizeMultiple", 1).put("sizeMinimum", 3)),
                        "\"sizeMinimum\""));
    }

    private static TinyNetwork gaussian() {
        return TinyNetwork.gaussian("broken", 3, 1);
    }

    private static TinyNetwork renameInput(String from, String to) {
        return gaussian().graph(graph -> {
            graph.getInputBuilderList().stream()
                    .filter(input -> input.getName().equals(from))
                    .forEach(input -> input.setName(to));
            graph.getNodeBuilderList().forEach(node -> {
                for (int i = 0; i < node.getInputCount(); i++) {
                    if (node.getInput(i).equals(from)) {
                        node.setInput(i, to);
                    }
                }
            });
        });
    }

    private static TinyNetwork shape(int input, String name, Object... dimensions) {
        return gaussian().graph(graph -> graph.setInput(input, TinyNetwork.value(name, DataType.FLOAT, dimensions)));
    }

    private static TinyNetwork doubled() {
        // Twice as many rows come out as went in.
        TinyNetwork network = gaussian();
        network.graph().getNodeBuilder(3).setName("upright").setOutput(0, "upright");
        network.node("Concat", "denoised", List.of("upright", "upright"), TinyNetwork.integer("axis", 2));
        network.graph().setOutput(0, TinyNetwork.value("denoised", DataType.FLOAT, "N", 3, "tall", "W"));
        return network;
    }

    private static TinyNetwork notANumber() {
        return gaussian().graph(graph -> graph.getNodeBuilder(3).setInput(1, "scaled"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenNetworks")
    void refusesANetworkThatBreaksTheContract(String how, TinyNetwork network, String named) {
        InstalledModel model = install(network);
        assertThatThrownBy(() -> pool.open(model, DevicePolicy.AUTO))
                .asInstanceOf(InstanceOfAssertFactories.type(UnfogException.class))
                .satisfies(exception -> {
                    assertThat(exception.code()).as(exception.getMessage()).isEqualTo(ErrorCode.CONTRACT_BROKEN);
                    assertThat(exception.subject()).isEqualTo(model.network().toString());
                    assertThat(exception.problem()).contains(named);
                });
        assertThat(pool.loadedSessions()).isZero();
        assertThat(NetworkPool.openNatives()).isZero();
    }

    @Test
    void refusesATimeInputThatIsNotOnePerSample() {
        TinyNetwork network = TinyNetwork.interpolation("speech", 2)
                .graph(graph -> graph.setInput(2, TinyNetwork.value("time", DataType.FLOAT, 1)));
        assertRefused(install(network), ErrorCode.CONTRACT_BROKEN, "input \"time\"");
    }

    @Test
    void saysSoWhenMemoryDoesNotSuffice() {
        TinyNetwork network = gaussian();
        network.longs("huge", 1, 3, 1L << 22, 1L << 22);
        network.graph().getNodeBuilder(3).setName("small").setOutput(0, "small");
        network.node("Expand", "expanded", "noise", "huge");
        network.node("ReduceMean", "mean", List.of("expanded"), TinyNetwork.integers("axes", 2, 3));
        network.node("Add", "denoised", "small", "mean");
        assertRefused(install(network), ErrorCode.OUT_OF_MEMORY, "not enough memory");
        assertThat(NetworkPool.openNatives()).isZero();
    }

    private void assertRefused(InstalledModel model, ErrorCode code, String problem) {
        assertThatThrownBy(() -> pool.open(model, DevicePolicy.AUTO))
                .asInstanceOf(InstanceOfAssertFactories.type(UnfogException.class))
                .satisfies(exception -> {
                    assertThat(exception.code()).isEqualTo(code);
                    assertThat(exception.getMessage()).contains(model.network().toString());
                    assertThat(exception.problem()).contains(problem);
                });
    }

    @Test
    void refusesAFileCutInHalf() throws IOException {
        InstalledModel model = install(TinyNetwork.convolution("convolution", 3, 16, 11));
        byte[] bytes = Files.readAllBytes(model.network());
        Files.write(model.network(), Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(model, ErrorCode.MODEL_DAMAGED, "SHA-256");
    }

    @Test
    void refusesAFileWithOneByteChanged() throws IOException {
        InstalledModel model = install(TinyNetwork.convolution("convolution", 3, 16, 12));
        byte[] bytes = Files.readAllBytes(model.network());
        bytes[bytes.length / 2] ^= 1;
        Files.write(model.network(), bytes);
        assertRefused(model, ErrorCode.MODEL_DAMAGED, "SHA-256");
    }

    @Test
    void refusesAFileThatIsNoNetworkEvenIfItsCardSaysSo() throws IOException {
        Path network = TinyNetwork.gaussian("text", 3, 1).write(folder.resolve("network"));
        Files.writeString(network.resolve(ModelStore.NETWORK), "this is no network");
        Path card = network.resolve(ModelStore.CARD);
        String digest = TinyNetwork.sha256(network.resolve(ModelStore.NETWORK));
        Files.writeString(card, Files.readString(card).replaceAll("[0-9a-f]{64}", digest));
        assertRefused(store.at(network), ErrorCode.MODEL_DAMAGED, "cannot load it");
    }

    @Test
    void refusesShapesThatDoNotFitTheCard() {
        try (ScoreNetwork network = open(TinyNetwork.convolution("convolution", 3, 4, 13))) {
            Tensor x = Tensor.allocate(1, 3, 8, 8);
            Tensor noise = Tensor.allocate(1, 1, 1, 1);
            assertRefused(network, Tensor.allocate(1, 3, 7, 8), noise, Tensor.allocate(1, 3, 7, 8), "multiples of 2");
            assertRefused(network, Tensor.allocate(1, 4, 8, 8), noise, Tensor.allocate(1, 4, 8, 8), "3 channels");
            assertRefused(network, Tensor.allocate(3, 8, 8), noise, Tensor.allocate(3, 8, 8), "4 dimensions");
            assertRefused(network, x, noise, Tensor.allocate(1, 3, 8, 16), "denoised is");
            assertRefused(network, x, Tensor.allocate(2, 1, 1, 1), x, "noise is");
            assertRefused(network, x, Tensor.allocate(1, 2, 1, 1), x, "noise is");
            assertRefused(network, x, Tensor.allocate(1, 1, 8, 4), x, "noise is");
            assertRefused(network, x, Tensor.allocate(1), x, "noise is");
            assertThatThrownBy(() -> network.denoise(x, x, Tensor.allocate(1), x))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("takes x and noise");
        }
    }

    @Test
    void refusesObservationsThatDoNotFitTheState() {
        try (ScoreNetwork network = open(TinyNetwork.interpolation("speech", 2))) {
            Tensor x = Tensor.allocate(2, 2, 4, 4);
            assertThatThrownBy(() -> network.denoise(x, Tensor.allocate(2, 2, 4, 5), Tensor.allocate(2), x))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("y is [2, 2, 4, 5]");
            assertThatThrownBy(() -> network.denoise(x, x, Tensor.allocate(1), x))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("time is [1]");
        }
    }

    private static void assertRefused(ScoreNetwork network, Tensor x, Tensor noise, Tensor denoised, String message) {
        assertThatThrownBy(() -> network.denoise(x, noise, denoised))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
