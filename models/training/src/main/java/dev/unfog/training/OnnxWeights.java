package dev.unfog.training;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes the weights out of an ONNX file that was written here and puts them back into a block, by name. */
final class OnnxWeights {
    private OnnxWeights() {}

    /**
     * Sets every parameter of an initialised block.
     *
     * @throws UnfogException if the file is no ONNX network, or lacks a parameter, or has it in another shape
     */
    static void load(Path file, Block block) {
        ModelProto model;
        try (InputStream in = Files.newInputStream(file)) {
            model = ModelProto.parseFrom(in);
        } catch (IOException e) {
            throw new UnfogException(
                    ErrorCode.MODEL_DAMAGED,
                    file.toString(),
                    "it cannot be read as an ONNX network: " + e.getMessage(),
                    "give the file of a network that was trained with Unfog",
                    e);
        }
        Map<String, TensorProto> tensors = new HashMap<>();
        for (TensorProto tensor : model.getGraph().getInitializerList()) {
            tensors.put(tensor.getName(), tensor);
        }
        for (Parameter parameter : block.getParameters().values()) {
            TensorProto tensor = tensors.get(parameter.getName());
            if (tensor == null || !shape(tensor).equals(parameter.getShape())) {
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        file.toString(),
                        "its weight " + parameter.getName()
                                + (tensor == null ? " is missing" : " has the shape " + shape(tensor))
                                + " where this architecture has " + parameter.getShape(),
                        "start from a network of the same architecture");
            }
            float[] values = new float[(int) parameter.getShape().size()];
            tensor.getRawData()
                    .asReadOnlyByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            parameter.getArray().set(values);
        }
    }

    private static Shape shape(TensorProto tensor) {
        List<Long> sizes = tensor.getDimsList();
        return new Shape(sizes.stream().mapToLong(Long::longValue).toArray());
    }
}
