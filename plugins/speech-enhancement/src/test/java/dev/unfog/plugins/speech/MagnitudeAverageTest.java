package dev.unfog.plugins.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.sde.Denoiser;
import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.ForwardProcesses;
import dev.unfog.api.sde.MemoryState;
import dev.unfog.api.sde.SamplingRequest;
import dev.unfog.api.sde.StateShape;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against clean values that are Gaussian around half of what was observed, of which everything is known in closed form. */
class MagnitudeAverageTest {
    private static final int PLACES = 4000;
    private static final ForwardProcess BRIDGE =
            ForwardProcesses.named("brownian-bridge", Map.of("g", 0.3, "t_eps", 0.01));

    private int calls;

    /** Observed: 0.6 + 0.8 i everywhere, so that the mean is 0.3 + 0.4 i, of magnitude 0.5. */
    private float[] average(ForwardProcess process, double deviation, int steps, long seed) {
        MemoryState observation = new MemoryState(new StateShape(1, 2, PLACES));
        Arrays.fill(observation.values(), 0, PLACES, 0.6f);
        Arrays.fill(observation.values(), PLACES, 2 * PLACES, 0.8f);
        Denoiser posteriorMean = (state, marginal, into) -> {
            calls++;
            double level = marginal.noiseLevel();
            double trust = level == Double.POSITIVE_INFINITY
                    ? 0
                    : deviation * deviation / (deviation * deviation + level * level);
            float[] values = new float[2 * PLACES];
            state.read(0, values, 0, values.length);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float)
                        (trust * values[i] + (1 - trust) * 0.5 * observation.values()[i]);
            }
            into.write(0, values, 0, values.length);
        };
        SamplingRequest.Builder request = SamplingRequest.builder()
                .setProcess(process)
                .setDenoiser(posteriorMean)
                .setShape(observation.shape())
                .optSeed(seed);
        return new MagnitudeAverage(request, process, steps, seed).of(observation, 3);
    }

    private static double magnitude(float[] values) {
        double sum = 0;
        for (int i = 0; i < PLACES; i++) {
            sum += Math.hypot(values[i], values[PLACES + i]);
        }
        return sum / PLACES;
    }

    @Test
    void it_is_louder_than_the_mean_but_no_louder_than_what_is_clean() {
        double deviation = 0.4;
        // E|x₀| of a Rice distribution with ν = 0.5 and σ = 0.4, by quadrature.
        assertThat(magnitude(average(BRIDGE, deviation, 30, 0))).isBetween(0.51, riceMean(0.5, deviation));
    }

    private static double riceMean(double centre, double deviation) {
        double sum = 0;
        int nodes = 400;
        for (int i = 0; i < nodes; i++) {
            for (int j = 0; j < nodes; j++) {
                double u = 12.0 * (i + 0.5) / nodes - 6;
                double v = 12.0 * (j + 0.5) / nodes - 6;
                sum += Math.exp(-(u * u + v * v) / 2) * Math.hypot(centre + deviation * u, deviation * v);
            }
        }
        return sum * 144.0 / nodes / nodes / (2 * Math.PI);
    }

    @Test
    void the_phase_is_that_of_the_mean() {
        float[] values = average(BRIDGE, 0.4, 8, 0);
        for (int i = 0; i < PLACES; i++) {
            assertThat(values[PLACES + i] / values[i]).isCloseTo(4 / 3f, within(1e-4f));
        }
    }

    @Test
    void what_is_certain_comes_out_as_it_is() {
        float[] values = average(BRIDGE, 0, 8, 0);
        assertThat(values[0]).isCloseTo(0.3f, within(1e-6f));
        assertThat(magnitude(values)).isCloseTo(0.5, within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8, 16, 30})
    void the_network_is_asked_once_a_step(int steps) {
        average(BRIDGE, 0.4, steps, 0);
        assertThat(calls).isEqualTo(steps);
    }

    @Test
    void a_seed_fixes_it_and_another_changes_it() {
        float[] values = average(BRIDGE, 0.4, 8, 5);
        assertThat(average(BRIDGE, 0.4, 8, 5)).isEqualTo(values);
        assertThat(average(BRIDGE, 0.4, 8, 6)).isNotEqualTo(values);
    }

    @Test
    void it_serves_a_process_that_ends_in_noise_around_the_recording() {
        ForwardProcess process = ForwardProcesses.named("ouve", Map.of());
        assertThat(magnitude(average(process, 0.4, 8, 0))).isBetween(0.5, 0.8);
        assertThat(calls).isEqualTo(8);
    }
}
