package dev.unfog.training;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import java.util.function.Function;

/** A network that can write itself down as an ONNX graph with the same weights and the same result. */
interface OnnxExportable {
    /**
     * Adds inputs, outputs, nodes and weights to the graph; initialisers carry the names of the block's parameters.
     *
     * @param weights gives each parameter's values, which need not be those in the block
     */
    void export(OnnxGraph graph, Function<Parameter, NDArray> weights);
}
