package dev.unfog.plugins.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import dev.unfog.api.param.ParameterValues;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MethodNoiseTest {
    private static final double LEVEL = 0.02;

    @ParameterizedTest
    @CsvSource({"300, 300, RGB", "1500, 700, RGB", "300, 300, GREY"})
    void noiseThatIsTakenAwayHasTheStrengthTold(int width, int height, Color color) {
        MethodNoise removed = removed(new PictureLayout(width, height, color, false, Depth.FLOAT32), 1, 0);
        assertThat(removed.strength()).isCloseTo(0, within(0.02));
        assertThat(removed.straightCorrelation(1)).isCloseTo(0, within(0.02));
        assertThat(removed.diagonalCorrelation(2)).isCloseTo(0, within(0.02));
    }

    @Test
    void whatTheNetworkKeepsIsNotCounted() {
        PictureLayout layout = new PictureLayout(300, 300, Color.RGB, false, Depth.FLOAT32);
        assertThat(removed(layout, 1, LEVEL * LEVEL).strength()).isCloseTo(Math.log(0.5), within(0.02));
    }

    @Test
    void neighboursThatLoseAlikeAreSeen() {
        MethodNoise removed = removed(new PictureLayout(400, 300, Color.RGB, false, Depth.FLOAT32), 2, 0);
        // Squares of two by two: half of the neighbours are of the same one, and a quarter of the diagonal ones.
        assertThat(removed.straightCorrelation(1)).isCloseTo(0.5, within(0.03));
        assertThat(removed.straightCorrelation(2)).isCloseTo(0, within(0.03));
        assertThat(removed.diagonalCorrelation(1)).isCloseTo(0.25, within(0.03));
    }

    @Test
    void aPictureWithoutAnythingToTakeAwayLosesNothing() {
        MemoryPicture flat = new MemoryPicture(new PictureLayout(100, 80, Color.RGB, false, Depth.FLOAT32));
        Arrays.fill(flat.values(), 0.5f);
        MethodNoise removed = removed(flat, 0);
        assertThat(removed.strength()).isLessThan(-5);
        assertThat(removed.straightCorrelation(3)).isZero();
    }

    /** Takes away noise that is the same in squares of some side. */
    private static MethodNoise removed(PictureLayout layout, int side, double variance) {
        MemoryPicture picture = new MemoryPicture(layout);
        int pixels = layout.width() * layout.height();
        Random random = new Random(4);
        for (int i = 0; i < picture.values().length; i++) {
            int x = i % layout.width();
            int y = i % pixels / layout.width();
            int corner = i / pixels * pixels + y / side * side * layout.width() + x / side * side;
            picture.values()[i] =
                    i == corner ? (float) (0.5 + LEVEL * random.nextGaussian()) : picture.values()[corner];
        }
        return removed(picture, variance);
    }

    private static MethodNoise removed(MemoryPicture picture, double variance) {
        TestRun run = new TestRun();
        ParameterValues parameters = ParameterValues.parse(new PictureCleaner().parameters(), Map.of());
        return new MethodNoise(
                new PictureTask(picture, run, parameters, run, new GaussianNetwork(variance)),
                NoiseProfile.uniform(LEVEL));
    }
}
