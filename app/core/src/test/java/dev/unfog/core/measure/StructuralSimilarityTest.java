package dev.unfog.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StructuralSimilarityTest {
    private static float[] noise(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }

    @Test
    void equalPicturesHaveSimilarityOne() {
        float[] picture = noise(3 * 20 * 25, 1);
        assertThat(StructuralSimilarity.mean(picture, picture.clone(), 3, 20, 25))
                .isCloseTo(1, within(1e-12));
    }

    @Test
    void twoFlatPicturesDifferInLuminanceAlone() {
        float[] dark = new float[15 * 15];
        float[] bright = new float[15 * 15];
        Arrays.fill(dark, 0.2f);
        Arrays.fill(bright, 0.6f);
        // (2·0.2·0.6 + 1e-4) / (0.04 + 0.36 + 1e-4)
        assertThat(StructuralSimilarity.mean(dark, bright, 1, 15, 15)).isCloseTo(0.2401 / 0.4001, within(1e-5));
    }

    @Test
    void anInvertedPictureIsOppositeInStructure() {
        float[] picture = noise(40 * 40, 2);
        float[] inverted = new float[picture.length];
        for (int i = 0; i < picture.length; i++) {
            inverted[i] = 1 - picture[i];
        }
        assertThat(StructuralSimilarity.mean(picture, inverted, 1, 40, 40)).isBetween(-1.0, -0.8);
    }

    @Test
    void onePositionOfTheWindowIsTheFormulaWrittenOut() {
        float[] a = noise(121, 3);
        float[] b = noise(121, 4);
        double[] weight = new double[121];
        double total = 0;
        for (int i = 0; i < 121; i++) {
            double dx = i % 11 - 5;
            double dy = i / 11 - 5;
            weight[i] = Math.exp(-(dx * dx + dy * dy) / 4.5);
            total += weight[i];
        }
        double meanA = 0;
        double meanB = 0;
        for (int i = 0; i < 121; i++) {
            meanA += weight[i] / total * a[i];
            meanB += weight[i] / total * b[i];
        }
        double varianceA = 0;
        double varianceB = 0;
        double covariance = 0;
        for (int i = 0; i < 121; i++) {
            varianceA += weight[i] / total * (a[i] - meanA) * (a[i] - meanA);
            varianceB += weight[i] / total * (b[i] - meanB) * (b[i] - meanB);
            covariance += weight[i] / total * (a[i] - meanA) * (b[i] - meanB);
        }
        double expected = (2 * meanA * meanB + 1e-4)
                * (2 * covariance + 9e-4)
                / ((meanA * meanA + meanB * meanB + 1e-4) * (varianceA + varianceB + 9e-4));
        assertThat(StructuralSimilarity.mean(a, b, 1, 11, 11)).isCloseTo(expected, within(1e-9));
    }

    @Test
    void itIsSymmetricAndFallsAsNoiseGrows() {
        float[] picture = new float[64 * 64];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = 0.5f + 0.4f * (float) Math.sin(i % 64 / 5.0) * (float) Math.cos(i / 64 / 7.0);
        }
        double before = 1;
        for (float level : new float[] {0.02f, 0.1f, 0.3f}) {
            float[] noise = noise(picture.length, 5);
            float[] noisy = new float[picture.length];
            for (int i = 0; i < noisy.length; i++) {
                noisy[i] = picture[i] + level * (noise[i] - 0.5f);
            }
            double similarity = StructuralSimilarity.mean(picture, noisy, 1, 64, 64);
            assertThat(StructuralSimilarity.mean(noisy, picture, 1, 64, 64)).isCloseTo(similarity, within(1e-12));
            assertThat(similarity).isLessThan(before);
            before = similarity;
        }
    }

    @Test
    void colourIsTheMeanOverItsChannels() {
        float[] a = noise(3 * 16 * 16, 6);
        float[] b = noise(3 * 16 * 16, 7);
        double sum = 0;
        for (int channel = 0; channel < 3; channel++) {
            sum += StructuralSimilarity.mean(
                    Arrays.copyOfRange(a, channel * 256, channel * 256 + 256),
                    Arrays.copyOfRange(b, channel * 256, channel * 256 + 256),
                    1,
                    16,
                    16);
        }
        assertThat(StructuralSimilarity.mean(a, b, 3, 16, 16)).isCloseTo(sum / 3, within(1e-12));
    }

    @Test
    void aPictureSmallerThanTheWindowIsStillMeasured() {
        assertThat(StructuralSimilarity.mean(new float[] {0.2f}, new float[] {0.6f}, 1, 1, 1))
                .isCloseTo(0.2401 / 0.4001, within(1e-5));
    }
}
