package dev.unfog.training;

import dev.unfog.api.train.NoiseLevels;
import dev.unfog.api.train.TrainingData;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Denoising score matching: x = x₀ + σ z with a level σ per spatial element, answer x₀, weight 1 / (σ² + σ₀²).
 *
 * <p>Whatever the weights, the best answer is the posterior mean, and by Tweedie's formula (D − x) / σ² is then the score of
 * the data blurred by σ (Vincent 2011, "A connection between score matching and denoising autoencoders").
 */
final class DenoisingExamples implements ExampleSource {
    /** By what factor a varying level differs at most between opposite edges. */
    private static final double STEEPEST = 4;

    private final TrainingData data;
    private final NoiseLevels levels;
    private final long seed;

    DenoisingExamples(TrainingData data, NoiseLevels levels, long seed) {
        this.data = data;
        this.levels = levels;
        this.seed = seed;
    }

    @Override
    public int[][] inputShapes() {
        int[] shape = data.sampleShape();
        int[] map = shape.clone();
        map[0] = 1;
        return new int[][] {shape, map};
    }

    @Override
    public int[] targetShape() {
        return data.sampleShape();
    }

    @Override
    public void draw(long index, FloatBuffer[] inputs, FloatBuffer target, FloatBuffer weight) {
        int[] shape = data.sampleShape();
        int channels = shape[0];
        SplittableRandom random = Seeds.random(seed, index, Seeds.NOISE);
        float[] deviation = deviations(shape, random);
        int start = target.position();
        data.draw(index, target);
        inputs[1].put(deviation);
        float squaredFloor = (float) (levels.floor() * levels.floor());
        for (int channel = 0; channel < channels; channel++) {
            for (int element = 0; element < deviation.length; element++) {
                float sigma = deviation[element];
                float clean = target.get(start + channel * deviation.length + element);
                inputs[0].put(clean + sigma * (float) random.nextGaussian());
                weight.put(1f / (sigma * sigma + squaredFloor));
            }
        }
    }

    /** One level for every spatial element of a sample. */
    private float[] deviations(int[] shape, SplittableRandom random) {
        boolean isFocused = random.nextDouble() < levels.focusShare();
        double low = isFocused ? levels.focusMinimum() : levels.minimum();
        double high = isFocused ? levels.focusMaximum() : levels.maximum();
        double level = low * Math.pow(high / low, random.nextDouble());
        int area = 1;
        for (int dimension = 1; dimension < shape.length; dimension++) {
            area *= shape[dimension];
        }
        float[] deviation = new float[area];
        Arrays.fill(deviation, (float) level);
        if (random.nextDouble() < levels.varyingShare() && shape.length == 3) {
            // A ramp of the logarithm in a random direction.
            double angle = 2 * Math.PI * random.nextDouble();
            double steepness = Math.log(STEEPEST) * random.nextDouble();
            double rise = steepness * Math.sin(angle) / shape[1];
            double run = steepness * Math.cos(angle) / shape[2];
            for (int y = 0, element = 0; y < shape[1]; y++) {
                for (int x = 0; x < shape[2]; x++, element++) {
                    double exponent = rise * (y - shape[1] / 2.0) + run * (x - shape[2] / 2.0);
                    deviation[element] = (float) Math.min(levels.maximum(), level * Math.exp(exponent));
                }
            }
        }
        return deviation;
    }
}
