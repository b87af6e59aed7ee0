package dev.unfog.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NearestNeighboursTest {
    /** Mean 2, deviation √2 in the first column; the second is constant. */
    private static final double[][] NORMALS = {{0, 7}, {1, 7}, {2, 7}, {3, 7}, {4, 7}};

    @Test
    void theDistanceIsMeasuredInDeviations() {
        NearestNeighbours neighbours = new NearestNeighbours(NORMALS, 2);

        assertThat(neighbours.distances(new double[][] {{4, 7}})[0]).isCloseTo(1 / Math.sqrt(2), within(1e-12));
        assertThat(neighbours.distances(new double[][] {{10, 7}})[0]).isCloseTo(7 / Math.sqrt(2), within(1e-12));
    }

    @Test
    void aConstantColumnCountsUnscaled() {
        NearestNeighbours neighbours = new NearestNeighbours(NORMALS, 1);

        assertThat(neighbours.distances(new double[][] {{2, 10}})[0]).isCloseTo(3, within(1e-12));
    }
}
