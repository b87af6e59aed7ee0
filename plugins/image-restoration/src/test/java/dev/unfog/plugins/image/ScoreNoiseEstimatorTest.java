package dev.unfog.plugins.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.score.ScoreNetwork;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScoreNoiseEstimatorTest {
    @ParameterizedTest
    @EnumSource(Color.class)
    void textureThatTheNetworkKnowsIsNotTakenForNoise(Color color) {
        double noise = 0.05;
        double texture = 0.02;
        PictureLayout layout = new PictureLayout(300, 290, color, false, Depth.FLOAT32);
        MemoryPicture picture = new MemoryPicture(layout);
        Random random = new Random(1);
        for (int i = 0; i < picture.values().length; i++) {
            picture.values()[i] = (float) (0.5 + texture * random.nextGaussian() + noise * random.nextGaussian());
        }
        double guess = Math.hypot(texture, noise);
        double variance = texture * texture * (color == Color.GREY ? 3 : 1);
        NoiseProfile found = estimate(picture, new GaussianNetwork(variance), guess);
        assertThat(found.isUniform()).isTrue();
        assertThat(found.highest()).isCloseTo((float) noise, within(0.02f * (float) noise));
    }

    @Test
    void noiseThatGrowsWithBrightnessIsFollowed() {
        DoubleUnaryOperator level = brightness -> 0.02 + 0.1 * brightness;
        NoiseProfile found = estimate(ramp(level), new ShrinkageNetwork(1e-5), 0.07);
        assertThat(found.isUniform()).isFalse();
        for (double brightness : new double[] {0.2, 0.35, 0.5, 0.65, 0.8}) {
            assertThat((double) found.at((float) brightness))
                    .as("at brightness " + brightness)
                    .isCloseTo(level.applyAsDouble(brightness), within(0.12 * level.applyAsDouble(brightness)));
        }
    }

    @Test
    void noiseThatDoesNotGrowIsTheSameEverywhere() {
        NoiseProfile found = estimate(ramp(brightness -> 0.06), new ShrinkageNetwork(1e-5), 0.055);
        assertThat(found.isUniform()).isTrue();
        assertThat(found.highest()).isCloseTo(0.06f, within(0.003f));
    }

    @Test
    void whatStandsInSomePlacesOnlyIsNotNoise() {
        MemoryPicture picture = ramp(brightness -> 0.02);
        Random random = new Random(2);
        int pixels = (int) picture.layout().pixels();
        for (int i = 0; i < picture.values().length; i++) {
            if (i % pixels / 300 < 120) {
                picture.values()[i] += 0.08f * (float) random.nextGaussian();
            }
        }
        NoiseProfile found = estimate(picture, new ShrinkageNetwork(1e-5), 0.05);
        assertThat(found.at(0.5f)).isCloseTo(0.02f, within(0.003f));
    }

    @Test
    void theNoiseOfAPictureIsAlwaysTheSame() {
        MemoryPicture picture = ramp(brightness -> 0.02 + 0.1 * brightness);
        assertThat(estimate(picture, new ShrinkageNetwork(), 0.07).toString())
                .isEqualTo(estimate(picture, new ShrinkageNetwork(), 0.07).toString());
    }

    @Test
    void aBlindRunFollowsTheNoise() {
        MemoryPicture picture = ramp(brightness -> 0.02 + 0.1 * brightness);
        TestRun run = new TestRun(() -> new ShrinkageNetwork(1e-4));
        MemoryPicture result = run.clean(picture).main();
        MemoryPicture sampled = new TestRun(() -> new ShrinkageNetwork(1e-4))
                .clean(picture, "steps=4")
                .main();
        MemoryPicture clean = ramp(brightness -> 0);
        assertThat(run.notes().get("noiseLevel").toString()).contains(" ");
        assertThat(rms(result, clean)).isLessThan(0.35 * rms(picture, clean));
        assertThat(rms(sampled, clean)).isLessThan(0.5 * rms(picture, clean));
    }

    /** Returns a picture that is dark at the left and bright at the right, with noise that depends on that. */
    private static MemoryPicture ramp(DoubleUnaryOperator level) {
        MemoryPicture picture = new MemoryPicture(new PictureLayout(300, 300, Color.RGB, false, Depth.FLOAT32));
        Random random = new Random(3);
        for (int i = 0; i < picture.values().length; i++) {
            double brightness = 0.1 + 0.8 * (i % 300) / 299.0;
            picture.values()[i] = (float) (brightness + level.applyAsDouble(brightness) * random.nextGaussian());
        }
        return picture;
    }

    private static double rms(MemoryPicture one, MemoryPicture other) {
        double sum = 0;
        for (int i = 0; i < one.values().length; i++) {
            sum += Math.pow(one.values()[i] - other.values()[i], 2);
        }
        return Math.sqrt(sum / one.values().length);
    }

    private static NoiseProfile estimate(MemoryPicture picture, ScoreNetwork network, double guess) {
        TestRun run = new TestRun();
        ParameterValues parameters = ParameterValues.parse(new PictureCleaner().parameters(), Map.of());
        return new ScoreNoiseEstimator(new PictureTask(picture, run, parameters, run, network), guess).profile();
    }
}
