package dev.unfog.api.sde;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The samplers by their names on the command line, each with the settings of its paper.
 *
 * @since 0.1.0
 */
public final class Samplers {
    private static final Map<String, Sampler> BY_NAME = new LinkedHashMap<>();

    static {
        for (Sampler sampler : List.of(
                new OneStepSampler(),
                new EulerMaruyamaSampler(),
                new PredictorCorrectorSampler(1, 0.16),
                new AnnealedLangevinSampler(5, 0.2),
                ImplicitSampler.ddpm(),
                new AncestralSampler(),
                ImplicitSampler.ddim(0),
                new HeunSampler(),
                new DpmSolverSampler())) {
            BY_NAME.put(sampler.name(), sampler);
        }
    }

    private Samplers() {}

    /** {@return the names that {@link #named} knows} */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /**
     * {@return a sampler}
     *
     * @param name one of {@link #names()}
     * @throws IllegalArgumentException if there is none of that name; the message says which there are
     */
    public static Sampler named(String name) {
        Sampler sampler = BY_NAME.get(name);
        if (sampler == null) {
            throw new IllegalArgumentException(
                    "no sampler is called " + name + "; there are " + String.join(", ", names()));
        }
        return sampler;
    }
}
