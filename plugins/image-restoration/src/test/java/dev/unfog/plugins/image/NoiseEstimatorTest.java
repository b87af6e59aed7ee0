package dev.unfog.plugins.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.Cancellation;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseEstimatorTest {
    @ParameterizedTest
    @ValueSource(doubles = {2, 5, 10, 15, 25, 50, 75})
    void aKnownLevelIsFoundWithinFivePercent(double level) {
        for (Color color : Color.values()) {
            PictureLayout layout = new PictureLayout(301, 203, color, false, Depth.FLOAT32);
            MemoryPicture picture = MemoryPicture.noisy(layout, level / 255, 11);
            assertThat(estimate(picture) * 255).as(color.toString()).isCloseTo(level, within(0.05 * level));
        }
    }

    @Test
    void textureIsNotTakenForNoise() {
        PictureLayout layout = new PictureLayout(300, 300, Color.RGB, false, Depth.FLOAT32);
        MemoryPicture picture = MemoryPicture.noisy(layout, 10 / 255.0, 12);
        for (int i = 0; i < picture.values().length; i++) {
            int x = i % 300;
            int y = i / 300 % 300;
            picture.values()[i] += 0.15f * (float) (Math.sin(1.1 * x + 0.3 * y) * Math.cos(0.7 * y - 0.2 * x));
        }
        assertThat(estimate(picture) * 255).isCloseTo(10, within(0.5));
    }

    @Test
    void clippingDoesNotPullTheLevelDown() {
        PictureLayout layout = new PictureLayout(300, 300, Color.RGB, false, Depth.UINT8);
        MemoryPicture picture = MemoryPicture.noisy(layout, 20 / 255.0, 13);
        for (int i = 0; i < picture.values().length; i++) {
            if (i % 300 < 120) {
                picture.values()[i] = 1;
            }
        }
        assertThat(estimate(picture) * 255).isCloseTo(20, within(1.0));
    }

    @Test
    void aPictureOfOneColourHasNoNoise() {
        for (Color color : Color.values()) {
            PictureLayout layout = new PictureLayout(64, 64, color, true, Depth.UINT8);
            MemoryPicture picture = new MemoryPicture(layout);
            Arrays.fill(picture.values(), 0.4f);
            assertThat(estimate(picture)).isLessThan(1e-6);
        }
    }

    @Test
    void aPictureTooSmallToTellHasNoNoise() {
        PictureLayout layout = new PictureLayout(9, 9, Color.RGB, false, Depth.UINT8);
        assertThat(estimate(MemoryPicture.noisy(layout, 0.1, 14))).isZero();
    }

    @Test
    void aLargePictureIsJudgedByPiecesOfAllOfIt() {
        PictureLayout layout = new PictureLayout(2000, 1500, Color.GREY, false, Depth.UINT8);
        assertThat(NoiseEstimator.pieces(layout, 1000, 128, 36))
                .hasSizeBetween(30, 42)
                .allMatch(piece -> piece.x() + piece.width() <= 2000 && piece.y() + piece.height() <= 1500);
        assertThat(estimate(MemoryPicture.noisy(layout, 8 / 255.0, 15)) * 255).isCloseTo(8, within(0.4));
    }

    @Test
    void eigenvaluesOfAKnownMatrixAreFound() {
        Random random = new Random(16);
        int size = 20;
        double[] expected = new double[size];
        double[][] matrix = new double[size][size];
        for (int i = 0; i < size; i++) {
            expected[i] = 1 + i * 0.5;
            matrix[i][i] = expected[i];
        }
        // Reflections keep the eigenvalues.
        for (int round = 0; round < 5; round++) {
            double[] axis = random.doubles(size, -1, 1).toArray();
            double norm = Arrays.stream(axis).map(v -> v * v).sum();
            matrix = reflect(transpose(reflect(matrix, axis, norm)), axis, norm);
        }
        double[] found = PatchSpectrum.eigenvalues(matrix);
        for (int i = 0; i < size; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-9));
        }
    }

    private static double[][] reflect(double[][] matrix, double[] axis, double norm) {
        double[][] result = new double[matrix.length][matrix.length];
        for (int column = 0; column < matrix.length; column++) {
            double along = 0;
            for (int row = 0; row < matrix.length; row++) {
                along += axis[row] * matrix[row][column];
            }
            for (int row = 0; row < matrix.length; row++) {
                result[row][column] = matrix[row][column] - 2 * along / norm * axis[row];
            }
        }
        return result;
    }

    private static double[][] transpose(double[][] matrix) {
        double[][] result = new double[matrix.length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < matrix.length; j++) {
                result[i][j] = matrix[j][i];
            }
        }
        return result;
    }

    private static double estimate(MemoryPicture picture) {
        return new NoiseEstimator(picture, Cancellation.NEVER).noiseLevel();
    }
}
