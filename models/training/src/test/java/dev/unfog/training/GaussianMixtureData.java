package dev.unfog.training;

import dev.unfog.api.train.TrainingData;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/** Points of a mixture of three Gaussians in the plane, whose posterior mean is known in closed form. */
final class GaussianMixtureData implements TrainingData {
    private static final double[][] MEANS = {{-1.2, 0}, {0.8, 1}, {0.8, -1}};
    private static final double[] WEIGHTS = {0.5, 0.25, 0.25};
    private static final double DEVIATION = 0.25;

    @Override
    public int[] sampleShape() {
        return new int[] {2};
    }

    @Override
    public void draw(long index, FloatBuffer sample) {
        SplittableRandom random = new SplittableRandom(index * 0x9E3779B97F4A7C15L);
        double choice = random.nextDouble();
        int mode = choice < WEIGHTS[0] ? 0 : choice < WEIGHTS[0] + WEIGHTS[1] ? 1 : 2;
        sample.put((float) (MEANS[mode][0] + DEVIATION * random.nextGaussian()));
        sample.put((float) (MEANS[mode][1] + DEVIATION * random.nextGaussian()));
    }

    /** E[x₀ | x₀ + σ z = x], from which the score is (E − x) / σ². */
    double[] posteriorMean(double[] x, double sigma) {
        double variance = DEVIATION * DEVIATION + sigma * sigma;
        double total = 0;
        double[] mean = new double[2];
        for (int mode = 0; mode < MEANS.length; mode++) {
            double dx = x[0] - MEANS[mode][0];
            double dy = x[1] - MEANS[mode][1];
            double likelihood = WEIGHTS[mode] * Math.exp(-(dx * dx + dy * dy) / (2 * variance));
            double shrink = DEVIATION * DEVIATION / variance;
            total += likelihood;
            mean[0] += likelihood * (MEANS[mode][0] + shrink * dx);
            mean[1] += likelihood * (MEANS[mode][1] + shrink * dy);
        }
        mean[0] /= total;
        mean[1] /= total;
        return mean;
    }
}
