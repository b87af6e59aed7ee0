package dev.unfog.plugins.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.sde.GaussianNoise;
import dev.unfog.api.sde.MemoryState;
import dev.unfog.api.sde.NoiseSchedule;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.SamplingRequest;
import dev.unfog.api.sde.SamplingStart;
import dev.unfog.api.sde.StateShape;
import dev.unfog.api.sde.VarianceExplodingProcess;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AntitheticSamplerTest {
    private static final StateShape SHAPE = StateShape.picture(3, 40, 50);
    private static final float GUESS = 0.4f;
    private static final float DENOISED = 0.7f;

    private final List<float[]> seen = new ArrayList<>();

    private float[] sample(SamplingStart start) {
        AntitheticSampler sampler = new AntitheticSampler(new GaussianNoise(3));
        SamplingRequest request = SamplingRequest.builder()
                .setProcess(new VarianceExplodingProcess(0.002, 1))
                .setDenoiser((state, at, denoised) -> {
                    seen.add(values(state));
                    denoised.write(0, constant(DENOISED), 0, (int) SHAPE.size());
                })
                .setShape(SHAPE)
                .optStart(start)
                .optSteps(2)
                .optSchedule(NoiseSchedule.geometric())
                .optLowestNoiseLevel(0.1)
                .build();
        try (SampleState result = sampler.sample(request)) {
            assertThat(seen).hasSize(sampler.networkCalls(request));
            return values(result);
        }
    }

    private static float[] constant(float value) {
        float[] values = new float[(int) SHAPE.size()];
        Arrays.fill(values, value);
        return values;
    }

    private static float[] values(SampleState state) {
        float[] values = new float[(int) SHAPE.size()];
        state.read(0, values, 0, values.length);
        return values;
    }

    private static double deviation(float[] values, float from) {
        double sum = 0;
        for (float value : values) {
            sum += Math.pow(value - from, 2);
        }
        return Math.sqrt(sum / values.length);
    }

    @Test
    void theNetworkSeesBothGuessesWithOppositeNoiseALittleStrongerThanItIsTold() {
        float[] result = sample(SamplingStart.perturbed(new MemoryState(SHAPE, constant(GUESS)), 0.2));
        float[] guesses = {GUESS, GUESS, DENOISED, DENOISED};
        double[] levels = {0.2, 0.2, 0.1, 0.1};
        for (int call = 0; call < 4; call++) {
            assertThat(deviation(seen.get(call), guesses[call])).isCloseTo(1.05 * levels[call], within(0.01));
        }
        for (int i = 0; i < SHAPE.size(); i++) {
            assertThat(seen.get(0)[i] + seen.get(1)[i]).isCloseTo(2 * GUESS, within(1e-6f));
            assertThat(seen.get(2)[i] + seen.get(3)[i]).isCloseTo(2 * DENOISED, within(1e-6f));
        }
        assertThat(result).containsOnly(DENOISED);
    }

    @Test
    void anObservationThatIsNoisyGetsNoMoreNoiseAtTheFirstLevel() {
        sample(SamplingStart.noisy(new MemoryState(SHAPE, constant(GUESS)), 0.2));
        assertThat(seen.get(0)).containsOnly(GUESS);
        assertThat(seen.get(1)).containsOnly(GUESS);
        assertThat(deviation(seen.get(2), DENOISED)).isCloseTo(1.05 * 0.1, within(0.01));
    }
}
