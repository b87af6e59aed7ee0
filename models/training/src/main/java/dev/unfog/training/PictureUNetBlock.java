package dev.unfog.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A convolutional U-Net without biases that denoises pictures: D(x, σ) = x + F(x − ½, σ).
 *
 * <p>Inputs: the noisy picture x, float32 [N, C, H, W] of nominal range 0..1, and the noise level σ on the same scale,
 * float32 [N, 1, H, W]. Output: the denoised picture, same shape as x. H and W are multiples of {@link #sizeMultiple()}.
 *
 * <p>The picture and its noise map are folded 2×2 into channels; each level has residual blocks (convolution, ReLU,
 * convolution) on the way down and up, 2×2 convolutions of stride 2 between levels, skips by addition, and a 1×1 head
 * unfolded into pixels. Nothing has a bias and nothing is normalised, so F(k(x − ½), kσ) = k F(x − ½, σ) for k &gt; 0: what is
 * learned at one contrast holds at all (Mohan et al. 2020, "Robust and interpretable blind image denoising via bias-free
 * convolutional neural networks"), scaling the input by the usual c_in would change nothing, and no value depends on the
 * extent of the picture. Removing mid-grey first makes the zero padding of the convolutions a grey border, not a black one.
 */
final class PictureUNetBlock extends ScoreBlock {
    private static final int FOLD = 2;

    private final int channels;
    private final List<Integer> widths;
    private final int blocks;
    private final List<Stage> stages = new ArrayList<>();

    private sealed interface Stage {}

    private record Convolve(Parameter weight) implements Stage {}

    private record Residual(Parameter first, Parameter second, int level) implements Stage {}

    private record Down(Parameter weight, int level) implements Stage {}

    private record Up(Parameter weight, int level) implements Stage {}

    /**
     * @param channels channels of the picture, 3 for colour
     * @param widths channels of each level, finest first
     * @param blocks residual blocks per level on the way down, on the way up, and in the body at the coarsest level
     */
    PictureUNetBlock(int channels, List<Integer> widths, int blocks) {
        this.channels = channels;
        this.widths = List.copyOf(widths);
        this.blocks = blocks;
        int coarsest = widths.size() - 1;
        int folded = (channels + 1) * FOLD * FOLD;
        stages.add(new Convolve(weight("head", widths.get(0), folded, 3)));
        for (int level = 0; level < coarsest; level++) {
            residuals("down" + level, level);
            String name = "down" + level + ".stride";
            stages.add(new Down(weight(name, widths.get(level + 1), widths.get(level), 2), level));
        }
        residuals("body", coarsest);
        for (int level = coarsest - 1; level >= 0; level--) {
            String name = "up" + level + ".stride";
            stages.add(new Up(weight(name, widths.get(level + 1), widths.get(level), 2), level));
            residuals("up" + level, level);
        }
        stages.add(new Convolve(weight("tail", channels * FOLD * FOLD, widths.get(0), 1)));
    }

    private void residuals(String prefix, int level) {
        int width = widths.get(level);
        for (int block = 0; block < blocks; block++) {
            String name = prefix + "." + block;
            stages.add(new Residual(
                    weight(name + ".first", width, width, 3), weight(name + ".second", width, width, 3), level));
        }
    }

    private Parameter weight(String name, long first, long second, long kernel) {
        return parameter(name, Parameter.Type.WEIGHT, first, second, kernel, kernel);
    }

    @Override
    int sizeMultiple() {
        return FOLD << (widths.size() - 1);
    }

    @Override
    boolean beginsAtZero(Parameter parameter) {
        return parameter.getName().equals("tail");
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore, NDList inputs, boolean training, PairList<String, Object> arguments) {
        NDArray x = inputs.get(0);
        NDArray folded = Layers.spaceToDepth(x.sub(0.5f).concat(inputs.get(1), 1), FOLD);
        NDArray[] skips = new NDArray[widths.size()];
        NDArray state = folded;
        for (Stage stage : stages) {
            if (stage instanceof Convolve convolve) {
                state = Layers.convolution(state, array(parameterStore, convolve.weight(), x, training), 1);
            } else if (stage instanceof Residual residual) {
                NDArray hidden = Layers.convolution(state, array(parameterStore, residual.first(), x, training), 1);
                NDArray change = Layers.convolution(
                        Activation.relu(hidden), array(parameterStore, residual.second(), x, training), 1);
                state = state.add(change);
            } else if (stage instanceof Down down) {
                skips[down.level()] = state;
                state = Layers.convolution(state, array(parameterStore, down.weight(), x, training), 2);
            } else if (stage instanceof Up up) {
                state = Layers.transposedConvolution(state, array(parameterStore, up.weight(), x, training))
                        .add(skips[up.level()]);
            }
        }
        return new NDList(x.add(Layers.depthToSpace(state, FOLD)));
    }

    @Override
    void export(OnnxGraph graph, Function<Parameter, NDArray> weights) {
        graph.input("x", "N", channels, "H", "W");
        graph.input("noise", "noise_N", "noise_C", "noise_H", "noise_W");
        graph.output("denoised", "N", channels, "H", "W");
        String centred = graph.subtract("x", graph.constant("mid_grey", 0.5f));
        // A level per channel counts by its mean: the network knows one level a pixel.
        String level = graph.mean("noise", 1);
        String map = graph.expand(level, graph.shapeWithOneChannel("x"));
        String state = graph.spaceToDepth(graph.concatenate(1, centred, map), FOLD);
        String[] skips = new String[widths.size()];
        for (Stage stage : stages) {
            if (stage instanceof Convolve convolve) {
                state = graph.convolution(convolve.weight().getName(), state, weights.apply(convolve.weight()), 1);
            } else if (stage instanceof Residual residual) {
                String hidden =
                        graph.convolution(residual.first().getName(), state, weights.apply(residual.first()), 1);
                state = graph.add(
                        state,
                        graph.convolution(
                                residual.second().getName(), graph.relu(hidden), weights.apply(residual.second()), 1));
            } else if (stage instanceof Down down) {
                skips[down.level()] = state;
                state = graph.convolution(down.weight().getName(), state, weights.apply(down.weight()), 2);
            } else if (stage instanceof Up up) {
                state = graph.add(
                        graph.transposedConvolution(up.weight().getName(), state, weights.apply(up.weight()), 2),
                        skips[up.level()]);
            }
        }
        graph.addAs("denoised", "x", graph.depthToSpace(state, FOLD));
    }

    @Override
    double multiplyAdds() {
        double total = 0;
        for (Stage stage : stages) {
            if (stage instanceof Convolve convolve) {
                total += convolve.weight().getShape().size() / area(0);
            } else if (stage instanceof Residual residual) {
                total += 2.0 * residual.first().getShape().size() / area(residual.level());
            } else if (stage instanceof Down down) {
                total += down.weight().getShape().size() / area(down.level() + 1);
            } else if (stage instanceof Up up) {
                total += up.weight().getShape().size() / area(up.level() + 1);
            }
        }
        return total;
    }

    private static double area(int level) {
        double side = FOLD << level;
        return side * side;
    }

    @Override
    int receptiveField() {
        // Each 3×3 convolution reaches one cell of its level; a cell itself is `side` pixels wide.
        int coarsest = widths.size() - 1;
        int radius = FOLD; // the 3×3 head
        for (int level = 0; level < coarsest; level++) {
            radius += 2 * 2 * blocks * (FOLD << level);
        }
        radius += 2 * blocks * (FOLD << coarsest);
        return radius + (FOLD << coarsest) - 1;
    }
}
