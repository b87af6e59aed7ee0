package dev.unfog.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A multi-layer perceptron that denoises rows: D(x, σ) = c_skip x + c_out F(c_in x, l, sin ω l, cos ω l), l = ln σ / 2, SiLU between
 * its layers.
 *
 * <p>The waves ω let a small network behave differently at every level: with l alone it learns slower and blurs the levels. c_skip = 1 / (1 + σ²), c_out = σ / √(1 + σ²), c_in = 1 / √(1 + σ²): Karras et al. 2022, table 1, for data of deviation 1.
 */
final class PerceptronBlock extends ScoreBlock {
    private static final float[] WAVES = {0.8f, 1.6f, 2.4f, 3.2f};
    private static final int LEVEL_INPUTS = 1 + 2 * WAVES.length;

    private final int channels;
    private final List<Parameter> weights = new ArrayList<>();
    private final List<Parameter> biases = new ArrayList<>();

    PerceptronBlock(int channels, int width, int layers) {
        this.channels = channels;
        int in = channels + LEVEL_INPUTS;
        for (int layer = 0; layer <= layers; layer++) {
            int out = layer == layers ? channels : width;
            weights.add(parameter("layer" + layer + ".weight", Parameter.Type.WEIGHT, out, in));
            biases.add(parameter("layer" + layer + ".bias", Parameter.Type.BIAS, out));
            in = out;
        }
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore, NDList inputs, boolean training, PairList<String, Object> arguments) {
        NDArray x = inputs.get(0);
        NDArray noise = inputs.get(1);
        NDArray total = noise.square().add(1f);
        NDArray deviation = total.sqrt();
        NDArray level = noise.log().mul(0.5f);
        NDArray angles = level.mul(noise.getManager().create(WAVES, new Shape(1, WAVES.length)));
        NDArray state = NDArrays.concat(new NDList(x.div(deviation), level, angles.sin(), angles.cos()), 1);
        for (int layer = 0; layer < weights.size(); layer++) {
            if (layer > 0) {
                state = Activation.swish(state, 1);
            }
            state = Linear.linear(
                            state,
                            array(parameterStore, weights.get(layer), x, training),
                            array(parameterStore, biases.get(layer), x, training))
                    .singletonOrThrow();
        }
        return new NDList(x.div(total).add(state.mul(noise).div(deviation)));
    }

    @Override
    void export(OnnxGraph graph, Function<Parameter, NDArray> values) {
        graph.input("x", "N", channels);
        graph.input("noise", "noise_N", "noise_C");
        graph.output("denoised", "N", channels);
        // A level per channel counts by its mean: the network knows one level a row.
        String noise = graph.expand(graph.mean("noise", 1), graph.shapeWithOneChannel("x"));
        String total = graph.add(graph.multiply(noise, noise), graph.constant("data_variance", 1));
        String deviation = graph.squareRoot(total);
        String level = graph.multiply(graph.logarithm(noise), graph.constant("half", 0.5f));
        String angles = graph.multiply(level, graph.row("waves", WAVES));
        String state =
                graph.concatenate(1, graph.divide("x", deviation), level, graph.sine(angles), graph.cosine(angles));
        for (int layer = 0; layer < weights.size(); layer++) {
            if (layer > 0) {
                state = graph.silu(state);
            }
            Parameter weight = weights.get(layer);
            Parameter bias = biases.get(layer);
            state = graph.linear(state, weight.getName(), values.apply(weight), bias.getName(), values.apply(bias));
        }
        graph.addAs("denoised", graph.divide("x", total), graph.divide(graph.multiply(state, noise), deviation));
    }

    @Override
    int sizeMultiple() {
        return 1;
    }

    @Override
    int receptiveField() {
        return 0;
    }

    @Override
    double multiplyAdds() {
        return weights.stream().mapToLong(weight -> weight.getShape().size()).sum();
    }

    @Override
    boolean beginsAtZero(Parameter parameter) {
        return parameter == weights.get(weights.size() - 1);
    }
}
