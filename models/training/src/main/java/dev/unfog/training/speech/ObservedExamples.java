package dev.unfog.training.speech;

import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.Marginal;
import dev.unfog.api.train.TrainingData;
import dev.unfog.training.ExampleSource;
import dev.unfog.training.Seeds;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/**
 * Denoising score matching with an observation: x_t = a x₀ + b y + s z, answer x₀.
 *
 * <p>A share of the examples has the state from which sampling begins, x_T, because one call from there is the usual way to
 * clean. The weight is (1 + σ_p² a²/s²), the inverse of the posterior variance in units of its largest, up to a limit, so that
 * late and early times count alike; over the mean power of y, so that loud and quiet recordings do; and a quarter of it grows
 * with the power of y at a place, where an error costs most distortion. Whatever a weight is a function of y and t alone, the best
 * answer remains the posterior mean.
 */
final class ObservedExamples implements ExampleSource {
    private static final double GREATEST_WEIGHT = 4;
    /** How much more than the mean the loudest places count. */
    private static final float GREATEST_LOUDNESS = 10;

    private final TrainingData pairs;
    private final ForwardProcess process;
    private final double spread;
    private final double beginning;
    private final long seed;

    /**
     * @param pairs draws clean and observed samples, joined along the channels
     * @param spread σ_p, the standard deviation of what is clean around what the network can know
     * @param beginning the share of the examples at time T
     */
    ObservedExamples(TrainingData pairs, ForwardProcess process, double spread, double beginning, long seed) {
        this.pairs = pairs;
        this.process = process;
        this.spread = spread;
        this.beginning = beginning;
        this.seed = seed;
    }

    @Override
    public int[][] inputShapes() {
        return new int[][] {targetShape(), targetShape(), {}};
    }

    @Override
    public int[] targetShape() {
        int[] shape = pairs.sampleShape();
        return new int[] {shape[0] / 2, shape[1], shape[2]};
    }

    @Override
    public void draw(long index, FloatBuffer[] inputs, FloatBuffer target, FloatBuffer weight) {
        int[] shape = targetShape();
        int length = shape[0] * shape[1] * shape[2];
        float[] pair = new float[2 * length];
        pairs.draw(index, FloatBuffer.wrap(pair));
        SplittableRandom random = Seeds.random(seed, index, Seeds.NOISE);
        double time = random.nextDouble() < beginning
                ? process.endTime()
                : random.nextDouble(process.startTime(), process.endTime());
        Marginal marginal = process.marginal(time);
        float clean = (float) marginal.meanScale();
        float observed = (float) marginal.observationScale();
        float deviation = (float) marginal.standardDeviation();
        double power = 0;
        float[] state = new float[length];
        for (int i = 0; i < length; i++) {
            float y = pair[length + i];
            power += (double) y * y;
            state[i] = clean * pair[i] + observed * y;
            if (deviation > 0) {
                state[i] += deviation * (float) random.nextGaussian();
            }
        }
        inputs[0].put(state);
        inputs[1].put(pair, length, length);
        inputs[2].put((float) time);
        target.put(pair, 0, length);
        double level = marginal.noiseLevel();
        double certainty = Math.min(GREATEST_WEIGHT, 1 + spread * spread / (level * level));
        double mean = power / length + 1e-6;
        float each = (float) (certainty * 0.1 / (power / length + 0.01));
        int half = length / 2;
        for (int i = 0; i < length; i++) {
            // Real and imaginary part of a place have one weight, as they have one magnitude.
            float real = pair[length + i % half];
            float imaginary = pair[length + half + i % half];
            float loudness = (float) ((real * real + imaginary * imaginary) / (2 * mean));
            weight.put(each * (0.75f + 0.25f * Math.min(GREATEST_LOUDNESS, loudness)));
        }
    }
}
