package dev.unfog.plugins.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.StateShape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingTest {
    private static final PictureLayout RGB = new PictureLayout(100, 87, Color.RGB, true, Depth.FLOAT32);

    @ParameterizedTest
    @ValueSource(strings = {"ancestral", "heun", "dpm-solver", "euler-maruyama", "ddim"})
    void tilesDoNotChangeASample(String sampler) {
        MemoryPicture picture = MemoryPicture.noisy(RGB, 0.1, 1);
        String[] common = {"sigma=25", "steps=4", "sampler=" + sampler, "halo=64"};
        float[] whole = new TestRun().clean(picture, common).main().values();
        TestRun tiled = new TestRun().clean(picture, with(common, "tile=64"));
        assertThat(tiled.main().values()).isEqualTo(whole);
        assertThat(tiled.reported()).isSorted().last().isEqualTo(1.0);
    }

    @Test
    void theSeedDecidesTheSample() {
        MemoryPicture picture = MemoryPicture.noisy(RGB, 0.1, 1);
        float[] first = sample(picture, 1);
        assertThat(sample(picture, 1)).isEqualTo(first);
        assertThat(sample(picture, 2)).isNotEqualTo(first);
    }

    private static float[] sample(MemoryPicture picture, long seed) {
        return new TestRun()
                .withSeed(seed)
                .clean(picture, "sigma=25", "steps=4")
                .main()
                .values();
    }

    @ParameterizedTest
    @CsvSource({"GREY", "RGB"})
    void samplesHaveTheMeanAndTheDeviationOfThePosterior(Color color) {
        double variance = 0.01;
        double noise = 0.1;
        PictureLayout layout = new PictureLayout(40, 30, color, false, Depth.FLOAT32);
        MemoryPicture picture = new MemoryPicture(layout);
        Random random = new Random(3);
        for (int i = 0; i < picture.values().length; i++) {
            picture.values()[i] =
                    (float) (0.5 + Math.sqrt(variance) * random.nextGaussian() + noise * random.nextGaussian());
        }
        // A grey that varies by this much is a colour that varies by three times as much along the grey axis.
        TestRun run = new TestRun(() -> new GaussianNetwork(color == Color.GREY ? 3 * variance : variance));
        run.clean(picture, "sigma=25.5", "steps=40", "samples=50");
        double squares = 0;
        double error = 0;
        for (int i = 0; i < picture.values().length; i++) {
            double mean = 0.5 + variance / (variance + noise * noise) * (picture.values()[i] - 0.5);
            error += Math.pow(run.main().values()[i] - mean, 2);
            squares += Math.pow(run.output("deviation").values()[i], 2);
        }
        double posterior = variance * noise * noise / (variance + noise * noise);
        int count = picture.values().length;
        assertThat(squares / count / posterior).isCloseTo(1, within(0.05));
        assertThat(error / count / (posterior / 50)).isCloseTo(1, within(0.2));
    }

    @Test
    void oppositeNoiseLeavesNothingBehindWhereTheNetworkIsLinear() {
        MemoryPicture picture = MemoryPicture.noisy(new PictureLayout(30, 20, Color.RGB, false, Depth.FLOAT32), 0.1, 4);
        TestRun first = new TestRun(() -> new GaussianNetwork(0.01)).withSeed(1).clean(picture, "upscale=2", "steps=4");
        TestRun second =
                new TestRun(() -> new GaussianNetwork(0.01)).withSeed(2).clean(picture, "upscale=2", "steps=4");
        for (int i = 0; i < first.main().values().length; i++) {
            assertThat(second.main().values()[i]).isCloseTo(first.main().values()[i], within(1e-5f));
        }
        assertThat(first.reported()).isSorted().last().isEqualTo(1.0);
    }

    @Test
    void theSeedDecidesALargerPictureAndTilesDoNot() {
        MemoryPicture picture = MemoryPicture.noisy(new PictureLayout(50, 44, Color.RGB, false, Depth.FLOAT32), 0.1, 4);
        String[] whole = {"upscale=2", "steps=3", "halo=64"};
        float[] first = new TestRun().withSeed(1).clean(picture, whole).main().values();
        float[] other = new TestRun().withSeed(2).clean(picture, whole).main().values();
        float[] tiled = new TestRun()
                .withSeed(1)
                .clean(picture, with(whole, "tile=64"))
                .main()
                .values();
        assertThat(other).isNotEqualTo(first);
        assertThat(tiled).isEqualTo(first);
    }

    @Test
    void samplesOfGuessesAreRefused() {
        for (String sampler : List.of("plug-and-play", "antithetic")) {
            assertThatThrownBy(() -> new TestRun()
                            .clean(MemoryPicture.noisy(RGB, 0.1, 4), "upscale=2", "samples=3", "sampler=" + sampler))
                    .hasMessageContaining("samples")
                    .extracting(e -> ((UnfogException) e).code())
                    .isEqualTo(ErrorCode.BAD_PARAMETER);
        }
    }

    @Test
    void opacityIsUntouched() {
        MemoryPicture picture = MemoryPicture.noisy(RGB, 0.1, 4);
        MemoryPicture result =
                new TestRun().clean(picture, "sigma=25", "steps=3").main();
        int from = 3 * 100 * 87;
        for (int i = from; i < result.values().length; i++) {
            assertThat(result.values()[i]).isEqualTo(picture.values()[i]);
        }
    }

    @Test
    void severalSamplesOfASamplerThatDrawsNothingAreRefused() {
        for (String[] parameters : new String[][] {{"samples=3", "steps=1"}, {"samples=3", "sampler=heun"}}) {
            assertThatThrownBy(() -> new TestRun().clean(MemoryPicture.noisy(RGB, 0.1, 4), parameters))
                    .extracting(e -> ((UnfogException) e).code())
                    .isEqualTo(ErrorCode.BAD_PARAMETER);
        }
    }

    @Test
    void aStateInAFileHoldsWhatAStateInMemoryHolds(@TempDir Path directory) throws Exception {
        StateShape shape = StateShape.picture(3, 211, 307);
        Random random = new Random(5);
        try (SampleState memory = ScratchState.space(directory, Long.MAX_VALUE).allocate(shape);
                SampleState file = ScratchState.space(directory, 0).allocate(shape)) {
            assertThat(file).isInstanceOf(ScratchState.class);
            for (int round = 0; round < 20; round++) {
                int length = 1 + random.nextInt(90_000);
                long offset = (long) (random.nextDouble() * (shape.size() - length));
                float[] values = new float[length + 5];
                for (int i = 0; i < values.length; i++) {
                    values[i] = random.nextFloat();
                }
                memory.write(offset, values, 5, length);
                file.write(offset, values, 5, length);
            }
            float[] expected = new float[(int) shape.size()];
            float[] found = new float[expected.length];
            memory.read(0, expected, 0, expected.length);
            file.read(0, found, 0, found.length);
            assertThat(found).isEqualTo(expected);
            assertThatThrownBy(() -> file.read(shape.size() - 1, found, 0, 2))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        try (var left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    private static String[] with(String[] parameters, String more) {
        String[] all = java.util.Arrays.copyOf(parameters, parameters.length + 1);
        all[parameters.length] = more;
        return all;
    }
}
