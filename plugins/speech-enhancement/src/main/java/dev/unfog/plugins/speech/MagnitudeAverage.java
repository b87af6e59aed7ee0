package dev.unfog.plugins.speech;

import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.ImplicitSampler;
import dev.unfog.api.sde.MemoryState;
import dev.unfog.api.sde.OneStepSampler;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.Sampler;
import dev.unfog.api.sde.SamplingRequest;
import dev.unfog.api.sde.SamplingStart;

/**
 * The mean magnitude of several draws, with the phase of the mean: more of the detail of speech than the mean has, at hardly more
 * error.
 *
 * <p>The mean of all that may have been said is quieter than any of it wherever its phase is uncertain: what is certain of a
 * consonant is how loud it is. Ephraim and Malah 1984, "Speech Enhancement Using a Minimum Mean-Square Error Short-Time Spectral
 * Amplitude Estimator", estimate the magnitude E|x₀| apart from the phase, for which that of E x₀ is best; their speech is Gaussian, and
 * the expectation has a closed form. Here it is a Monte-Carlo mean over draws from the network: the first call gives E x₀ from the
 * recording; each draw adds noise to that, as the reverse process does where it leaves the recording, goes down to the time
 * {@link #LAST_TIME} by ancestral steps, and ends with the mean given the state there, so that what is uncertain below does not
 * become noise. For one thread.
 */
final class MagnitudeAverage {
    /** The name on the command line. */
    static final String NAME = "magnitude-average";

    /** How many draws share the calls: the mean magnitude of more is as dull as the mean, since their detail averages out. */
    private static final int DRAWS = 2;
    /** Where a draw ends, as a share of the time of the whole process. */
    private static final double LAST_TIME = 0.5;
    /** How far to go from the magnitude of the mean to the mean magnitude: beyond, pauses fill up and words are harder to tell apart. */
    private static final double SHARE = 0.8;

    private final SamplingRequest.Builder request;
    private final ForwardProcess process;
    private final int steps;

    /**
     * @param request what is to be sampled, but for start, steps, lowest level and index
     * @param process the forward process of the network
     * @param steps calls of the network, at least 2
     */
    MagnitudeAverage(SamplingRequest.Builder request, ForwardProcess process, int steps) {
        this.request = request;
        this.process = process;
        this.steps = steps;
    }

    /**
     * Averages.
     *
     * @param observation the recording, a compressed spectrogram
     * @param piece the number of this piece of the recording, by which its noise is drawn
     * @return of the same shape
     */
    float[] of(MemoryState observation, long piece) {
        int length = observation.values().length;
        int places = length / 2;
        float[] mean = new float[length];
        request.optStart(SamplingStart.prior(observation)).optSteps(1).optSampleIndices(piece * DRAWS);
        sample(new OneStepSampler(), mean);
        int draws = Math.min(DRAWS, steps - 1);
        int left = steps - 1;
        double[] magnitudes = new double[places];
        float[] drawn = new float[length];
        MemoryState guess = new MemoryState(observation.shape(), mean);
        for (int draw = 0; draw < draws; draw++) {
            int calls = left / (draws - draw);
            left -= calls;
            double end = process.endTime();
            request.optStart(SamplingStart.perturbed(guess, process.noiseLevel(end * (1 - (1 - LAST_TIME) / calls))))
                    .optLowestNoiseLevel(process.noiseLevel(end * LAST_TIME))
                    .optSteps(calls)
                    .optSampleIndices(piece * DRAWS + draw);
            sample(ImplicitSampler.ddpm(), drawn);
            for (int i = 0; i < places; i++) {
                magnitudes[i] += CompressedSpectrogram.expansion(drawn[i], drawn[places + i]) / draws;
            }
        }
        for (int i = 0; i < places; i++) {
            float magnitude = CompressedSpectrogram.expansion(mean[i], mean[places + i]);
            double wanted = magnitude + SHARE * (magnitudes[i] - magnitude);
            float factor = magnitude > 0 ? (float) (wanted / magnitude) : 0;
            mean[i] *= factor;
            mean[places + i] *= factor;
        }
        return mean;
    }

    private void sample(Sampler sampler, float[] into) {
        try (SampleState sample = sampler.sample(request.build())) {
            sample.read(0, into, 0, into.length);
        }
    }
}
