package dev.unfog.plugins.image;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.sde.Sampler;
import dev.unfog.api.sde.Samplers;
import java.util.Set;

/**
 * How pictures are drawn.
 *
 * @param steps how many noise levels are visited; 1 asks the network once
 * @param sampler how to go from one to the next
 * @param samples how many pictures are drawn
 * @param seed of all randomness
 */
record SamplingSettings(int steps, Sampler sampler, int samples, long seed) {
    private static final Set<String> DETERMINISTIC = Set.of("one-step", "ddim", "heun", "dpm-solver");

    /**
     * Reads the settings that a user gave.
     *
     * @throws UnfogException if they do not go together
     */
    static SamplingSettings of(ParameterValues parameters, long seed) {
        int steps = parameters.get(PictureCleaner.STEPS).intValue();
        int samples = parameters.get(PictureCleaner.SAMPLES).intValue();
        Sampler sampler = Samplers.named(parameters.get(PictureCleaner.SAMPLER));
        if (samples > 1 && (steps == 1 || DETERMINISTIC.contains(sampler.name()))) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--" + PictureCleaner.SAMPLES.name(),
                    "all " + samples + " would be the same, since " + (steps == 1 ? "one step" : sampler.name())
                            + " draws nothing at random",
                    "give --steps 20 --sampler ancestral, or one sample");
        }
        return new SamplingSettings(steps, sampler, samples, seed);
    }

    /** Returns whether the network is asked once and nothing is drawn. */
    boolean isOneStep() {
        return steps == 1 || sampler.name().equals("one-step");
    }
}
