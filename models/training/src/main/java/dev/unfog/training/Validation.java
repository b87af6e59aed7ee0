package dev.unfog.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import dev.unfog.api.train.TrainingData;
import dev.unfog.api.train.TrainingPlan;
import dev.unfog.api.train.TrainingResult;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Denoises the same few held-out samples with the same noise each time, so that one run's figures can be compared. */
final class Validation {
    private static final int SAMPLES = 12;

    private final TrainingPlan plan;

    Validation(TrainingPlan plan) {
        this.plan = plan;
    }

    /** Measures at each level of the plan; nothing where nothing is held out. */
    List<TrainingResult.Validation> measure(NDManager manager, Block block, ParameterStore weights) {
        List<TrainingResult.Validation> results = new ArrayList<>();
        TrainingData data = plan.data().heldOut().orElse(null);
        if (data != null) {
            for (double level : plan.validationLevels()) {
                results.add(new TrainingResult.Validation(level, psnr(manager, block, weights, data, (float) level)));
            }
        }
        return results;
    }

    private double psnr(NDManager manager, Block block, ParameterStore weights, TrainingData data, float sigma) {
        int[] sizes = data.sampleShape();
        long[] shape = new long[sizes.length + 1];
        shape[0] = 1;
        int length = 1;
        for (int i = 0; i < sizes.length; i++) {
            shape[i + 1] = sizes[i];
            length *= sizes[i];
        }
        long[] mapShape = shape.clone();
        mapShape[1] = 1;
        double minimum = plan.rangeMinimum();
        double maximum = plan.rangeMaximum();
        double sum = 0;
        for (int number = 0; number < SAMPLES; number++) {
            float[] clean = new float[length];
            data.draw(number, FloatBuffer.wrap(clean));
            SplittableRandom random = Seeds.random(0, number, Seeds.VALIDATION);
            float[] noisy = new float[length];
            for (int i = 0; i < length; i++) {
                noisy[i] = clean[i] + sigma * (float) random.nextGaussian();
            }
            float[] denoised;
            try (NDManager temporary = manager.newSubManager()) {
                NDArray x = temporary.create(noisy, new Shape(shape));
                NDArray map = temporary.full(new Shape(mapShape), sigma);
                denoised = block.forward(weights, new NDList(x, map), false)
                        .singletonOrThrow()
                        .toFloatArray();
            }
            double error = 0;
            for (int i = 0; i < length; i++) {
                double difference = Math.max(minimum, Math.min(maximum, denoised[i])) - clean[i];
                error += difference * difference;
            }
            double peak = maximum - minimum;
            sum += 10 * Math.log10(peak * peak / Math.max(error / length, 1e-12));
        }
        return sum / SAMPLES;
    }
}
