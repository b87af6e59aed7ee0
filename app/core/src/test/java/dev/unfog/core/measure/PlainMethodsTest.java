package dev.unfog.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The Mahalanobis distance and the isolation forest. */
class PlainMethodsTest {
    @Test
    void theMahalanobisDistanceIsThatOfAWorkedExample() {
        // Variances 1 and 4 in the standard basis turned by 45 degrees: covariance {{2.5, -1.5}, {-1.5, 2.5}}.
        double r = Math.sqrt(0.5);
        double[][] normals = {{r * 2, r * 2}, {-r * 2, -r * 2}, {r * 4, -r * 4}, {-r * 4, r * 4}};
        double[][] samples = {{0, 0}, {r * 2, r * 2}, {r * 4, -r * 4}};

        double[] distances = new MahalanobisDistance(normals).distances(samples);

        assertThat(distances[0]).isCloseTo(0, within(1e-9));
        assertThat(distances[1]).isCloseTo(Math.sqrt(2), within(1e-4));
        assertThat(distances[2]).isCloseTo(Math.sqrt(2), within(1e-4));
    }

    @Test
    void aConstantColumnAndOneThatFollowsFromAnotherDoNoHarm() {
        SplittableRandom random = new SplittableRandom(1);
        double[][] normals = new double[100][];
        for (int i = 0; i < normals.length; i++) {
            double value = random.nextGaussian();
            normals[i] = new double[] {value, 3 * value, 7};
        }

        double[] distances =
                new MahalanobisDistance(normals).distances(new double[][] {{1, 3, 7}, {1, -3, 7}, {1, 3, 8}});

        assertThat(distances[0]).isLessThan(3);
        assertThat(distances[1]).isGreaterThan(100);
        assertThat(distances[2]).isGreaterThan(100);
    }

    @Test
    void theIsolationForestSetsAnOutlierApartAndGivesTheSameForTheSameSeed() {
        SplittableRandom random = new SplittableRandom(2);
        double[][] normals = new double[300][];
        for (int i = 0; i < normals.length; i++) {
            normals[i] = new double[] {random.nextGaussian(), random.nextGaussian()};
        }
        double[][] samples = {{0, 0}, {6, 6}};

        double[] scores = IsolationScore.of(normals, samples, 0);

        assertThat(scores[1]).isGreaterThan(0.6).isLessThanOrEqualTo(1);
        assertThat(scores[0]).isLessThan(0.5).isPositive();
        assertThat(IsolationScore.of(normals, samples, 0)).isEqualTo(scores);
        assertThat(IsolationScore.of(normals, samples, 1)).isNotEqualTo(scores);
        assertThat(IsolationScore.of(Arrays.copyOf(normals, 20), samples, 0)[1]).isGreaterThan(0.6);
    }
}
