package dev.unfog.plugins.speech;

import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.sde.OneStepSampler;
import dev.unfog.api.sde.Sampler;
import dev.unfog.api.sde.Samplers;
import org.jspecify.annotations.Nullable;

/**
 * How a recording is cleaned.
 *
 * @param steps how often the network is asked; 1 for the mean of what was said
 * @param sampler how to go from one noise level to the next, or null for the average of several draws, see {@link MagnitudeAverage}
 * @param residual how much of what the network takes away is left, as a factor, 0 to 1
 * @param separateChannels whether each channel is judged alone
 * @param keepMusic whether held tones are left as they are
 * @param seed of all randomness
 */
record SpeechSettings(
        int steps, @Nullable Sampler sampler, double residual, boolean separateChannels, boolean keepMusic, long seed) {
    /** Reads the settings that a user gave. */
    static SpeechSettings of(ParameterValues parameters, long seed) {
        int steps = parameters.get(SpeechCleaner.STEPS).intValue();
        String name = parameters.get(SpeechCleaner.SAMPLER);
        Sampler sampler =
                steps == 1 ? new OneStepSampler() : name.equals(MagnitudeAverage.NAME) ? null : Samplers.named(name);
        return of(steps, sampler, parameters, seed);
    }

    /** Reads the settings that a user gave for a stream: one step, which alone is fast enough. */
    static SpeechSettings live(ParameterValues parameters, long seed) {
        return of(1, new OneStepSampler(), parameters, seed);
    }

    private static SpeechSettings of(int steps, @Nullable Sampler sampler, ParameterValues parameters, long seed) {
        double floor = parameters
                .find(SpeechCleaner.KEEP_NOISE)
                .map(decibels -> Math.pow(10, decibels / 20))
                .orElse(0.0);
        double residual = Math.max(floor, 1 - parameters.get(SpeechCleaner.STRENGTH));
        return new SpeechSettings(
                steps,
                sampler,
                residual,
                parameters.get(SpeechCleaner.SEPARATE_CHANNELS),
                parameters.get(SpeechCleaner.MUSIC).equals(SpeechCleaner.KEEP),
                seed);
    }

    /** Returns whether the answer for a place depends on its surroundings alone, so that no pieces need to be cross-faded. */
    boolean isOneStep() {
        return sampler instanceof OneStepSampler;
    }
}
