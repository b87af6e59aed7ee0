package dev.unfog.plugins.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PictureCleanerTest {
    private static final PictureLayout RGB = new PictureLayout(150, 131, Color.RGB, false, Depth.FLOAT32);

    @Test
    void tilesAndTheWholeGiveTheSameBits() {
        MemoryPicture picture = MemoryPicture.noisy(RGB, 0.1, 1);
        float[] whole = new TestRun().clean(picture, "sigma=25").main().values();
        TestRun tiled = new TestRun().clean(picture, "sigma=25", "tile=64", "halo=64");
        assertThat(tiled.reported()).hasSizeGreaterThan(4);
        assertThat(tiled.main().values()).isEqualTo(whole);
    }

    @Test
    void aHaloSmallerThanTheReceptiveFieldShows() {
        MemoryPicture picture = MemoryPicture.noisy(RGB, 0.1, 1);
        float[] whole = new TestRun().clean(picture, "sigma=25").main().values();
        float[] tiled = new TestRun()
                .clean(picture, "sigma=25", "tile=64", "halo=0")
                .main()
                .values();
        assertThat(tiled).isNotEqualTo(whole);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "7,3", "1,200", "17,16", "63,65"})
    void everySizeComesBackWhole(int width, int height) {
        PictureLayout layout = new PictureLayout(width, height, Color.RGB, false, Depth.UINT8);
        MemoryPicture picture = MemoryPicture.noisy(layout, 0.05, 2);
        MemoryPicture result = new TestRun().clean(picture, "sigma=12").main();
        assertThat(result.layout()).isEqualTo(layout);
        assertThat(result.written()).isEqualTo(layout.pixels());
        for (float value : result.values()) {
            assertThat(value).isBetween(-0.2f, 1.2f);
        }
    }

    @Test
    void noiseBecomesLess() {
        MemoryPicture clean = MemoryPicture.noisy(RGB, 0, 3);
        MemoryPicture noisy = MemoryPicture.noisy(RGB, 0.1, 3);
        MemoryPicture result = new TestRun().clean(noisy, "sigma=25.5").main();
        assertThat(rms(result, clean)).isLessThan(0.7 * rms(noisy, clean));
    }

    @ParameterizedTest
    @EnumSource(Depth.class)
    void strengthZeroGivesBackTheBits(Depth depth) {
        PictureLayout layout = new PictureLayout(70, 45, Color.RGB, true, depth);
        MemoryPicture picture = MemoryPicture.noisy(layout, 0.1, 4);
        MemoryPicture result =
                new TestRun().clean(picture, "sigma=25", "strength=0").main();
        assertThat(result.values()).isEqualTo(picture.values());
    }

    @Test
    void halfTheStrengthLiesHalfway() {
        MemoryPicture picture = MemoryPicture.noisy(RGB, 0.1, 4);
        float[] full = new TestRun().clean(picture, "sigma=25").main().values();
        float[] half =
                new TestRun().clean(picture, "sigma=25", "strength=0.5").main().values();
        for (int i = 0; i < full.length; i++) {
            assertThat(half[i]).isCloseTo((full[i] + picture.values()[i]) / 2, within(1e-6f));
        }
    }

    @Test
    void opacityIsUntouched() {
        PictureLayout layout = new PictureLayout(50, 40, Color.RGB, true, Depth.UINT8);
        MemoryPicture picture = MemoryPicture.noisy(layout, 0.1, 5);
        MemoryPicture result = new TestRun().clean(picture, "sigma=25").main();
        int from = 3 * 50 * 40;
        assertThat(Arrays.copyOfRange(result.values(), from, from + 2000))
                .isEqualTo(Arrays.copyOfRange(picture.values(), from, from + 2000));
        assertThat(Arrays.copyOf(result.values(), from)).isNotEqualTo(Arrays.copyOf(picture.values(), from));
    }

    @Test
    void sixteenBitsKeepTheirPrecision() {
        PictureLayout layout = new PictureLayout(64, 64, Color.RGB, false, Depth.UINT16);
        MemoryPicture picture = MemoryPicture.noisy(layout, 0, 6);
        MemoryPicture result = new TestRun().clean(picture, "sigma=0.01").main();
        assertThat(rms(result, picture)).isLessThan(1 / 65535.0);
        assertThat(result.layout().depth()).isEqualTo(Depth.UINT16);
    }

    @Test
    void floatsBeyondTheNominalRangeAreKept() {
        MemoryPicture picture = MemoryPicture.noisy(RGB, 0, 7);
        for (int i = 0; i < picture.values().length; i++) {
            picture.values()[i] = picture.values()[i] * 6 - 1;
        }
        MemoryPicture result = new TestRun().clean(picture, "sigma=2").main();
        assertThat(rms(result, picture)).isLessThan(0.02);
    }

    @Test
    void aPixelThatIsNotANumberIsNamed() {
        MemoryPicture picture = MemoryPicture.noisy(RGB, 0, 8);
        picture.values()[150 * 131 + 3 * 150 + 5] = Float.NaN;
        assertThatThrownBy(() -> new TestRun().clean(picture, "sigma=10"))
                .isInstanceOf(UnfogException.class)
                .hasMessageContaining("(5, 3)")
                .extracting(e -> ((UnfogException) e).code())
                .isEqualTo(ErrorCode.UNREADABLE_MEDIA);
    }

    @Test
    void progressNeverFallsAndEndsAtOne() {
        TestRun run = new TestRun().clean(MemoryPicture.noisy(RGB, 0.1, 9), "sigma=25", "tile=64");
        assertThat(run.reported()).isSorted().last().isEqualTo(1.0);
        assertThat(Collections.min(run.reported())).isGreaterThanOrEqualTo(0);
    }

    @Test
    void cancellingStopsBetweenTiles() {
        int[] asked = {0};
        ShrinkageNetwork network = new ShrinkageNetwork();
        TestRun run = new TestRun(() -> network).withCancellation(() -> ++asked[0] > 2);
        assertThatThrownBy(() -> run.clean(MemoryPicture.noisy(RGB, 0.1, 9), "sigma=25", "tile=64"))
                .extracting(e -> ((UnfogException) e).code())
                .isEqualTo(ErrorCode.CANCELLED);
        assertThat(network.calls()).isEqualTo(2);
    }

    private static double rms(MemoryPicture one, MemoryPicture other) {
        double sum = 0;
        for (int i = 0; i < one.values().length; i++) {
            double difference = one.values()[i] - other.values()[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum / one.values().length);
    }
}
