package dev.unfog.plugins.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import dev.unfog.api.media.Region;
import dev.unfog.api.sde.Blur;
import dev.unfog.api.sde.BlurKernel;
import dev.unfog.api.sde.MemoryState;
import dev.unfog.api.sde.Resampling;
import dev.unfog.api.sde.StateShape;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeasuredRestorationTest {
    private static final int WIDTH = 88;
    private static final int HEIGHT = 75;

    private static PictureLayout layout(Color color) {
        return new PictureLayout(WIDTH, HEIGHT, color, false, Depth.FLOAT32);
    }

    private static MemoryPicture mask(double share, long seed) {
        MemoryPicture mask = new MemoryPicture(new PictureLayout(WIDTH, HEIGHT, Color.GREY, false, Depth.UINT8));
        Random random = new Random(seed);
        for (int i = 0; i < mask.values().length; i++) {
            mask.values()[i] = random.nextDouble() < share ? 1 : 0;
        }
        return mask;
    }

    private static MemoryPicture withHoles(MemoryPicture picture, MemoryPicture mask) {
        float[] values = picture.values().clone();
        for (int i = 0; i < values.length; i++) {
            if (mask.values()[i % mask.values().length] == 1) {
                values[i] = 0;
            }
        }
        return new MemoryPicture(picture.layout(), values);
    }

    private static double rms(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += Math.pow(one[i] - other[i], 2);
        }
        return Math.sqrt(sum / one.length);
    }

    @ParameterizedTest
    @EnumSource(Color.class)
    void holesAreFilledAndTheRestIsKeptToTheBit(Color color) {
        MemoryPicture clean = MemoryPicture.noisy(layout(color), 0, 1);
        MemoryPicture mask = mask(0.3, 2);
        MemoryPicture holed = withHoles(clean, mask);
        TestRun run = new TestRun().withFile("mask.png", mask).clean(holed, "mask=mask.png");
        float[] result = run.main().values();
        for (int i = 0; i < result.length; i++) {
            if (mask.values()[i % mask.values().length] == 0) {
                assertThat(result[i]).isEqualTo(clean.values()[i]);
            }
        }
        assertThat(rms(result, clean.values())).isLessThan(0.15 * rms(holed.values(), clean.values()));
        assertThat(run.reported()).isSorted().last().isEqualTo(1.0);
    }

    @Test
    void tilesDoNotChangeWhatFillsAHole() {
        MemoryPicture mask = mask(0, 3);
        for (int y = 20; y < 40; y++) {
            for (int x = 50; x < 70; x++) {
                mask.values()[y * WIDTH + x] = 1;
            }
        }
        MemoryPicture holed = withHoles(MemoryPicture.noisy(layout(Color.RGB), 0, 1), mask);
        float[] whole = new TestRun()
                .withFile("mask.png", mask)
                .clean(holed, "mask=mask.png", "steps=5")
                .main()
                .values();
        float[] tiled = new TestRun()
                .withFile("mask.png", mask)
                .clean(holed, "mask=mask.png", "steps=5", "tile=64", "halo=32")
                .main()
                .values();
        assertThat(tiled).isEqualTo(whole);
    }

    @Test
    void samplesOfAHoleDifferInTheHoleAlone() {
        MemoryPicture mask = mask(0.2, 4);
        MemoryPicture holed = withHoles(MemoryPicture.noisy(layout(Color.RGB), 0, 1), mask);
        TestRun run = new TestRun(() -> new GaussianNetwork(0.01))
                .withFile("mask.png", mask)
                .clean(holed, "mask=mask.png", "samples=4");
        float[] deviation = run.output("deviation").values();
        for (int i = 0; i < deviation.length; i++) {
            if (mask.values()[i % mask.values().length] == 0) {
                assertThat(deviation[i]).isZero();
            } else {
                assertThat(deviation[i]).isPositive();
            }
        }
    }

    @Test
    void aMaskOfAnotherSizeIsRefused() {
        MemoryPicture mask = new MemoryPicture(new PictureLayout(5, 5, Color.GREY, false, Depth.UINT8));
        assertRefused(new TestRun().withFile("mask.png", mask), "5x5", "mask=mask.png");
    }

    @Test
    void aMaskOfEverythingIsRefused() {
        assertRefused(new TestRun().withFile("mask.png", mask(1, 5)), "whole picture", "mask=mask.png");
    }

    @Test
    void twoTasksAtOnceAreRefused() {
        assertRefused(new TestRun(), "--mask", "mask=mask.png", "upscale=2");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 17})
    void aScaleOutOfRangeIsRefused(int scale) {
        assertRefused(new TestRun(), "2..8", "upscale=" + scale);
    }

    private static void assertRefused(TestRun run, String message, String... parameters) {
        assertThatThrownBy(() -> run.clean(MemoryPicture.noisy(layout(Color.RGB), 0, 1), parameters))
                .hasMessageContaining(message)
                .extracting(e -> ((UnfogException) e).code())
                .isEqualTo(ErrorCode.BAD_PARAMETER);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void aLargerPictureMadeSmallerAgainIsTheOneThatWasGiven(int factor) {
        PictureLayout layout = new PictureLayout(30, 21, Color.RGB, true, Depth.FLOAT32);
        MemoryPicture picture = MemoryPicture.noisy(layout, 0.02, 6);
        MemoryPicture large =
                new TestRun().clean(picture, "upscale=" + factor, "steps=4").main();
        assertThat(large.layout()).isEqualTo(layout.withSize(30 * factor, 21 * factor));
        StateShape shape = StateShape.picture(4, 21, 30);
        MemoryState small = new MemoryState(shape);
        Resampling.bicubic(21 * factor, 30 * factor, 21, 30)
                .apply(new MemoryState(StateShape.picture(4, 21 * factor, 30 * factor), large.values()), small);
        for (int i = 0; i < 3 * 30 * 21; i++) {
            assertThat(small.values()[i]).isCloseTo(picture.values()[i], within(1e-4f));
        }
    }

    @Test
    void aSharpenedPictureBlurredAgainIsTheOneThatWasGiven() {
        MemoryPicture clean = MemoryPicture.noisy(layout(Color.RGB), 0, 7);
        BlurKernel kernel = BlurKernel.gaussian(1.5);
        MemoryPicture blurred = blurred(clean, kernel, 0);
        MemoryPicture result =
                new TestRun().clean(blurred, "blur-sigma=1.5", "sigma=1").main();
        float[] given = inner(blurred, kernel);
        assertThat(rms(blurred(result, kernel, 0).values(), given))
                .isLessThan(0.3 * rms(blurred(blurred, kernel, 0).values(), given));
    }

    @Test
    void theKernelOfAPictureIsThatOfTheFormula() {
        MemoryPicture clean = MemoryPicture.noisy(layout(Color.GREY), 0, 7);
        BlurKernel kernel = BlurKernel.gaussian(1);
        MemoryPicture blurred = blurred(clean, kernel, 1.0 / 255);
        float[] weights = new float[kernel.width() * kernel.height()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (5 * kernel.weight(i / kernel.width(), i % kernel.width()));
        }
        MemoryPicture shown = new MemoryPicture(
                new PictureLayout(kernel.width(), kernel.height(), Color.GREY, false, Depth.FLOAT32), weights);
        float[] expected = new TestRun()
                .clean(blurred, "blur-sigma=1", "sigma=1", "steps=3")
                .main()
                .values();
        float[] found = new TestRun()
                .withFile("kernel.png", shown)
                .clean(blurred, "blur-kernel=kernel.png", "sigma=1", "steps=3")
                .main()
                .values();
        assertThat(rms(found, expected)).isLessThan(1e-4);
    }

    @Test
    void aBlackKernelAndAHugeOneAreRefused() {
        for (int size : new int[] {5, 300}) {
            MemoryPicture shown = new MemoryPicture(new PictureLayout(size, size, Color.GREY, false, Depth.UINT8));
            assertRefused(
                    new TestRun().withFile("kernel.png", shown),
                    "kernel.png".substring(0, 0),
                    "blur-kernel=kernel.png");
        }
    }

    @Test
    void aMovementSpreadsAPointAlongALine() {
        BlurKernel across = Deblurring.motion(5, 0);
        BlurKernel upwards = Deblurring.motion(5, 90);
        int middle = across.height() / 2;
        double sum = 0;
        for (int i = 0; i < across.width(); i++) {
            sum += across.weight(middle, i);
            assertThat(upwards.weight(i, middle)).isCloseTo(across.weight(middle, i), within(1e-9));
        }
        assertThat(sum).isCloseTo(1, within(1e-9));
        assertThat(across.weight(middle, middle - 1)).isCloseTo(0.2, within(0.02));
    }

    private static MemoryPicture blurred(MemoryPicture clean, BlurKernel kernel, double noise) {
        PictureLayout layout = clean.layout();
        Blur blur = Blur.cropped(kernel, layout.height(), layout.width());
        int before = (int) layout.pixels();
        int after = blur.outputHeight() * blur.outputWidth();
        double[] input = new double[before];
        double[] output = new double[after];
        Random random = new Random(8);
        float[] values = new float[layout.channels() * after];
        for (int channel = 0; channel < layout.channels(); channel++) {
            for (int i = 0; i < before; i++) {
                input[i] = clean.values()[channel * before + i];
            }
            blur.apply(input, output);
            for (int i = 0; i < after; i++) {
                values[channel * after + i] = (float) (output[i] + noise * random.nextGaussian());
            }
        }
        return new MemoryPicture(layout.withSize(blur.outputWidth(), blur.outputHeight()), values);
    }

    private static float[] inner(MemoryPicture picture, BlurKernel kernel) {
        int left = kernel.width() / 2;
        int top = kernel.height() / 2;
        int width = picture.layout().width() - 2 * left;
        int height = picture.layout().height() - 2 * top;
        float[] values = new float[picture.layout().channels() * width * height];
        picture.read(new Region(left, top, width, height), values);
        return values;
    }
}
