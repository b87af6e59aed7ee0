package dev.unfog.training.speech;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import dev.unfog.training.OnnxGraph;
import java.util.List;
import java.util.function.Function;

/** Operators that write themselves down in an ONNX graph; a value is the name of a result. */
final class OnnxOperators implements Operators<String> {
    private final OnnxGraph graph;
    private final Function<Parameter, NDArray> weights;
    private int constants;

    /**
     * @param weights gives each parameter's values, which need not be those in the block
     */
    OnnxOperators(OnnxGraph graph, Function<Parameter, NDArray> weights) {
        this.graph = graph;
        this.weights = weights;
    }

    @Override
    public String convolution(String input, Parameter weight, Parameter bias, Geometry geometry) {
        long frequency = geometry.frequencyPadding();
        long time = geometry.timePadding();
        return graph.node(
                "Conv",
                List.of(
                        input,
                        graph.weight(weight.getName(), weights.apply(weight)),
                        graph.weight(bias.getName(), weights.apply(bias))),
                OnnxGraph.integers(
                        "kernel_shape",
                        List.of(weight.getShape().get(2), weight.getShape().get(3))),
                OnnxGraph.integers("strides", List.of((long) geometry.stride(), 1L)),
                OnnxGraph.integers("dilations", List.of(1L, (long) geometry.dilation())),
                OnnxGraph.integers("pads", List.of(frequency, time, frequency, time)));
    }

    private String number(float value) {
        return graph.constant("number_" + constants++, value);
    }

    private String list(long... values) {
        return graph.integers("list_" + constants++, values);
    }

    @Override
    public String relu(String input) {
        return graph.node("Relu", List.of(input));
    }

    @Override
    public String add(String left, String right) {
        return graph.node("Add", List.of(left, right));
    }

    @Override
    public String subtract(String left, String right) {
        return graph.node("Sub", List.of(left, right));
    }

    @Override
    public String multiply(String left, String right) {
        return graph.node("Mul", List.of(left, right));
    }

    @Override
    public String divide(String left, String right) {
        return graph.node("Div", List.of(left, right));
    }

    @Override
    public String add(String left, float right) {
        return add(left, number(right));
    }

    @Override
    public String multiply(String left, float right) {
        return multiply(left, number(right));
    }

    @Override
    public String exponential(String input) {
        return graph.node("Exp", List.of(input));
    }

    @Override
    public String squareRoot(String input) {
        return graph.node("Sqrt", List.of(input));
    }

    @Override
    public String channelMean(String input) {
        return graph.node(
                "ReduceMean",
                List.of(input),
                OnnxGraph.integers("axes", List.of(1L)),
                OnnxGraph.integer("keepdims", 1));
    }

    @Override
    public String concatenate(String first, String second) {
        return graph.node("Concat", List.of(first, second), OnnxGraph.integer("axis", 1));
    }

    @Override
    public String channels(String input, int from, int to) {
        return graph.node("Slice", List.of(input, list(from), list(to), list(1)));
    }

    @Override
    public String reshape(String input, long... shape) {
        return graph.node("Reshape", List.of(input, list(shape)));
    }

    @Override
    public String unfold(String input, int factor, int width, int frequencies) {
        String split = reshape(input, 0, factor, width, frequencies, -1);
        String moved = graph.node("Transpose", List.of(split), OnnxGraph.integers("perm", List.of(0L, 2L, 3L, 1L, 4L)));
        return reshape(moved, 0, width, (long) frequencies * factor, -1);
    }

    /** ONNX Runtime arranges by itself. */
    @Override
    public String arranged(String input) {
        return input;
    }
}
