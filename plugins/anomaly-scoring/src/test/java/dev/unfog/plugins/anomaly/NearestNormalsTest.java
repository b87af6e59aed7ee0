package dev.unfog.plugins.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNormalsTest {
    @ParameterizedTest
    @CsvSource({
        "5, 1, 5",
        "12, 2, 1",
        "13, 3, 5",
        "256, 3, 5",
        "257, 3, 5",
        "1000, 1, 5",
        "3000, 4, 5",
        "700, 23, 3",
        "300, 2, 300"
    })
    void theDistanceIsThatOfComparingWithAll(int count, int dimensions, int neighbours) {
        SplittableRandom random = new SplittableRandom(count);
        float[] points = new float[count * dimensions];
        for (int i = 0; i < points.length; i++) {
            // Rounded, so that many points and coordinates coincide.
            points[i] = (float) (Math.round(random.nextGaussian() * 4) / 4.0);
        }
        NearestNormals.Search search = new NearestNormals(points, dimensions, neighbours).new Search();

        for (int query = 0; query < 50; query++) {
            float[] at = new float[dimensions];
            for (int i = 0; i < dimensions; i++) {
                at[i] = (float) (random.nextGaussian() * 2);
            }
            double[] all = new double[count];
            for (int point = 0; point < count; point++) {
                for (int i = 0; i < dimensions; i++) {
                    double difference = (double) at[i] - points[point * dimensions + i];
                    all[point] += difference * difference;
                }
            }
            Arrays.sort(all);

            assertThat(search.distance(at, 0)).isCloseTo(Math.sqrt(all[neighbours - 1]), within(1e-5));
        }
    }

    @Test
    void thePointsCanBeHadAgain() {
        float[] points = new float[2 * 1000];
        for (int i = 0; i < points.length; i++) {
            points[i] = i * 31 % 1009;
        }

        float[] again = new NearestNormals(points, 2, 5).points();

        assertThat(pairs(again)).containsExactlyInAnyOrderElementsOf(pairs(points));
    }

    private static List<String> pairs(float[] points) {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < points.length; i += 2) {
            pairs.add(points[i] + " " + points[i + 1]);
        }
        return pairs;
    }
}
