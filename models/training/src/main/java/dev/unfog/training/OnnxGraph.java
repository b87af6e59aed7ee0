package dev.unfog.training;

import ai.djl.ndarray.NDArray;
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
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An ONNX graph under construction: each method adds one operator and returns the name of its result.
 *
 * <p>Operator set 17, float32 throughout. Not for use by several threads.
 */
public final class OnnxGraph {
    private static final int OPERATOR_SET = 17;
    private static final int IR_VERSION = 8;

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private int results;

    /** Begins a graph. */
    public OnnxGraph(String name) {
        graph.setName(name);
    }

    /** Declares an input; each dimension is an {@code Integer} or the name of a dynamic size. */
    public void input(String name, Object... dimensions) {
        graph.addInput(value(name, dimensions));
    }

    /** Declares an output; each dimension is an {@code Integer} or the name of a dynamic size. */
    public void output(String name, Object... dimensions) {
        graph.addOutput(value(name, dimensions));
    }

    private static ValueInfoProto value(String name, Object... dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object dimension : dimensions) {
            TensorShapeProto.Dimension.Builder size = TensorShapeProto.Dimension.newBuilder();
            shape.addDim(
                    dimension instanceof Integer fixed
                            ? size.setDimValue(fixed)
                            : size.setDimParam((String) dimension));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                                .setShape(shape)))
                .build();
    }

    /** Adds a number. */
    public String constant(String name, float value) {
        ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, value);
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .setRawData(ByteString.copyFrom(bytes)));
        return name;
    }

    /** Adds a list of whole numbers. */
    public String integers(String name, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addDims(values.length)
                .setRawData(ByteString.copyFrom(bytes)));
        return name;
    }

    /** Adds an array. */
    public String weight(String name, NDArray array) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
        for (long size : array.getShape().getShape()) {
            tensor.addDims(size);
        }
        float[] values = array.toFloatArray();
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        graph.addInitializer(tensor.setRawData(ByteString.copyFrom(bytes)));
        return name;
    }

    String convolution(String name, String input, NDArray weight, int stride) {
        long kernel = weight.getShape().get(2);
        long padding = stride == 1 ? kernel / 2 : 0;
        return node(
                "Conv",
                List.of(input, weight(name, weight)),
                integers("kernel_shape", List.of(kernel, kernel)),
                integers("strides", List.of((long) stride, (long) stride)),
                integers("pads", List.of(padding, padding, padding, padding)));
    }

    String transposedConvolution(String name, String input, NDArray weight, int stride) {
        long kernel = weight.getShape().get(2);
        return node(
                "ConvTranspose",
                List.of(input, weight(name, weight)),
                integers("kernel_shape", List.of(kernel, kernel)),
                integers("strides", List.of((long) stride, (long) stride)));
    }

    String relu(String input) {
        return node("Relu", List.of(input));
    }

    String add(String left, String right) {
        return node("Add", List.of(left, right));
    }

    void addAs(String result, String left, String right) {
        append("Add", List.of(left, right), result, List.of());
    }

    String multiply(String left, String right) {
        return node("Mul", List.of(left, right));
    }

    String divide(String left, String right) {
        return node("Div", List.of(left, right));
    }

    String sine(String input) {
        return node("Sin", List.of(input));
    }

    String cosine(String input) {
        return node("Cos", List.of(input));
    }

    /** A constant of shape [1, values]. */
    String row(String name, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addDims(1)
                .addDims(values.length)
                .setRawData(ByteString.copyFrom(bytes)));
        return name;
    }

    String squareRoot(String input) {
        return node("Sqrt", List.of(input));
    }

    String logarithm(String input) {
        return node("Log", List.of(input));
    }

    /** x · sigmoid(x), for which this operator set has no operator. */
    String silu(String input) {
        return multiply(input, node("Sigmoid", List.of(input)));
    }

    /** input · weightᵀ + bias; weight [out, in], bias [out]. */
    String linear(String input, String weightName, NDArray weight, String biasName, NDArray bias) {
        return node("Gemm", List.of(input, weight(weightName, weight), weight(biasName, bias)), integer("transB", 1));
    }

    String subtract(String left, String right) {
        return node("Sub", List.of(left, right));
    }

    String concatenate(int axis, String... inputs) {
        return node("Concat", List.of(inputs), integer("axis", axis));
    }

    String mean(String input, int axis) {
        return node("ReduceMean", List.of(input), integers("axes", List.of((long) axis)), integer("keepdims", 1));
    }

    String expand(String input, String shape) {
        return node("Expand", List.of(input, shape));
    }

    /** The shape of a tensor with its channels taken as one: [N, 1, …]. */
    String shapeWithOneChannel(String input) {
        String shape = node("Shape", List.of(input));
        String batch = node("Slice", List.of(shape, integers("batch_begin", 0), integers("batch_end", 1)));
        String spatial =
                node("Slice", List.of(shape, integers("spatial_begin", 2), integers("spatial_end", Integer.MAX_VALUE)));
        return concatenate(0, batch, integers("one_channel", 1), spatial);
    }

    String spaceToDepth(String input, int block) {
        return node("SpaceToDepth", List.of(input), integer("blocksize", block));
    }

    String depthToSpace(String input, int block) {
        return node("DepthToSpace", List.of(input), integer("blocksize", block), text("mode", "DCR"));
    }

    /** Adds an operator by its ONNX name and returns the name of its result. */
    public String node(String operator, Collection<String> inputs, AttributeProto... attributes) {
        return append(operator, inputs, operator.toLowerCase(Locale.ROOT) + "_" + results++, List.of(attributes));
    }

    /** Adds an operator by its ONNX name whose result has the given name. */
    public String append(
            String operator, Collection<String> inputs, String result, Collection<AttributeProto> attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(operator)
                .setName(result)
                .addAllInput(inputs)
                .addOutput(result)
                .addAllAttribute(attributes));
        return result;
    }

    /** Returns an attribute that is a whole number. */
    public static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    /** Returns an attribute that is a list of whole numbers. */
    public static AttributeProto integers(String name, List<Long> values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INTS)
                .addAllInts(values)
                .build();
    }

    /** An attribute that is a number. */
    static AttributeProto real(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    private static AttributeProto text(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    /** The finished model, with the given metadata in key order so that the same network always gives the same bytes. */
    ModelProto model(Map<String, String> metadata) {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("unfog")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
                .setGraph(graph);
        List<StringStringEntryProto> entries = new ArrayList<>();
        new TreeMap<>(metadata)
                .forEach((key, value) -> entries.add(StringStringEntryProto.newBuilder()
                        .setKey(key)
                        .setValue(value)
                        .build()));
        return model.addAllMetadataProps(entries).build();
    }
}
