package dev.unfog.plugins.image;

import dev.unfog.api.sde.DataConsistency;
import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.GaussianNoise;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.Sampler;
import dev.unfog.api.sde.SamplingRequest;
import dev.unfog.api.sde.SamplingStart;
import dev.unfog.api.sde.StateShape;

/**
 * Makes two guesses better and better with opposite noise, and returns their mean.
 *
 * <p>At each noise level, noise of that level is added to the guess and the network takes it away, then the measurement corrects
 * the network. What is wrong with a guess is not white; the noise that is added is, and hides it, so that the network sees what it
 * was trained on (Renaud et al. 2024, "Plug-and-Play image restoration with Stochastic deNOising REgularization"). What the noise
 * leaves behind has almost the opposite sign where the noise had (antithetic variates: Hammersley and Morton 1956, "A New Monte
 * Carlo Technique"), so that the mean of the two is nearer to the truth than that of four guesses with noise of their own.
 *
 * <p>The network is called twice a level. An observation that is noisy already gets no more noise at the first. Immutable; safe for use
 * by many threads.
 *
 * @param noise what is added
 */
record AntitheticSampler(GaussianNoise noise) implements Sampler {
    static final String NAME = "antithetic";
    /**
     * How much more noise is added than the network is told: a little is left over, which the mean takes away, and less detail
     * is lost. Found on pictures held out of training.
     */
    private static final double EXCESS = 1.05;

    private static final int BLOCK = 1 << 16;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean isDeterministic() {
        return false;
    }

    @Override
    public int networkCalls(SamplingRequest request) {
        return 2 * request.noiseLevels().length;
    }

    @Override
    public SampleState sample(SamplingRequest request) {
        try (SampleState noisy = request.space().allocate(request.shape());
                SampleState opposite = request.space().allocate(request.shape())) {
            SampleState guess = request.space().allocate(request.shape());
            try {
                SampleState start = PlugAndPlaySampler.start(request.start());
                PlugAndPlaySampler.copy(start, guess);
                PlugAndPlaySampler.copy(start, opposite);
                double[] levels = request.noiseLevels();
                for (int step = 0; step < levels.length; step++) {
                    boolean isNoisy = step == 0 && request.start() instanceof SamplingStart.Noisy;
                    double scale = isNoisy ? 0 : EXCESS * levels[step];
                    improve(request, guess, levels[step], scale, step, noisy);
                    improve(request, opposite, levels[step], -scale, step, noisy);
                }
                average(guess, opposite);
                return guess;
            } catch (RuntimeException | Error e) {
                guess.close();
                throw e;
            }
        }
    }

    private void improve(
            SamplingRequest request, SampleState guess, double level, double scale, int step, SampleState noisy) {
        ForwardProcess process = request.process();
        add(guess, scale, step, noisy);
        request.denoiser().denoise(noisy, process.marginal(process.timeOf(level)), guess);
        DataConsistency consistency = request.consistency();
        if (consistency != null) {
            consistency.apply(guess, level);
        }
    }

    /** Sets the target to source + scale · noise of the step. */
    private void add(SampleState source, double scale, int step, SampleState target) {
        StateShape shape = source.shape();
        float[] values = new float[(int) Math.min(BLOCK, shape.positions())];
        float[] drawn = new float[scale == 0 ? 0 : values.length];
        for (int channel = 0; channel < shape.channels(); channel++) {
            for (long position = 0; position < shape.positions(); position += values.length) {
                long offset = channel * shape.positions() + position;
                int length = (int) Math.min(values.length, shape.positions() - position);
                source.read(offset, values, 0, length);
                if (scale != 0) {
                    noise.fill(0, step, 0, channel, position, drawn, 0, length);
                    for (int i = 0; i < length; i++) {
                        values[i] += (float) (scale * drawn[i]);
                    }
                }
                target.write(offset, values, 0, length);
            }
        }
    }

    /** Sets a state to the mean of itself and another. */
    private static void average(SampleState one, SampleState other) {
        long size = one.shape().size();
        float[] values = new float[(int) Math.min(BLOCK, size)];
        float[] others = new float[values.length];
        for (long offset = 0; offset < size; offset += values.length) {
            int length = (int) Math.min(values.length, size - offset);
            one.read(offset, values, 0, length);
            other.read(offset, others, 0, length);
            for (int i = 0; i < length; i++) {
                values[i] = (values[i] + others[i]) / 2;
            }
            one.write(offset, values, 0, length);
        }
    }
}
