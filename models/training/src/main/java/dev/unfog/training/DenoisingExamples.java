package dev.unfog.training;

import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/**
 * Denoising score matching for pictures: x = x₀ + σ z with a level σ per pixel, answer x₀, weight 1 / (σ² + σ₀²).
 *
 * <p>The floor σ₀ keeps the least noisy samples from ruling the loss, whose error does not fall as fast as σ² there. By
 * Tweedie's formula (D − x) / σ² of the network trained so is the score of the data blurred by σ (Vincent 2011).
 */
final class DenoisingExamples implements ExampleSource {
    private final TrainingData data;
    private final NoiseLevels levels;
    private final double floor;
    private final long seed;

    DenoisingExamples(TrainingData data, NoiseLevels levels, double floor, long seed) {
        this.data = data;
        this.levels = levels;
        this.floor = floor;
        this.seed = seed;
    }

    @Override
    public int[][] inputShapes() {
        int[] shape = data.sampleShape();
        return new int[][] {shape, {1, shape[1], shape[2]}};
    }

    @Override
    public int[] targetShape() {
        return data.sampleShape();
    }

    @Override
    public void draw(long index, FloatBuffer[] inputs, FloatBuffer target, FloatBuffer weight) {
        int[] shape = data.sampleShape();
        int height = shape[1];
        int width = shape[2];
        int area = height * width;
        SplittableRandom random = Seeds.random(seed, index, 1);
        double level = levels.draw(random);
        double rise = 0;
        double run = 0;
        if (random.nextDouble() < levels.varying()) {
            // A ramp of the logarithm in a random direction, at most a factor of 4 from edge to edge.
            double angle = 2 * Math.PI * random.nextDouble();
            double steepness = Math.log(4) * random.nextDouble();
            rise = steepness * Math.sin(angle) / height;
            run = steepness * Math.cos(angle) / width;
        }
        int start = target.position();
        data.draw(index, target);
        FloatBuffer noisy = inputs[0];
        FloatBuffer map = inputs[1];
        float[] deviation = new float[area];
        for (int y = 0, pixel = 0; y < height; y++) {
            for (int x = 0; x < width; x++, pixel++) {
                double exponent = rise * (y - height / 2.0) + run * (x - width / 2.0);
                deviation[pixel] = (float) (exponent == 0 ? level : Math.min(levels.max(), level * Math.exp(exponent)));
            }
        }
        map.put(deviation);
        float squaredFloor = (float) (floor * floor);
        for (int channel = 0; channel < shape[0]; channel++) {
            for (int pixel = 0; pixel < area; pixel++) {
                float sigma = deviation[pixel];
                noisy.put(target.get(start + channel * area + pixel) + sigma * (float) random.nextGaussian());
                weight.put(1f / (sigma * sigma + squaredFloor));
            }
        }
    }
}
