package dev.unfog.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import dev.unfog.api.train.TrainingData;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A multi-layer perceptron that denoises rows: D(x, σ) = M(x, σ) + c_out F(c_in x, l, sin ω l, cos ω l), l = ln σ / 2, SiLU between
 * its layers.
 *
 * <p>M is the denoiser of the mixture Σ_k π_k N(c_k, s_k²), the mean over k, by how likely x is from c_k when blurred by σ, of
 * (σ² c_k + s_k² x) / (σ² + s_k²). With no components it is that of a standard Gaussian, c_skip x.
 *
 * <p>The waves ω let a small network behave differently at every level: with l alone it learns slower and blurs the levels. c_skip = 1 / (1 + σ²), c_out = σ / √(1 + σ²), c_in = 1 / √(1 + σ²): Karras et al. 2022, table 1, for data of deviation 1.
 */
final class PerceptronBlock extends ScoreBlock {
    private static final float[] WAVES = {0.8f, 1.6f, 2.4f, 3.2f};
    private static final int LEVEL_INPUTS = 1 + 2 * WAVES.length;

    /** Samples that say how wide a component begins. */
    private static final int SPREAD_SAMPLES = 512;

    private static final double SMALLEST_SPREAD = 0.05;

    /** In deviations: a sample that is further off does not take a component for itself. */
    private static final float FARTHEST_CENTRE = 6;

    private final int channels;
    private final int components;
    private final @Nullable Parameter centres;
    private final @Nullable Parameter spreads;
    private final @Nullable Parameter shares;
    private final List<Parameter> weights = new ArrayList<>();
    private final List<Parameter> biases = new ArrayList<>();

    /**
     * @param components of the mixture, 0 for a standard Gaussian in its place
     */
    PerceptronBlock(int channels, int width, int layers, int components) {
        this.channels = channels;
        this.components = components;
        // c_k; ln s_k; ln π_k but for a constant.
        centres = components == 0 ? null : parameter("centres", Parameter.Type.WEIGHT, components, channels);
        spreads = components == 0 ? null : parameter("spreads", Parameter.Type.BIAS, components);
        shares = components == 0 ? null : parameter("shares", Parameter.Type.BIAS, components);
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
                state = Layers.silu(state);
            }
            state = Linear.linear(
                            state,
                            array(parameterStore, weights.get(layer), x, training),
                            array(parameterStore, biases.get(layer), x, training))
                    .singletonOrThrow();
        }
        NDArray beginning = x.div(total);
        if (centres != null && spreads != null && shares != null) {
            beginning = mixture(
                    x,
                    noise.square(),
                    array(parameterStore, centres, x, training),
                    array(parameterStore, spreads, x, training),
                    array(parameterStore, shares, x, training));
        }
        return new NDList(beginning.add(state.mul(noise).div(deviation)));
    }

    private NDArray mixture(NDArray x, NDArray variance, NDArray centre, NDArray spread, NDArray share) {
        NDArray own = Layers.scaled(spread, 2).exp().reshape(1, components);
        NDArray total = own.add(variance);
        NDArray distance = x.square()
                .sum(new int[] {1}, true)
                .add(centre.square().sum(new int[] {1}).reshape(1, components))
                .sub(Layers.scaled(x.matMul(centre.transpose()), 2));
        NDArray likely = share.reshape(1, components)
                .sub(Layers.scaled(total.log(), channels / 2f))
                .sub(distance.div(Layers.scaled(total, 2)))
                .softmax(1)
                .div(total);
        return likely.matMul(centre).mul(variance).add(x.mul(likely.matMul(own.transpose())));
    }

    /** The centres begin at samples, each as wide as others of the samples are far from the second nearest of them. */
    @Override
    void beginAt(TrainingData data) {
        if (centres == null || spreads == null) {
            return;
        }
        float[] begin = new float[components * channels];
        for (int k = 0; k < components; k++) {
            data.draw(k, FloatBuffer.wrap(begin, k * channels, channels));
        }
        for (int i = 0; i < begin.length; i++) {
            begin[i] = Math.max(-FARTHEST_CENTRE, Math.min(FARTHEST_CENTRE, begin[i]));
        }
        double[] distances = new double[SPREAD_SAMPLES];
        float[] sample = new float[channels];
        for (int i = 0; i < SPREAD_SAMPLES; i++) {
            data.draw(components + (long) i, FloatBuffer.wrap(sample));
            double[] squares = new double[components];
            for (int j = 0; j < begin.length; j++) {
                double difference = sample[j % channels] - begin[j];
                squares[j / channels] += difference * difference;
            }
            Arrays.sort(squares);
            distances[i] = Math.sqrt(squares[Math.min(1, components - 1)] / channels);
        }
        Arrays.sort(distances);
        float[] wide = new float[components];
        Arrays.fill(wide, (float) Math.log(Math.max(SMALLEST_SPREAD, distances[SPREAD_SAMPLES / 2])));
        centres.getArray().set(begin);
        spreads.getArray().set(wide);
    }

    @Override
    void export(OnnxGraph graph, Function<Parameter, NDArray> values) {
        graph.input("x", "N", channels);
        graph.input("noise", "noise_N", "noise_C");
        graph.output("denoised", "N", channels);
        // A level per channel counts by its mean: the network knows one level a row. Where all rows have the same, what
        // depends on it alone is computed once.
        String noise = graph.mean("noise", 1);
        String total = graph.add(graph.multiply(noise, noise), graph.constant("data_variance", 1));
        String deviation = graph.squareRoot(total);
        String level = graph.multiply(graph.logarithm(noise), graph.constant("half", 0.5f));
        String angles = graph.multiply(level, graph.row("waves", WAVES));
        String levels = graph.expand(
                graph.concatenate(1, level, graph.sine(angles), graph.cosine(angles)), graph.shapeWithOneChannel("x"));
        String state = graph.concatenate(1, graph.divide("x", deviation), levels);
        for (int layer = 0; layer < weights.size(); layer++) {
            if (layer > 0) {
                state = graph.silu(state);
            }
            Parameter weight = weights.get(layer);
            Parameter bias = biases.get(layer);
            state = graph.linear(state, weight.getName(), values.apply(weight), bias.getName(), values.apply(bias));
        }
        String beginning = centres != null && spreads != null && shares != null
                ? mixture(graph, noise, values.apply(centres), values.apply(spreads), values.apply(shares))
                : graph.divide("x", total);
        graph.addAs("denoised", beginning, graph.multiply(state, graph.divide(noise, deviation)));
    }

    private String mixture(OnnxGraph graph, String noise, NDArray centre, NDArray spread, NDArray share) {
        String own =
                graph.node("Exp", List.of(graph.multiply(graph.weight("spreads", spread), graph.constant("two", 2))));
        String variance = graph.multiply(noise, noise);
        String halfChannels = graph.constant("half_channels", channels / 2f);
        String total = graph.add(own, variance);
        String precision = graph.node("Reciprocal", List.of(total));
        String apriori =
                graph.subtract(graph.weight("shares", share), graph.multiply(graph.logarithm(total), halfChannels));
        // ½ ‖x − c‖² is ½ ‖x‖² + (½ ‖c‖² − x · c).
        String size = graph.multiply(graph.mean(graph.multiply("x", "x"), 1), halfChannels);
        String places = graph.weight("centres", centre);
        String distance = graph.add(
                size,
                graph.node(
                        "Gemm",
                        List.of(
                                "x",
                                places,
                                graph.weight(
                                        "half_squares",
                                        centre.square().sum(new int[] {1}).div(2))),
                        OnnxGraph.real("alpha", -1),
                        OnnxGraph.integer("transB", 1)));
        String likely = graph.multiply(
                graph.node(
                        "Softmax",
                        List.of(graph.subtract(apriori, graph.multiply(distance, precision))),
                        OnnxGraph.integer("axis", 1)),
                precision);
        String column = graph.node("Unsqueeze", List.of(own, graph.integers("last", 1)));
        return graph.add(
                graph.multiply(graph.node("MatMul", List.of(likely, places)), variance),
                graph.multiply("x", graph.node("MatMul", List.of(likely, column))));
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
        return 2.0 * components * channels
                + weights.stream().mapToLong(weight -> weight.getShape().size()).sum();
    }

    @Override
    boolean beginsAtZero(Parameter parameter) {
        return parameter == weights.get(weights.size() - 1);
    }
}
