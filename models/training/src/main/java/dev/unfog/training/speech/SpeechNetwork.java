package dev.unfog.training.speech;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import dev.unfog.plugins.speech.CompressedSpectrogram;
import dev.unfog.training.OnnxGraph;
import dev.unfog.training.Seeds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * A convolutional network that cleans speech: D(x_t, y, t) on compressed spectrograms.
 *
 * <p>Inputs: the state x_t and the observation y, float32 [N, 2, 256, T] (real and imaginary parts, frequency, time), and
 * t, float32 [N]. Output: the posterior mean of clean speech, the shape of x.
 *
 * <p>An encoder folds two frequencies into one and halves them four times more; what is left, eight bands, becomes the
 * channels of a temporal network whose dilated convolutions see a second to either side; a decoder unfolds it again with
 * skips by addition. It answers with a complex factor for each value of y, a real one for what the state adds to it, and an
 * offset, G = y + m y + r (x_t − y) + o, which {@link Preconditioning} joins with the state: late in sampling what has to go is
 * the noise of the state, value by value, which a factor takes away and a few channels could not describe. Time is never strided and nothing is normalised over it: a value depends on a
 * fixed surrounding, whatever the length. Only within the temporal network are channels of one moment normalised (Ba et al.
 * 2016), which keeps it trainable. t enters as a bias at each level.
 */
final class SpeechNetwork extends AbstractBlock {
    private static final int FOLD = 2;
    private static final int EMBEDDING = 32;
    private static final int ANSWERS = 5;

    private final Sizes sizes;
    private final Preconditioning preconditioning;
    private final Map<String, Convolution> convolutions = new LinkedHashMap<>();

    /**
     * How large the network is.
     *
     * @param widths channels at each level, finest first
     * @param width channels of the temporal network
     * @param dilations one block of the temporal network each
     */
    record Sizes(List<Integer> widths, int width, List<Integer> dilations) {
        static final Sizes DEFAULT = new Sizes(List.of(32, 48, 64, 64, 64), 192, List.of(1, 2, 4, 8, 16, 32));
    }

    private record Convolution(Parameter weight, Parameter bias) {}

    SpeechNetwork(Sizes sizes, Preconditioning preconditioning) {
        this.sizes = sizes;
        this.preconditioning = preconditioning;
        List<Integer> widths = sizes.widths();
        int deepest = widths.size() - 1;
        declare("time.first", EMBEDDING, 4, 1, 1);
        declare("time.second", EMBEDDING, EMBEDDING, 1, 1);
        declare("head", widths.get(0), 6, 2 * FOLD, 3);
        declareTime("head", widths.get(0));
        for (int level = 1; level <= deepest; level++) {
            declare("down" + level, widths.get(level), widths.get(level - 1), 4, 1);
            declare("encode" + level, widths.get(level), widths.get(level), 3, 3);
            declareTime("encode" + level, widths.get(level));
        }
        int folded = widths.get(deepest) * bands();
        declare("enter", sizes.width(), folded, 1, 1);
        for (int block = 0; block < sizes.dilations().size(); block++) {
            declare("temporal" + block + ".first", sizes.width(), sizes.width(), 1, 3);
            declareTime("temporal" + block, sizes.width());
            declare("temporal" + block + ".second", sizes.width(), sizes.width(), 1, 1);
        }
        declare("leave", folded, sizes.width(), 1, 1);
        for (int level = deepest; level >= 1; level--) {
            declare("decode" + level, widths.get(level), widths.get(level), 3, 3);
            declare("up" + level, 2 * widths.get(level - 1), widths.get(level), 1, 1);
        }
        declare("decode0", widths.get(0), widths.get(0), 3, 3);
        declareTime("decode0", widths.get(0));
        declare("tail", FOLD * ANSWERS, widths.get(0), 3, 3);
    }

    private int bands() {
        return CompressedSpectrogram.BINS / FOLD >> (sizes.widths().size() - 1);
    }

    private void declareTime(String name, int width) {
        declare(name + ".time", width, EMBEDDING, 1, 1);
    }

    private void declare(String name, int out, int in, int frequency, int time) {
        convolutions.put(
                name,
                new Convolution(
                        parameter(name, Parameter.Type.WEIGHT, new Shape(out, in, frequency, time)),
                        parameter(name + ".bias", Parameter.Type.BIAS, new Shape(out))));
    }

    private Parameter parameter(String name, Parameter.Type type, Shape shape) {
        return addParameter(
                Parameter.builder().setName(name).setType(type).optShape(shape).build());
    }

    /** Fills the weights: normal with variance 2 / inputs (He et al. 2015), biases and what ends in a sum with zeros. */
    void initialise(NDManager manager, long seed) {
        initialize(manager, DataType.FLOAT32);
        long stream = 0;
        for (Map.Entry<String, Convolution> entry : convolutions.entrySet()) {
            String name = entry.getKey();
            Convolution convolution = entry.getValue();
            SplittableRandom random = Seeds.random(seed, stream++, Seeds.WEIGHTS);
            Shape shape = convolution.weight().getShape();
            double deviation = Math.sqrt(2 / ((double) shape.size() / shape.get(0)));
            if (name.endsWith(".time") || name.equals("tail")) {
                deviation = 0;
            } else if (name.endsWith(".second") || name.equals("leave")) {
                deviation *= 0.3;
            }
            float[] values = new float[(int) shape.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (deviation * random.nextGaussian());
            }
            convolution.weight().getArray().set(values);
            convolution.bias().getArray().set(new float[(int) shape.get(0)]);
        }
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputShapes) {
        // Every shape is known from the constructor; there are no child blocks.
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> arguments) {
        return new NDList(denoised(new TorchOperators(store, training), inputs.get(0), inputs.get(1), inputs.get(2)));
    }

    /**
     * Adds inputs, outputs, nodes and weights to the graph. In it x, y and the output are [N, 512, T]: the parts and the
     * frequencies are its channels, time is its one dimension in space.
     *
     * @param weights gives each parameter's values, which need not be those in the block
     */
    void export(OnnxGraph graph, Function<Parameter, NDArray> weights) {
        int channels = 2 * CompressedSpectrogram.BINS;
        graph.input("x", "N", channels, "T");
        graph.input("y", "N", channels, "T");
        graph.input("time", "N");
        graph.output("denoised", "N", channels, "T");
        OnnxOperators operators = new OnnxOperators(graph, weights);
        String x = operators.reshape("x", 0, 2, CompressedSpectrogram.BINS, -1);
        String y = operators.reshape("y", 0, 2, CompressedSpectrogram.BINS, -1);
        String denoised = operators.reshape(denoised(operators, x, y, "time"), 0, channels, -1);
        graph.append("Identity", List.of(denoised), "denoised", List.of());
    }

    private <V> V denoised(Operators<V> operators, V x, V y, V times) {
        V time = operators.reshape(times, -1, 1, 1, 1);
        Preconditioning.Factors<V> factors = preconditioning.factors(operators, time);
        V answer = answer(operators, x, y, time, factors);
        return operators.add(
                operators.add(operators.multiply(x, factors.state()), operators.multiply(y, factors.observation())),
                operators.multiply(answer, factors.answer()));
    }

    private <V> V answer(Operators<V> operators, V x, V y, V time, Preconditioning.Factors<V> factors) {
        List<Integer> widths = sizes.widths();
        int deepest = widths.size() - 1;
        V clock = operators.concatenate(
                operators.concatenate(time, factors.state()),
                operators.concatenate(factors.answer(), operators.multiply(factors.answer(), factors.state())));
        V embedding = operators.relu(
                convolve(operators, "time.second", operators.relu(convolve(operators, "time.first", clock, 1)), 1));
        V features = operators.arranged(operators.concatenate(
                operators.concatenate(y, operators.subtract(x, y)),
                operators.concatenate(magnitude(operators, y), magnitude(operators, x))));
        List<V> skips = new ArrayList<>();
        V state = operators.relu(operators.add(
                convolve(operators, "head", features, new Operators.Geometry(FOLD, FOLD / 2, 1, 1)),
                convolve(operators, "head.time", embedding, 1)));
        skips.add(state);
        for (int level = 1; level <= deepest; level++) {
            V down = convolve(operators, "down" + level, state, new Operators.Geometry(2, 1, 0, 1));
            V hidden = operators.add(
                    convolve(operators, "encode" + level, operators.relu(down), 1),
                    convolve(operators, "encode" + level + ".time", embedding, 1));
            state = operators.relu(operators.add(down, hidden));
            skips.add(state);
        }
        int deep = widths.get(deepest);
        V temporal = convolve(operators, "enter", operators.reshape(state, 0, (long) deep * bands(), 1, -1), 1);
        for (int block = 0; block < sizes.dilations().size(); block++) {
            String name = "temporal" + block;
            V hidden = operators.relu(operators.add(
                    convolve(
                            operators,
                            name + ".first",
                            normalised(operators, temporal),
                            sizes.dilations().get(block)),
                    convolve(operators, name + ".time", embedding, 1)));
            temporal = operators.add(temporal, convolve(operators, name + ".second", hidden, 1));
        }
        state = operators.add(
                state,
                operators.arranged(operators.reshape(convolve(operators, "leave", temporal, 1), 0, deep, bands(), -1)));
        for (int level = deepest; level >= 1; level--) {
            V hidden = operators.relu(
                    operators.add(state, convolve(operators, "decode" + level, operators.relu(state), 1)));
            V up = operators.unfold(
                    convolve(operators, "up" + level, hidden, 1),
                    2,
                    widths.get(level - 1),
                    bands() << (deepest - level));
            state = operators.add(up, skips.get(level - 1));
        }
        V hidden = operators.relu(operators.add(
                convolve(operators, "decode0", operators.relu(state), 1),
                convolve(operators, "decode0.time", embedding, 1)));
        V answers = operators.unfold(
                convolve(operators, "tail", hidden, 1), FOLD, ANSWERS, CompressedSpectrogram.BINS / FOLD);
        V maskReal = operators.channels(answers, 0, 1);
        V maskImaginary = operators.channels(answers, 1, 2);
        V offset = operators.channels(answers, 2, 4);
        V added = operators.multiply(operators.subtract(x, y), operators.channels(answers, 4, 5));
        V real = operators.channels(y, 0, 1);
        V imaginary = operators.channels(y, 1, 2);
        V product = operators.concatenate(
                operators.subtract(operators.multiply(maskReal, real), operators.multiply(maskImaginary, imaginary)),
                operators.add(operators.multiply(maskReal, imaginary), operators.multiply(maskImaginary, real)));
        return operators.add(operators.add(y, product), operators.add(added, offset));
    }

    private <V> V convolve(Operators<V> operators, String name, V input, int dilation) {
        Convolution convolution = convolutions.get(name);
        return convolve(operators, name, input, Operators.Geometry.same(convolution.weight(), dilation));
    }

    private <V> V convolve(Operators<V> operators, String name, V input, Operators.Geometry geometry) {
        Convolution convolution = convolutions.get(name);
        return operators.convolution(input, convolution.weight(), convolution.bias(), geometry);
    }

    private static <V> V magnitude(Operators<V> operators, V spectrum) {
        V mean = operators.channelMean(operators.multiply(spectrum, spectrum));
        return operators.squareRoot(operators.add(mean, 1e-8f));
    }

    /** Channels of one moment with mean 0 and variance 1. */
    private static <V> V normalised(Operators<V> operators, V input) {
        V centred = operators.subtract(input, operators.channelMean(input));
        V variance = operators.channelMean(operators.multiply(centred, centred));
        return operators.divide(centred, operators.squareRoot(operators.add(variance, 1e-5f)));
    }

    /** How many weights there are. */
    long weights() {
        return convolutions.values().stream()
                .mapToLong(convolution -> convolution.weight().getShape().size()
                        + convolution.bias().getShape().size())
                .sum();
    }

    /** Multiplications and additions for one spectrum. */
    double macPerSpectrum() {
        double total = 0;
        List<Integer> widths = sizes.widths();
        for (Map.Entry<String, Convolution> entry : convolutions.entrySet()) {
            String name = entry.getKey();
            long size = entry.getValue().weight().getShape().size();
            int frequencies = 1;
            if (name.contains("time")) {
                frequencies = 0;
            } else if (name.equals("head") || name.equals("tail")) {
                frequencies = CompressedSpectrogram.BINS / FOLD;
            } else if (name.matches("(down|encode|decode|up)\\d")) {
                frequencies = CompressedSpectrogram.BINS / FOLD >> name.charAt(name.length() - 1) - '0';
            }
            total += (double) size * frequencies;
        }
        return total;
    }

    /** How many spectra to either side can matter to one. */
    int receptiveRadius() {
        // Head, one at each encoding level, one at each decoding level, tail.
        int radius = 1 + 2 * (sizes.widths().size() - 1) + 1 + 1;
        for (int dilation : sizes.dilations()) {
            radius += dilation;
        }
        return radius;
    }

    Preconditioning preconditioning() {
        return preconditioning;
    }
}
