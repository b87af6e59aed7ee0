package dev.unfog.plugins.image;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.sde.GaussianNoise;
import dev.unfog.api.sde.Sampler;
import dev.unfog.api.sde.Samplers;
import java.util.List;
import java.util.stream.Stream;

/**
 * How pictures are drawn.
 *
 * @param steps how many noise levels are visited; 1 asks the network once
 * @param sampler how to go from one to the next
 * @param samples how many pictures are drawn
 * @param seed of all randomness
 */
record SamplingSettings(int steps, Sampler sampler, int samples, long seed) {
    private static final int DEFAULT_STEPS = 20;
    /** In fewer, a sample ends further from the truth than theory says of one that is drawn from what the truth may be. */
    private static final int CALIBRATED_STEPS = 40;

    private static final String DRAWING = "ancestral";

    /**
     * Reads the settings that a user gave.
     *
     * @param measured whether there is a measurement that the result must explain, beyond noise
     * @param enlarging whether it is a smaller picture
     * @throws UnfogException if they do not go together
     */
    static SamplingSettings of(ParameterValues parameters, boolean measured, boolean enlarging, long seed) {
        int samples = parameters.get(PictureCleaner.SAMPLES).intValue();
        int steps = parameters
                .find(PictureCleaner.STEPS)
                .map(Long::intValue)
                .orElse(measured ? DEFAULT_STEPS : samples > 1 ? CALIBRATED_STEPS : 1);
        String name = parameters
                .find(PictureCleaner.SAMPLER)
                .orElse(
                        !measured || samples > 1
                                ? DRAWING
                                : enlarging ? AntitheticSampler.NAME : PlugAndPlaySampler.NAME);
        Sampler sampler = sampler(name, seed);
        if (samples > 1 && (steps == 1 || sampler.isDeterministic())) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--" + PictureCleaner.SAMPLES.name(),
                    "all " + samples + " would be the same, since " + (steps == 1 ? "one step" : sampler.name())
                            + " draws nothing at random",
                    "give --steps 20 --sampler ancestral, or one sample");
        }
        SamplingSettings settings = new SamplingSettings(steps, sampler, samples, seed);
        if (samples > 1 && !settings.draws()) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--" + PictureCleaner.SAMPLES.name(),
                    name + " makes the best guess, and how far such guesses differ does not say how far off they are",
                    "give --sampler " + DRAWING + ", or one sample");
        }
        return settings;
    }

    private static Sampler sampler(String name, long seed) {
        return switch (name) {
            case PlugAndPlaySampler.NAME -> new PlugAndPlaySampler();
            case AntitheticSampler.NAME -> new AntitheticSampler(new GaussianNoise(seed));
            default -> Samplers.named(name);
        };
    }

    /** Returns whether pictures are drawn, rather than a guess made better. */
    boolean draws() {
        return !(sampler instanceof PlugAndPlaySampler || sampler instanceof AntitheticSampler);
    }

    /** Returns the names of all samplers. */
    static List<String> samplers() {
        return Stream.concat(Samplers.names().stream(), Stream.of(PlugAndPlaySampler.NAME, AntitheticSampler.NAME))
                .toList();
    }

    /** Returns whether the network is asked once and nothing is drawn. */
    boolean isOneStep() {
        return steps == 1 || sampler.name().equals("one-step");
    }
}
