package dev.unfog.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.train.Architecture;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxExportTest extends TorchTest {
    @TempDir
    Path folder;

    /** Random weights everywhere, the zero head included, of a size that keeps activations near one. */
    private ScoreBlock randomBlock(Architecture architecture, long seed) {
        ScoreBlock block = ScoreBlock.of(architecture);
        block.initialize(manager, DataType.FLOAT32);
        SplittableRandom random = new SplittableRandom(seed);
        for (Parameter parameter : block.getParameters().values()) {
            float[] values = new float[(int) parameter.getShape().size()];
            double bound = Math.sqrt(
                    3.0 * parameter.getShape().get(0) / parameter.getShape().size());
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((2 * random.nextDouble() - 1) * Math.min(1, bound));
            }
            parameter.getArray().set(values);
        }
        return block;
    }

    private Path export(ScoreBlock block) throws Exception {
        OnnxGraph graph = new OnnxGraph("test");
        block.export(graph, Parameter::getArray);
        Path file = folder.resolve("net.onnx");
        try (OutputStream out = Files.newOutputStream(file)) {
            graph.model(Map.of()).writeTo(out);
        }
        return file;
    }

    private static float[] uniform(SplittableRandom random, int length, double low, double high) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (low + (high - low) * random.nextDouble());
        }
        return values;
    }

    private void assertAgreement(ScoreBlock block, OnnxNetwork network, long[] shape, long[] noiseShape, long seed)
            throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = uniform(random, (int) new Shape(shape).size(), -0.5, 1.5);
        float[] noise = uniform(random, (int) new Shape(noiseShape).size(), 0.002, 1);
        float[] expected;
        try (NDManager temporary = manager.newSubManager()) {
            long[] full = shape.clone();
            full[1] = 1;
            NDArray level = temporary
                    .create(noise, new Shape(noiseShape))
                    .mean(new int[] {1}, true)
                    .broadcast(new Shape(full));
            NDList inputs = new NDList(temporary.create(x, new Shape(shape)), level.duplicate());
            expected = block.forward(new ParameterStore(temporary, false), inputs, false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
        float[] actual = network.denoise(x, shape, noise, noiseShape);
        assertThat(actual).hasSameSizeAs(expected);
        double scale = 0;
        double difference = 0;
        for (int i = 0; i < actual.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
        }
        assertThat(scale).as("the network does something").isGreaterThan(0.5);
        assertThat(difference / Math.max(1, scale)).as("seed " + seed).isLessThan(1e-4);
    }

    @Test
    void pictureNetworksComputeTheSameInOnnxRuntimeAsInDjlAtEverySize() throws Exception {
        List<Architecture> architectures = List.of(
                new Architecture.PictureUNet(3, List.of(48, 64, 96), 2),
                new Architecture.PictureUNet(1, List.of(5, 7), 1),
                new Architecture.PictureUNet(4, List.of(6), 3));
        long seed = 1;
        for (Architecture architecture : architectures) {
            ScoreBlock block = randomBlock(architecture, seed);
            try (OnnxNetwork network = new OnnxNetwork(export(block))) {
                int channels = architecture.channels();
                for (long[] size : new long[][] {{1, 8, 8}, {2, 24, 40}, {3, 16, 8}, {1, 64, 56}}) {
                    long[] shape = {size[0], channels, size[1], size[2]};
                    assertAgreement(block, network, shape, new long[] {size[0], 1, size[1], size[2]}, seed++);
                    assertAgreement(block, network, shape, new long[] {1, 1, 1, 1}, seed++);
                    assertAgreement(block, network, shape, new long[] {size[0], channels, 1, 1}, seed++);
                    assertAgreement(block, network, shape, new long[] {size[0], 1, 1, size[2]}, seed++);
                }
            }
        }
    }

    @Test
    void perceptronsComputeTheSameInOnnxRuntimeAsInDjl() throws Exception {
        for (Architecture architecture :
                List.of(new Architecture.Perceptron(5, 16, 3), new Architecture.MixturePerceptron(5, 16, 2, 9))) {
            ScoreBlock block = randomBlock(architecture, 1);
            try (OnnxNetwork network = new OnnxNetwork(export(block))) {
                assertAgreement(block, network, new long[] {7, 5}, new long[] {7, 1}, 2);
                assertAgreement(block, network, new long[] {1, 5}, new long[] {1, 5}, 3);
                assertAgreement(block, network, new long[] {64, 5}, new long[] {1, 1}, 4);
            }
        }
    }

    @Test
    void weightsComeBackFromTheFileTheyWereWrittenTo() throws Exception {
        Architecture architecture = new Architecture.PictureUNet(3, List.of(8, 12), 1);
        ScoreBlock written = randomBlock(architecture, 1);
        Path file = export(written);
        ScoreBlock read = randomBlock(architecture, 2);

        OnnxWeights.load(file, read);

        for (int i = 0; i < read.getParameters().size(); i++) {
            assertThat(read.getParameters().valueAt(i).getArray().toFloatArray())
                    .containsExactly(
                            written.getParameters().valueAt(i).getArray().toFloatArray());
        }
    }

    @Test
    void weightsOfAnotherArchitectureAreRefusedByName() throws Exception {
        Path file = export(randomBlock(new Architecture.PictureUNet(3, List.of(8, 12), 1), 1));
        ScoreBlock wider = randomBlock(new Architecture.PictureUNet(3, List.of(8, 16), 1), 2);

        assertThatThrownBy(() -> OnnxWeights.load(file, wider))
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_PARAMETER))
                .hasMessageContaining("net.onnx")
                .hasMessageContaining("down0.stride");
    }

    @Test
    void aFileCutInHalfIsRefused() throws Exception {
        Path file = export(randomBlock(new Architecture.PictureUNet(3, List.of(8, 12), 1), 1));
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        ScoreBlock block = randomBlock(new Architecture.PictureUNet(3, List.of(8, 12), 1), 2);

        assertThatThrownBy(() -> OnnxWeights.load(file, block))
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_DAMAGED));
    }
}
