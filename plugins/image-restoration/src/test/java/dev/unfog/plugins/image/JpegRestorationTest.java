package dev.unfog.plugins.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JpegRestorationTest {
    private static MemoryPicture clean(Color color, int width, int height) {
        return MemoryPicture.noisy(new PictureLayout(width, height, color, false, Depth.FLOAT32), 0, 1);
    }

    private static double rms(MemoryPicture one, MemoryPicture other) {
        double sum = 0;
        for (int i = 0; i < one.values().length; i++) {
            sum += Math.pow(one.values()[i] - other.values()[i], 2);
        }
        return Math.sqrt(sum / one.values().length);
    }

    @ParameterizedTest
    @CsvSource({
        "RGB, 1, 1, 0, 0",
        "RGB, 2, 2, 0, 0",
        "RGB, 2, 1, 0, 0",
        "RGB, 1, 2, 0, 0",
        "RGB, 4, 1, 0, 0",
        "RGB, 2, 2, 7, 13",
        "GREY, 1, 1, 0, 0",
        "GREY, 1, 1, 3, 5"
    })
    void everyCoefficientStaysInTheCellThatItWasRoundedFrom(
            Color color, int horizontal, int vertical, int left, int top) {
        MemoryPicture clean = clean(color, 88, 75);
        JpegPicture compressed = new JpegPicture(clean, 60, horizontal, vertical, left, top);
        MemoryPicture result = new TestRun().clean(compressed, "jpeg=true").main();
        assertThat(compressed.differences(result))
                .isNotEmpty()
                .allSatisfy(difference -> assertThat(Math.abs(difference)).isLessThanOrEqualTo(0.5 + 1e-3));
        assertThat(result.values()).isNotEqualTo(compressed.decoded().values());
        assertThat(compressed.isClosed()).isTrue();
    }

    @Test
    void theResultIsNearerToTheOriginalThanTheJpeg() {
        MemoryPicture clean = clean(Color.RGB, 88, 75);
        JpegPicture compressed = new JpegPicture(clean, 60, 2, 2, 0, 0);
        MemoryPicture result = new TestRun().clean(compressed, "jpeg=true").main();
        assertThat(rms(result, clean)).isLessThan(0.95 * rms(compressed.decoded(), clean));
    }

    @Test
    void tilesDoNotChangeTheResult() {
        JpegPicture compressed = new JpegPicture(clean(Color.RGB, 150, 130), 40, 2, 2, 0, 0);
        float[] whole = new TestRun().clean(compressed, "jpeg=true").main().values();
        float[] tiled = new TestRun()
                .clean(compressed, "jpeg=true", "tile=64", "halo=32")
                .main()
                .values();
        assertThat(tiled).isEqualTo(whole);
    }

    @Test
    void samplesStayInTheirCellsAndDiffer() {
        JpegPicture compressed = new JpegPicture(clean(Color.RGB, 64, 48), 60, 2, 2, 0, 0);
        TestRun run =
                new TestRun(() -> new GaussianNetwork(0.01)).clean(compressed, "jpeg=true", "samples=3", "steps=4");
        assertThat(compressed.differences(run.main()))
                .allSatisfy(difference -> assertThat(Math.abs(difference)).isLessThanOrEqualTo(0.5 + 1e-3));
        for (float deviation : run.output("deviation").values()) {
            assertThat(deviation).isPositive();
        }
    }

    @Test
    void aPictureThatIsNoJpegIsRefused() {
        assertThatThrownBy(() -> new TestRun().clean(clean(Color.RGB, 30, 30), "jpeg=true"))
                .isInstanceOfSatisfying(UnfogException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_MEDIA);
                    assertThat(e).hasMessageContaining("not a JPEG").hasMessageContaining("give the JPEG file itself");
                });
    }

    @Test
    void twoTasksAtOnceAreRefused() {
        JpegPicture compressed = new JpegPicture(clean(Color.RGB, 30, 30), 60, 2, 2, 0, 0);
        assertThatThrownBy(() -> new TestRun().clean(compressed, "jpeg=true", "upscale=2"))
                .hasMessageContaining("--jpeg")
                .hasMessageContaining("--upscale");
    }

    @Test
    void theMeanInACellIsThatOfRandomNumbersInIt() {
        Random random = new Random(7);
        for (double[] cell : new double[][] {{0.3, 1, -0.5, 0.5}, {2, 1, -1, 1.5}, {-3, 2, 0, 4}, {0, 1, 3, 9}}) {
            double sum = 0;
            int count = 0;
            while (count < 4000) {
                double value = cell[0] + cell[1] * random.nextGaussian();
                if (value >= cell[2] && value <= cell[3]) {
                    sum += value;
                    count++;
                }
            }
            assertThat(QuantisationCell.mean(cell[0], cell[1], cell[2], cell[3]))
                    .isCloseTo(sum / count, within(0.05 * cell[1]));
        }
    }

    @ParameterizedTest
    @CsvSource({"1e-9", "1e-3", "1", "1e3", "1e9"})
    void theMeanIsInItsCellHoweverTheGuessIsTrusted(double spread) {
        double before = -1;
        for (double expected = -40; expected <= 40; expected += 0.37) {
            double mean = QuantisationCell.mean(expected, spread, -1, 1);
            assertThat(mean).isBetween(-1.0, 1.0).isGreaterThanOrEqualTo(before - 2e-3);
            before = mean;
        }
        assertThat(QuantisationCell.mean(0.25, spread, -1, 1)).isBetween(-1e-6, 0.25);
    }
}
