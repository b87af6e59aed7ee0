package dev.unfog.plugins.speech;

import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.GaussianNoise;
import dev.unfog.api.sde.ImplicitSampler;
import dev.unfog.api.sde.MemoryState;
import dev.unfog.api.sde.OneStepSampler;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.Sampler;
import dev.unfog.api.sde.SamplingRequest;
import dev.unfog.api.sde.SamplingStart;

/**
 * The mean magnitude of two draws with opposite noise, with the phase of the mean: more of the detail of speech than the mean has, at
 * hardly more error.
 *
 * <p>The mean of all that may have been said is quieter than any of it wherever its phase is uncertain: what is certain of a
 * consonant is how loud it is. Ephraim and Malah 1984, "Speech Enhancement Using a Minimum Mean-Square Error Short-Time Spectral
 * Amplitude Estimator", estimate the magnitude E|x₀| apart from the phase, for which that of E x₀ is best; their speech is Gaussian, and
 * the expectation has a closed form. Here it is a Monte-Carlo mean over draws from the network: the first call gives E x₀ from the
 * recording; each draw adds noise to that, as the reverse process does where it leaves the recording, and goes down to the time
 * {@link #LAST_TIME} by deterministic steps, ending with the mean given the state there, so that what is uncertain below does not
 * become noise. What is left of the noise that one draw began with is almost the opposite of what is left in the other (antithetic variates:
 * Hammersley and Morton 1956, "A New Monte Carlo Technique"). More draws would be as dull as the mean, since their detail averages out.
 * For one thread.
 */
final class MagnitudeAverage {
    /** The name on the command line. */
    static final String NAME = "magnitude-average";

    private static final int DRAWS = 2;
    /** Where a draw begins and ends, as shares of the time of the whole process. */
    private static final double FIRST_TIME = 0.9;

    private static final double LAST_TIME = 0.3;

    private static final float[] SIGNS = {1, -1};

    private final SamplingRequest.Builder request;
    private final ForwardProcess process;
    private final int steps;
    private final GaussianNoise noise;

    /**
     * @param request what is to be sampled, but for start, steps and lowest level
     * @param process the forward process of the network
     * @param steps calls of the network, at least 2
     * @param seed of the noise
     */
    MagnitudeAverage(SamplingRequest.Builder request, ForwardProcess process, int steps, long seed) {
        this.request = request;
        this.process = process;
        this.steps = steps;
        this.noise = new GaussianNoise(seed);
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
        request.optStart(SamplingStart.prior(observation)).optSteps(1);
        sample(new OneStepSampler(), mean);
        double first = process.noiseLevel(process.endTime() * FIRST_TIME);
        request.optLowestNoiseLevel(process.noiseLevel(process.endTime() * LAST_TIME));
        int draws = Math.min(DRAWS, steps - 1);
        int left = steps - 1;
        double[] magnitudes = new double[places];
        float[] drawn = new float[length];
        for (int draw = 0; draw < draws; draw++) {
            int calls = left / (draws - draw);
            left -= calls;
            MemoryState noisy = new MemoryState(observation.shape());
            noise(piece, noisy);
            for (int i = 0; i < length; i++) {
                noisy.values()[i] = mean[i] + SIGNS[draw] * (float) first * noisy.values()[i];
            }
            request.optStart(SamplingStart.noisy(noisy, first)).optSteps(calls);
            sample(ImplicitSampler.ddim(0), drawn);
            for (int i = 0; i < places; i++) {
                magnitudes[i] += CompressedSpectrogram.expansion(drawn[i], drawn[places + i]) / draws;
            }
        }
        for (int i = 0; i < places; i++) {
            float magnitude = CompressedSpectrogram.expansion(mean[i], mean[places + i]);
            float factor = magnitude > 0 ? (float) (magnitudes[i] / magnitude) : 0;
            mean[i] *= factor;
            mean[places + i] *= factor;
        }
        return mean;
    }

    private void noise(long piece, MemoryState into) {
        int positions = Math.toIntExact(into.shape().positions());
        for (int channel = 0; channel < into.shape().channels(); channel++) {
            noise.fill(piece, 0, 0, channel, 0, into.values(), channel * positions, positions);
        }
    }

    private void sample(Sampler sampler, float[] into) {
        try (SampleState sample = sampler.sample(request.build())) {
            sample.read(0, into, 0, into.length);
        }
    }
}
