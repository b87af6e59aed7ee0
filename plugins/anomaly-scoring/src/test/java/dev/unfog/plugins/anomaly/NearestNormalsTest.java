package dev.unfog.plugins.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNormalsTest {
    @ParameterizedTest
    @CsvSource({"5, 1, 5", "12, 2, 1", "13, 3, 5", "1000, 1, 5", "1000, 4, 5", "700, 20, 3", "300, 2, 300"})
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

            assertThat(search.distance(at, 0)).isCloseTo(Math.sqrt(all[neighbours - 1]), within(1e-9));
        }
    }
}
