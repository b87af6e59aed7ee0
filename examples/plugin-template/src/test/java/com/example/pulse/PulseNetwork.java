package com.example.pulse;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The plugin's network, made rather than trained: the exact denoiser of a mixture of Gaussians around windows of clean pulses.
 *
 * <p>With means m, deviation τ and noise σ, the best guess is D = (τ² x + σ² Σ w m) / (σ² + τ²), where the weights w are the softmax of
 * (x·m − |m|²/2) / (σ² + τ²). Put a network of your own in its place: anything that takes x and noise and gives denoised.
 */
final class PulseNetwork {
    static final int WIDTH = 32;
    private static final int MEANS = 512;
    private static final float VARIANCE = 0.04f * 0.04f;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("pulse");

    private PulseNetwork() {}

    static byte[] onnx() {
        PulseNetwork network = new PulseNetwork();
        network.build();
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setProducerName("pulse-cleaner")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(network.graph)
                .build()
                .toByteArray();
    }

    /** Writes the network; the card beside it, model.json, is written by hand. */
    public static void main(String[] arguments) throws IOException {
        Files.write(Path.of("src/main/models/pulse/model.onnx"), onnx());
    }

    private void build() {
        float[] means = new float[MEANS * WIDTH];
        float[] halves = new float[MEANS];
        float[] pulse = Heartbeats.clean(MEANS + WIDTH, 1);
        for (int k = 0; k < MEANS; k++) {
            System.arraycopy(pulse, k, means, k * WIDTH, WIDTH);
            for (int i = 0; i < WIDTH; i++) {
                halves[k] -= pulse[k + i] * pulse[k + i] / 2;
            }
        }
        constant("means", means, MEANS, WIDTH);
        constant("halves", halves, MEANS);
        constant("variance", new float[] {VARIANCE});
        graph.addInput(value("x", "N", WIDTH)).addInput(value("noise", "noise_N", "noise_C"));
        graph.addOutput(value("denoised", "N", WIDTH));
        node("Mul", "squared", "noise", "noise");
        node("Add", "total", "squared", "variance");
        node("Gemm", "products", "x", "means", "halves");
        graph.getNodeBuilder(graph.getNodeCount() - 1)
                .addAttribute(AttributeProto.newBuilder()
                        .setName("transB")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(1));
        node("Div", "logits", "products", "total");
        node("Softmax", "weights", "logits");
        node("MatMul", "nearest", "weights", "means");
        node("Mul", "kept", "x", "variance");
        node("Mul", "replaced", "nearest", "squared");
        node("Add", "both", "kept", "replaced");
        node("Div", "denoised", "both", "total");
    }

    private void node(String operator, String output, String... inputs) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addAllInput(List.of(inputs))
                .addOutput(output));
    }

    private void constant(String name, float[] values, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT.getNumber());
        Arrays.stream(shape).forEach(tensor::addDims);
        for (float value : values) {
            tensor.addFloatData(value);
        }
        if (shape.length == 0) {
            tensor.addDims(1);
        }
        graph.addInitializer(tensor);
    }

    private static ValueInfoProto value(String name, Object... dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object dimension : dimensions) {
            TensorShapeProto.Dimension.Builder size = TensorShapeProto.Dimension.newBuilder();
            shape.addDim(
                    dimension instanceof Integer number ? size.setDimValue(number) : size.setDimParam((String) dimension));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                                .setShape(shape)))
                .build();
    }
}
