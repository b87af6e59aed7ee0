package dev.unfog.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves matrices along their momentum made orthogonal, so that every direction in which a layer can change is followed alike
 * (Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks").
 *
 * <p>A convolution counts as the matrix [out, in · k · k]. The move has the root mean square 0.2 · rate whatever the shape, about
 * that of Adam (Liu et al. 2025, "Muon is Scalable for LLM Training", equation 4). Updates weights in place; owns one momentum
 * per weight through the manager it is given.
 */
final class Muon {
    private static final float MOMENTUM = 0.95f;
    /** Decoupled weight decay: the moves do not shrink as weights grow, so that something has to hold these. */
    private static final double DECAY = 0.1;

    private static final int ITERATIONS = 5;
    private static final int SMALLEST_SIDE = 9;

    private final List<NDArray> weights;
    private final List<NDArray> momenta = new ArrayList<>();

    Muon(NDManager manager, List<NDArray> weights) {
        this.weights = weights;
        for (NDArray weight : weights) {
            momenta.add(manager.zeros(weight.getShape()));
        }
    }

    /** Whether a weight is a matrix large enough for its directions to matter. */
    static boolean suits(Shape shape) {
        return shape.dimension() > 1 && Math.min(rows(shape), columns(shape)) >= SMALLEST_SIDE;
    }

    private static long rows(Shape shape) {
        return shape.get(0);
    }

    private static long columns(Shape shape) {
        return shape.size() / shape.get(0);
    }

    /** Running sums of the gradients, one per weight: live arrays, to be saved or overwritten. */
    List<NDArray> momenta() {
        return momenta;
    }

    /**
     * Moves every weight one step.
     *
     * @param scale what every gradient is multiplied by first (gradient clipping)
     */
    void step(List<NDArray> gradients, double rate, double scale) {
        for (int i = 0; i < weights.size(); i++) {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                NDArray weight = weights.get(i);
                Shape shape = weight.getShape();
                NDArray gradient = gradients.get(i).muli((float) scale);
                NDArray momentum = momenta.get(i).muli(MOMENTUM).addi(gradient);
                // Nesterov's: the gradient once more on top.
                NDArray direction = gradient.add(momentum.mul(MOMENTUM)).reshape(rows(shape), columns(shape));
                double size = 0.2 * Math.sqrt(Math.max(rows(shape), columns(shape)));
                weight.muli((float) (1 - rate * DECAY))
                        .subi(orthogonal(direction).mul((float) (rate * size)).reshape(shape));
            }
        }
    }

    /**
     * A matrix with the singular vectors of the one given and singular values of about one, by five steps of a Newton–Schulz
     * iteration whose coefficients are those of the publication.
     */
    static NDArray orthogonal(NDArray matrix) {
        boolean isTall = matrix.getShape().get(0) > matrix.getShape().get(1);
        NDArray x = isTall ? matrix.transpose() : matrix;
        double norm = Math.sqrt(x.square().sum().getFloat());
        x = x.div((float) (norm + 1e-7));
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            NDArray square = x.matMul(x.transpose());
            NDArray factor = square.mul(-4.7750f).add(square.matMul(square).mul(2.0315f));
            x = x.mul(3.4445f).add(factor.matMul(x));
        }
        return isTall ? x.transpose() : x;
    }
}
