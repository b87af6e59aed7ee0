package dev.unfog.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam with decoupled weight decay (Kingma and Ba 2015; Loshchilov and Hutter 2019), its state open to be saved and restored.
 *
 * <p>Updates weights in place; owns its two moments per weight through the manager it is given.
 */
final class Adam {
    private static final float BETA1 = 0.9f;
    private static final float BETA2 = 0.999f;
    private static final float EPSILON = 1e-8f;

    private final List<NDArray> weights;
    private final List<NDArray> first = new ArrayList<>();
    private final List<NDArray> second = new ArrayList<>();
    private final float decay;

    Adam(NDManager manager, List<NDArray> weights, float decay) {
        this.weights = weights;
        this.decay = decay;
        for (NDArray weight : weights) {
            first.add(manager.zeros(weight.getShape()));
            second.add(manager.zeros(weight.getShape()));
        }
    }

    /** Running means of the gradients, one per weight, and of their squares: live arrays, to be saved or overwritten. */
    List<NDArray> firstMoments() {
        return first;
    }

    List<NDArray> secondMoments() {
        return second;
    }

    /**
     * Moves every weight one step against its gradient.
     *
     * @param step number of this step, from 1
     * @param scale what every gradient is multiplied by first (gradient clipping)
     */
    void step(List<NDArray> gradients, long step, double rate, double scale) {
        float correction1 = (float) (1 - Math.pow(BETA1, step));
        float correction2 = (float) (1 - Math.pow(BETA2, step));
        for (int i = 0; i < weights.size(); i++) {
            NDArray weight = weights.get(i);
            NDArray mean = first.get(i);
            NDArray square = second.get(i);
            NDArray gradient = gradients.get(i);
            gradient.muli((float) scale);
            try (NDArray change = gradient.mul(1 - BETA1);
                    NDArray squared = gradient.square();
                    NDArray squareChange = squared.mul(1 - BETA2)) {
                mean.muli(BETA1).addi(change);
                square.muli(BETA2).addi(squareChange);
            }
            try (NDArray corrected = square.div(correction2);
                    NDArray root = corrected.sqrt();
                    NDArray denominator = root.add(EPSILON);
                    NDArray direction = mean.div(denominator);
                    NDArray move = direction.mul((float) (rate / correction1))) {
                if (decay != 0) {
                    weight.muli((float) (1 - rate * decay));
                }
                weight.subi(move);
            }
        }
    }
}
