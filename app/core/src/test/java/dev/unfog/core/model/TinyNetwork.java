package dev.unfog.core.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** A tiny ONNX network and its card, sound by default, which a test can break in one place and then write. */
public final class TinyNetwork {
    private final ModelProto.Builder model = ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17));
    private final ObjectNode card = new JsonMapper().createObjectNode();

    private TinyNetwork(String id, String conditioning, int channels) {
        card.put("contract", 1)
                .put("id", id)
                .put("kind", "picture")
                .put("conditioning", conditioning)
                .put("channels", channels)
                .put("receptiveField", 1)
                .put("sizeMultiple", 1)
                .put("sizeMinimum", 1)
                .put("inputNormalisation", "none");
        card.putArray("range").add(0).add(1);
        card.putObject("process")
                .put("name", "variance-exploding")
                .put("sigma_min", 0.002)
                .put("sigma_max", 1.0);
        graph().setName(id);
    }

    /**
     * The exact denoiser of data distributed as N(0, variance) independently in every value: {@code x variance / (variance +
     * noise²)}.
     */
    public static TinyNetwork gaussian(String id, int channels, float variance) {
        TinyNetwork network = new TinyNetwork(id, "noise", channels);
        network.input("x", "N", channels, "H", "W");
        network.input("noise", "noise_N", "noise_C", "noise_H", "noise_W");
        network.output("denoised", "N", channels, "H", "W");
        network.scalar("variance", variance);
        network.node("Mul", "squared", "noise", "noise");
        network.node("Add", "total", "squared", "variance");
        network.node("Mul", "scaled", "x", "variance");
        network.node("Div", "denoised", "scaled", "total");
        return network;
    }

    /** A 3×3 convolution with random weights after a space-to-depth fold, so that sizes must be multiples of 2. */
    public static TinyNetwork convolution(String id, int channels, int width, long seed) {
        TinyNetwork network = new TinyNetwork(id, "noise", channels);
        network.card.put("receptiveField", 4).put("sizeMultiple", 2).put("sizeMinimum", 2);
        network.input("x", "N", channels, "H", "W");
        network.input("noise", "noise_N", "noise_C", "noise_H", "noise_W");
        network.output("denoised", "N", channels, "H", "W");
        Random random = new Random(seed);
        network.node("Add", "noisy", "x", "noise");
        network.node("SpaceToDepth", "folded", List.of("noisy"), integer("blocksize", 2));
        network.weights("first", random, width, 4 * channels, 3, 3);
        network.node("Conv", "hidden", List.of("folded", "first"), integers("pads", 1, 1, 1, 1));
        network.node("Relu", "active", "hidden");
        network.weights("second", random, 4 * channels, width, 3, 3);
        network.node("Conv", "mixed", List.of("active", "second"), integers("pads", 1, 1, 1, 1));
        network.node("DepthToSpace", "denoised", List.of("mixed"), integer("blocksize", 2));
        return network;
    }

    /** A conditional network: {@code x time + y (1 - time)}. */
    public static TinyNetwork interpolation(String id, int channels) {
        TinyNetwork network = new TinyNetwork(id, "observation", channels);
        network.input("x", "N", channels, "H", "W");
        network.input("y", "N", channels, "H", "W");
        network.input("time", "N");
        network.output("denoised", "N", channels, "H", "W");
        network.scalar("one", 1);
        network.longs("shape", -1, 1, 1, 1);
        network.node("Reshape", "t", "time", "shape");
        network.node("Sub", "rest", "one", "t");
        network.node("Mul", "left", "x", "t");
        network.node("Mul", "right", "y", "rest");
        network.node("Add", "denoised", "left", "right");
        return network;
    }

    public GraphProto.Builder graph() {
        return model.getGraphBuilder();
    }

    /** Changes the card. */
    public TinyNetwork card(Consumer<ObjectNode> change) {
        change.accept(card);
        return this;
    }

    /** Changes the graph. */
    public TinyNetwork graph(Consumer<GraphProto.Builder> change) {
        change.accept(graph());
        return this;
    }

    public void input(String name, Object... dimensions) {
        graph().addInput(value(name, TensorProto.DataType.FLOAT, dimensions));
    }

    public void output(String name, Object... dimensions) {
        graph().addOutput(value(name, TensorProto.DataType.FLOAT, dimensions));
    }

    /** A value's declaration; each dimension is an {@code Integer} or the name of a dynamic size. */
    public static ValueInfoProto value(String name, TensorProto.DataType type, Object... dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object dimension : dimensions) {
            shape.addDim(
                    dimension instanceof Integer size
                            ? TensorShapeProto.Dimension.newBuilder().setDimValue(size)
                            : TensorShapeProto.Dimension.newBuilder().setDimParam((String) dimension));
        }
        TypeProto.Tensor tensor = TypeProto.Tensor.newBuilder()
                .setElemType(type.getNumber())
                .setShape(shape)
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    public void node(String operator, String output, String... inputs) {
        node(operator, output, List.of(inputs));
    }

    public void node(String operator, String output, List<String> inputs, AttributeProto... attributes) {
        graph().addNode(NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(List.of(attributes)));
    }

    public void scalar(String name, float value) {
        graph().addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addFloatData(value));
    }

    public void longs(String name, long... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addDims(values.length);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        graph().addInitializer(tensor);
    }

    private void weights(String name, Random random, int... shape) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
        int count = 1;
        for (int size : shape) {
            tensor.addDims(size);
            count *= size;
        }
        double scale = Math.sqrt(1.0 / (count / shape[0]));
        for (int i = 0; i < count; i++) {
            tensor.addFloatData((float) (scale * random.nextGaussian()));
        }
        graph().addInitializer(tensor);
    }

    public static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    public static AttributeProto integers(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    /** Writes {@code model.onnx} and {@code model.json} into a folder, the card with the digest of the file unless it has one. */
    public Path write(Path folder) {
        try {
            Files.createDirectories(folder);
            Path network = writeAlone(folder.resolve(ModelStore.NETWORK));
            ObjectNode written = card.deepCopy();
            if (!written.has("sha256")) {
                written.put("sha256", sha256(network));
            }
            Files.writeString(folder.resolve(ModelStore.CARD), written.toPrettyString());
            return folder;
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    /** Writes one ONNX file with the card within. */
    public Path writeAlone(Path file) {
        try {
            ModelProto.Builder whole = model.clone();
            whole.addMetadataProps(StringStringEntryProto.newBuilder()
                    .setKey(ModelStore.CARD_PROPERTY)
                    .setValue(card.toString()));
            Files.write(file, whole.build().toByteArray());
            return file;
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    public static String sha256(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        } catch (NoSuchAlgorithmException exception) {
            throw new IllegalStateException(exception);
        }
    }
}
