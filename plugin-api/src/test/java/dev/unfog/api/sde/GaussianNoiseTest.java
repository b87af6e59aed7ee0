package dev.unfog.api.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GaussianNoiseTest {
    private static float[] draw(long seed, long sample, int step, int draw, int channel, long position, int length) {
        float[] values = new float[length];
        new GaussianNoise(seed).fill(sample, step, draw, channel, position, values, 0, length);
        return values;
    }

    @Test
    void philoxGivesThePublishedAnswers() {
        // The known-answer vectors of the Random123 distribution for philox4x32-10.
        int[] zeros = new int[4];
        Philox.encrypt(zeros, 0, 0);
        assertThat(zeros).containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        int[] ones = {-1, -1, -1, -1};
        Philox.encrypt(ones, -1, -1);
        assertThat(ones).containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
        int[] pi = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344};
        Philox.encrypt(pi, 0xa4093822, 0x299f31d0);
        assertThat(pi).containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    }

    @Test
    void aValueIsTheBoxMullerTransformOfItsPhiloxWords() {
        long seed = 0x1234_5678_9ABC_DEF0L;
        long position = (7L << 34) + 4 * 5;
        // The position counts blocks of four: (7 << 34) / 4 is 7 << 32, whose high word is 7.
        int[] words = {5, 9 << 16 | 7, 3 << 12 | 2, 11};
        Philox.encrypt(words, (int) seed, (int) (seed >>> 32));
        float[] actual = draw(seed, 11, 3, 2, 9, position, 4);
        for (int i = 0; i < 4; i += 2) {
            double radius = Math.sqrt(-2 * Math.log((Integer.toUnsignedLong(words[i]) + 0.5) * 0x1p-32));
            double angle = 2 * Math.PI * words[i + 1] * 0x1p-32;
            assertThat((double) actual[i]).isCloseTo(radius * Math.cos(angle), within(1e-6));
            assertThat((double) actual[i + 1]).isCloseTo(radius * Math.sin(angle), within(1e-6));
        }
    }

    @Test
    void theLogarithmIsExactToTwelveDigits() {
        for (double x = 1e-10; x < 1; x = x * 1.013 + 1e-12) {
            assertThat(GaussianNoise.log(x)).isCloseTo(StrictMath.log(x), within(1e-11));
        }
    }

    @Test
    void theBitsAreTheSameOnEveryMachine() {
        // Recorded once. A change here changes every result that anybody has ever made with a seed.
        assertThat(Arrays.hashCode(draw(42, 1, 2, 3, 4, 5, 10_000))).isEqualTo(RECORDED);
    }

    private static final int RECORDED = -1693456805;

    @Test
    void anyCutOfTheSamePositionsGivesTheSameValues() {
        float[] whole = draw(5, 0, 1, 0, 2, 0, 1000);
        float[] pieces = new float[1000];
        GaussianNoise noise = new GaussianNoise(5);
        int[] lengths = {1, 2, 3, 5, 7, 64, 11, 4, 400, 3, 500};
        int at = 0;
        for (int length : lengths) {
            noise.fill(0, 1, 0, 2, at, pieces, at, length);
            at += length;
        }
        assertThat(at).isEqualTo(1000);
        assertThat(pieces).containsExactly(whole);
    }

    @Test
    void theDistributionIsStandardNormal() {
        int count = 1_000_000;
        float[] values = draw(0, 0, 0, 0, 0, 0, count);
        Moments moments = Moments.of(values);
        double error = 1 / Math.sqrt(count);
        assertThat(moments.mean()).isCloseTo(0, within(4 * error));
        assertThat(moments.variance()).isCloseTo(1, within(4 * Math.sqrt(2) * error));
        assertThat(moments.skewness()).isCloseTo(0, within(4 * Math.sqrt(6) * error));
        assertThat(moments.kurtosis()).isCloseTo(3, within(4 * Math.sqrt(24) * error));
        // Pearson's test over 40 cells that are equally likely.
        int[] counts = new int[40];
        Arrays.sort(values);
        double[] edges = new double[39];
        for (int i = 0; i < 39; i++) {
            edges[i] = NormalDistribution.quantile((i + 1) / 40.0);
        }
        int cell = 0;
        for (float value : values) {
            while (cell < 39 && value > edges[cell]) {
                cell++;
            }
            counts[cell]++;
        }
        double chiSquared = 0;
        for (int c : counts) {
            chiSquared += Math.pow(c - count / 40.0, 2) / (count / 40.0);
        }
        // 39 degrees of freedom: above 74.7 once in a thousand.
        assertThat(chiSquared).isLessThan(74.7);
        // Beyond four: 63.3 expected of a million.
        long far = 0;
        for (float value : values) {
            far += Math.abs(value) > 4 ? 1 : 0;
        }
        assertThat(far).isBetween(35L, 100L);
    }

    @Test
    void neighboursInEveryCoordinateAreUncorrelated() {
        int count = 100_000;
        float[] base = draw(9, 4, 4, 4, 4, 0, count);
        float[][] others = {
            draw(10, 4, 4, 4, 4, 0, count),
            draw(9, 5, 4, 4, 4, 0, count),
            draw(9, 4, 5, 4, 4, 0, count),
            draw(9, 4, 4, 5, 4, 0, count),
            draw(9, 4, 4, 4, 5, 0, count),
            draw(9, 4, 4, 4, 4, 1, count),
            draw(9, 4, 4, 4, 4, 2, count),
            draw(9, 4, 4, 4, 4, 1L << 34, count)
        };
        for (float[] other : others) {
            double correlation = 0;
            double ofSquares = 0;
            for (int i = 0; i < count; i++) {
                correlation += base[i] * other[i] / (double) count;
                ofSquares += (base[i] * base[i] - 1) * (other[i] * other[i] - 1) / (2.0 * count);
            }
            assertThat(correlation).isCloseTo(0, within(4.5 / Math.sqrt(count)));
            assertThat(ofSquares).isCloseTo(0, within(4.5 / Math.sqrt(count)));
        }
    }

    @Test
    void coordinatesOutOfRangeAreRefusedRatherThanFolded() {
        GaussianNoise noise = new GaussianNoise(0);
        float[] one = new float[1];
        assertThatThrownBy(() -> noise.fill(1L << 32, 0, 0, 0, 0, one, 0, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> noise.fill(0, 1 << 20, 0, 0, 0, one, 0, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> noise.fill(0, 0, 4096, 0, 0, one, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> noise.fill(0, 0, 0, 65536, 0, one, 0, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> noise.fill(0, 0, 0, 0, -1, one, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
