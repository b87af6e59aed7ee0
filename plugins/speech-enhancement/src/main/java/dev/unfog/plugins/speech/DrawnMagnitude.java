package dev.unfog.plugins.speech;

import dev.unfog.api.sde.AncestralSampler;
import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.MemoryState;
import dev.unfog.api.sde.OneStepSampler;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.Sampler;
import dev.unfog.api.sde.SamplingRequest;
import dev.unfog.api.sde.SamplingStart;

/**
 * Refinement of the mean: its phase, and a magnitude half-way to that of one draw of what may have been said.
 *
 * <p>The mean is quieter than anything that may have been said wherever the phase is uncertain, which makes speech dull; a draw is not,
 * but its error is twice as large; points on the line from one to the other trade error for likeness (Freirich et al. 2021, "A Theory
 * of the Distortion-Perception Tradeoff in Wasserstein Space"). Here magnitudes alone go along it: of phases, that of the mean is the
 * best estimate whatever the magnitude is (Ephraim and Malah 1984, "Speech Enhancement Using a Minimum
 * Mean-Square Error Short-Time Spectral Amplitude Estimator", section IV).
 *
 * <p>The first call gives the mean from the recording. The others draw: noise is added to the mean, as the reverse process does where
 * it leaves the recording, ancestral steps lead down to the time {@link #LAST_TIME}, and the last call gives the mean given the
 * state there, since what a network still says about noise below is no detail of speech. For one thread.
 */
final class DrawnMagnitude {
    /** The name on the command line. */
    static final String NAME = "drawn-magnitude";

    /** Where a draw ends, as a share of the time of the whole process. */
    private static final double LAST_TIME = 0.1;
    /** How far to go from the magnitude of the mean to that of the draw: beyond, words get harder to tell apart. */
    private static final double SHARE = 0.5;

    private final SamplingRequest.Builder request;
    private final ForwardProcess process;
    private final int steps;

    /**
     * @param request what is to be sampled, but for start, steps and lowest level
     * @param process the forward process of the network
     * @param steps calls of the network, at least 2
     */
    DrawnMagnitude(SamplingRequest.Builder request, ForwardProcess process, int steps) {
        this.request = request;
        this.process = process;
        this.steps = steps;
    }

    /**
     * Refines.
     *
     * @param observation the recording, a compressed spectrogram
     * @return of the same shape
     */
    float[] of(MemoryState observation) {
        float[] mean = new float[observation.values().length];
        sample(new OneStepSampler(), SamplingStart.prior(observation), 1, mean);
        int calls = steps - 1;
        double end = process.endTime();
        request.optLowestNoiseLevel(process.noiseLevel(end * LAST_TIME));
        double highest = process.noiseLevel(end * (1 - (1 - LAST_TIME) / calls));
        float[] drawn = new float[mean.length];
        sample(
                new AncestralSampler(),
                SamplingStart.perturbed(new MemoryState(observation.shape(), mean), highest),
                calls,
                drawn);
        int places = mean.length / 2;
        for (int i = 0; i < places; i++) {
            float magnitude = CompressedSpectrogram.expansion(mean[i], mean[places + i]);
            if (magnitude > 0) {
                double other = CompressedSpectrogram.expansion(drawn[i], drawn[places + i]);
                float factor = (float) ((1 - SHARE) + SHARE * other / magnitude);
                mean[i] *= factor;
                mean[places + i] *= factor;
            }
        }
        return mean;
    }

    private void sample(Sampler sampler, SamplingStart start, int calls, float[] into) {
        SamplingRequest built = request.optStart(start).optSteps(calls).build();
        try (SampleState sample = sampler.sample(built)) {
            sample.read(0, into, 0, into.length);
        }
    }
}
