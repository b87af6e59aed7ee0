package dev.unfog.plugins.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NormalCellsTest {
    private static float[] cells(int count, double mean, double deviation, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] cells = new float[2 * count];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return cells;
    }

    @Test
    void whatIsUsualInOneBandIsUnusualInAnother() {
        NormalCells cells = NormalCells.of(List.of(cells(200, 0, 1, 1), cells(200, 5, 0.1, 2)), 2);
        CellGrid grid = new CellGrid(new float[] {0, 0, 5, 5, 5, 5, 5, 5.9f}, 2, 2);

        double[] distances = cells.distances(grid);

        assertThat(distances[0]).isLessThan(0.5);
        assertThat(distances[1]).isGreaterThan(3);
        assertThat(distances[2]).isLessThan(0.5);
        assertThat(distances[3]).isGreaterThan(5);
        assertThat(cells.loudest(grid, 3)).isEqualTo(1);
    }

    @Test
    void ofOneBandAllRowsAreAlike() {
        NormalCells cells = NormalCells.of(List.of(cells(200, 0, 1, 3)), 2);

        double[] distances = cells.distances(new CellGrid(new float[] {1, 1, 1, 1}, 2, 1));

        assertThat(distances[0]).isEqualTo(distances[1]);
    }

    @Test
    void whatIsKeptGivesTheSameDistances() {
        NormalCells cells = NormalCells.of(List.of(cells(300, 0, 1, 1), cells(300, 5, 0.1, 2)), 2);
        NormalCells again = NormalCells.of(cells.means(), cells.deviations(), cells.points(), cells.bands());
        CellGrid grid = new CellGrid(cells(6, 1, 2, 4), 2, 3);

        assertThat(again.distances(grid)).isEqualTo(cells.distances(grid));
        assertThatThrownBy(() -> NormalCells.of(cells.means(), cells.deviations(), cells.points(), 3))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
