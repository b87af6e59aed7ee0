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
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlindNoiseTest {
    private static final int SIDE = 384;

    @Test
    void coarseNoiseIsFoundFromAfar() {
        MemoryPicture picture = surface(0.05, 3);
        assertThat(level(picture, "grain=coarse")).isGreaterThan(1.3 * level(picture, "grain=fine"));
    }

    @Test
    void fineNoiseIsNoStrongerFromAfar() {
        MemoryPicture picture = surface(0.05, 1);
        double fine = level(picture, "grain=fine");
        assertThat(level(picture, "grain=coarse")).isCloseTo(fine, within(0.04 * fine));
    }

    @Test
    void aPictureTooSmallToBeSeenFromAfarIsRefused() {
        MemoryPicture picture = MemoryPicture.noisy(new PictureLayout(7, 90, Color.RGB, false, Depth.FLOAT32), 0.05, 1);
        assertThatThrownBy(() -> new TestRun().clean(picture, "grain=coarse"))
                .extracting(e -> ((UnfogException) e).code())
                .isEqualTo(ErrorCode.BAD_PARAMETER);
    }

    @Test
    void aReducedPictureHoldsTheMeanBrightnessOfSquares() {
        PictureLayout layout = new PictureLayout(11, 9, Color.RGB, true, Depth.UINT8);
        MemoryPicture picture = MemoryPicture.noisy(layout, 0.1, 2);
        ReducedPicture reduced = new ReducedPicture(picture, 4);
        assertThat(reduced.layout().width()).isEqualTo(2);
        assertThat(reduced.layout().height()).isEqualTo(2);
        assertThat(reduced.layout().channels()).isEqualTo(1);
        float[] one = new float[1];
        reduced.read(new Region(1, 1, 1, 1), one);
        float[] square = new float[4 * 16];
        picture.read(new Region(4, 4, 4, 4), square);
        float sum = 0;
        for (int i = 0; i < 3 * 16; i++) {
            sum += square[i];
        }
        assertThat(one[0]).isCloseTo(sum / 48, within(1e-6f));
    }

    private static double level(MemoryPicture picture, String grain) {
        TestRun run = new TestRun(() -> new ShrinkageNetwork(1e-5)).clean(picture, grain);
        String[] levels = run.notes().get("noiseLevel").toString().split(" ");
        return Double.parseDouble(levels[levels.length / 2]);
    }

    /** Returns a black surface (what the network takes its surroundings for) with noise that pixels in squares of the given side share. */
    private static MemoryPicture surface(double deviation, int grain) {
        MemoryPicture picture = new MemoryPicture(new PictureLayout(SIDE, SIDE, Color.RGB, false, Depth.FLOAT32));
        Random random = new Random(3);
        int side = SIDE + grain - 1;
        for (int channel = 0; channel < 3; channel++) {
            double[] white = new double[side * side];
            for (int i = 0; i < white.length; i++) {
                white[i] = random.nextGaussian();
            }
            for (int i = 0; i < SIDE * SIDE; i++) {
                double sum = 0;
                for (int dy = 0; dy < grain; dy++) {
                    for (int dx = 0; dx < grain; dx++) {
                        sum += white[(i / SIDE + dy) * side + i % SIDE + dx];
                    }
                }
                picture.values()[channel * SIDE * SIDE + i] = (float) (deviation * sum / grain);
            }
        }
        return picture;
    }
}
