package dev.unfog.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.unfog.api.train.Architecture;
import dev.unfog.api.train.TrainingData;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * A denoiser that satisfies the score-network contract both in DJL, to be trained, and as an ONNX graph, to be released.
 *
 * <p>Inputs: x, float32 [N, C, …], and the noise level σ, float32 [N, 1, …] with the spatial sizes of x. Output: the denoised
 * x. All parameters are its own and have their shapes from the constructor.
 */
abstract class ScoreBlock extends AbstractBlock {

    static ScoreBlock of(Architecture architecture) {
        if (architecture instanceof Architecture.PictureUNet picture) {
            return new PictureUNetBlock(picture.channels(), picture.widths(), picture.blocks());
        }
        if (architecture instanceof Architecture.MixturePerceptron mixture) {
            return new PerceptronBlock(mixture.channels(), mixture.width(), mixture.layers(), mixture.components());
        }
        Architecture.Perceptron perceptron = (Architecture.Perceptron) architecture;
        return new PerceptronBlock(perceptron.channels(), perceptron.width(), perceptron.layers(), 0);
    }

    /**
     * Adds inputs, outputs, nodes and weights to the graph; initialisers carry the names of the block's parameters.
     *
     * @param weights gives each parameter's values, which need not be those in the block
     */
    abstract void export(OnnxGraph graph, Function<Parameter, NDArray> weights);

    /** Every spatial size must be a multiple of this. */
    abstract int sizeMultiple();

    /** How far, in elements of a spatial dimension, a change of the input can reach in the output, whatever the alignment. */
    abstract int receptiveField();

    /** Multiplications and additions per spatial element, or per sample where there are none. */
    abstract double multiplyAdds();

    /** Whether a parameter begins at zero, so that the untrained network hands x through. */
    abstract boolean beginsAtZero(Parameter parameter);

    /**
     * Fills the weights: uniform in ±1/√(inputs of one unit), biases and what {@link #beginsAtZero} zero.
     *
     * <p>The draw depends on the seed and on the order of the parameters alone.
     */
    void initialise(NDManager manager, long seed) {
        initialize(manager, DataType.FLOAT32);
        long stream = 0;
        for (Parameter parameter : getParameters().values()) {
            SplittableRandom random = Seeds.random(seed, stream++, Seeds.WEIGHTS);
            Shape shape = parameter.getShape();
            float[] values = new float[(int) shape.size()];
            if (shape.dimension() > 1 && !beginsAtZero(parameter)) {
                double bound = 1 / Math.sqrt((double) shape.size() / shape.get(0));
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
                }
            }
            parameter.getArray().set(values);
        }
    }

    /** Sets those weights that begin at something of the data; none unless a network says otherwise. */
    void beginAt(TrainingData data) {}

    /** Number of trained values. */
    long parameterCount() {
        return getParameters().values().stream()
                .mapToLong(parameter -> parameter.getShape().size())
                .sum();
    }

    protected final Parameter parameter(String name, Parameter.Type type, long... shape) {
        return addParameter(Parameter.builder()
                .setName(name)
                .setType(type)
                .optShape(new Shape(shape))
                .build());
    }

    protected static NDArray array(ParameterStore store, Parameter parameter, NDArray like, boolean training) {
        return store.getValue(parameter, like.getDevice(), training);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputShapes) {
        // Every shape is known from the constructor; there are no child blocks.
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }
}
