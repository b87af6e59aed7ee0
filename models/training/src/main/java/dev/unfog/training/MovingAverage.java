package dev.unfog.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/** The exponential moving average of weights (Polyak and Juditsky 1992 in its forgetting form), kept beside them. */
final class MovingAverage {
    private final List<NDArray> weights;
    private final List<NDArray> averages = new ArrayList<>();
    private final double decay;

    /** Begins at the weights as they are. */
    MovingAverage(NDManager manager, List<NDArray> weights, double decay) {
        this.weights = weights;
        this.decay = decay;
        for (NDArray weight : weights) {
            averages.add(manager.create(weight.toFloatArray(), weight.getShape()));
        }
    }

    /** The averages, in the order of the weights: live arrays, to be saved or overwritten. */
    List<NDArray> arrays() {
        return averages;
    }

    /** The decay at a step, from 0: it grows into place, or the average would be mostly the random beginning for long. */
    double decay(long step) {
        return Math.min(decay, (step + 1.0) / (step + 10.0));
    }

    /** average ← decay · average + (1 − decay) · weight. */
    void update(long step) {
        float kept = (float) decay(step);
        for (int i = 0; i < weights.size(); i++) {
            try (NDArray part = weights.get(i).mul(1 - kept)) {
                averages.get(i).muli(kept).addi(part);
            }
        }
    }
}
