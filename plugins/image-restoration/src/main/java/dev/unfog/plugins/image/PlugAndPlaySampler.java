package dev.unfog.plugins.image;

import dev.unfog.api.sde.DataConsistency;
import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.Sampler;
import dev.unfog.api.sde.SamplingRequest;
import dev.unfog.api.sde.SamplingStart;

/**
 * Makes a guess better and better instead of drawing a sample: at each noise level the network takes the error of the guess for
 * noise, then the measurement corrects the network.
 *
 * <p>Half-quadratic splitting with a denoiser as the prior: Zhang et al. 2021, "Plug-and-Play Image Restoration with Deep Denoiser
 * Prior" (DPIR), equations 6a and 6b. No noise is added, so that the result is nearer to the truth in the mean square than a sample, and
 * the same every time. Immutable; safe for use by many threads.
 */
record PlugAndPlaySampler() implements Sampler {
    static final String NAME = "plug-and-play";
    private static final int BLOCK = 1 << 16;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean isDeterministic() {
        return true;
    }

    @Override
    public int networkCalls(SamplingRequest request) {
        return request.noiseLevels().length;
    }

    @Override
    public SampleState sample(SamplingRequest request) {
        ForwardProcess process = request.process();
        SampleState guess = request.space().allocate(request.shape());
        SampleState denoised = null;
        try {
            denoised = request.space().allocate(request.shape());
            copy(start(request.start()), guess);
            for (double level : request.noiseLevels()) {
                request.denoiser().denoise(guess, process.marginal(process.timeOf(level)), denoised);
                DataConsistency consistency = request.consistency();
                if (consistency != null) {
                    consistency.apply(denoised, level);
                }
                SampleState better = denoised;
                denoised = guess;
                guess = better;
            }
            denoised.close();
            return guess;
        } catch (RuntimeException | Error e) {
            guess.close();
            if (denoised != null) {
                denoised.close();
            }
            throw e;
        }
    }

    /** Returns the guess that a request begins with. */
    static SampleState start(SamplingStart start) {
        if (start instanceof SamplingStart.Perturbed perturbed) {
            return perturbed.guess();
        }
        if (start instanceof SamplingStart.Noisy noisy) {
            return noisy.observation();
        }
        throw new IllegalArgumentException("a guess is made better, not noise alone");
    }

    /** Copies a state. */
    static void copy(SampleState from, SampleState to) {
        float[] block = new float[BLOCK];
        for (long offset = 0; offset < from.shape().size(); offset += BLOCK) {
            int length = (int) Math.min(BLOCK, from.shape().size() - offset);
            from.read(offset, block, 0, length);
            to.write(offset, block, 0, length);
        }
    }
}
