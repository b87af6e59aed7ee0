package dev.unfog.plugins.anomaly;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A connected part of a sample that lies beyond what one normal cell in a thousand does.
 *
 * @param left the first column of cells
 * @param top the first row of cells
 * @param right the column after the last
 * @param bottom the row after the last
 * @param peak the largest value in it, on the scale of maps
 */
record DeviationRegion(int left, int top, int right, int bottom, double peak) {
    private static final int FEWEST_CELLS = 2;
    private static final int MOST_REGIONS = 5;

    /** Finds the regions, strongest first, five at most. */
    static List<DeviationRegion> find(PatchModel model, PatchModel.Deviation deviation) {
        int rows = deviation.rows();
        int columns = deviation.columns();
        boolean[] isDone = new boolean[rows * columns];
        List<DeviationRegion> regions = new ArrayList<>();
        for (int start = 0; start < isDone.length; start++) {
            if (isDone[start] || model.onScale(deviation.distances()[start]) <= 1) {
                continue;
            }
            int left = columns;
            int top = rows;
            int right = 0;
            int bottom = 0;
            int cells = 0;
            double peak = 0;
            ArrayDeque<Integer> open = new ArrayDeque<>(List.of(start));
            isDone[start] = true;
            while (!open.isEmpty()) {
                int cell = open.remove();
                int row = cell / columns;
                int column = cell % columns;
                cells++;
                peak = Math.max(peak, model.onScale(deviation.distances()[cell]));
                left = Math.min(left, column);
                top = Math.min(top, row);
                right = Math.max(right, column + 1);
                bottom = Math.max(bottom, row + 1);
                for (int neighbour : new int[] {
                    column > 0 ? cell - 1 : -1,
                    column + 1 < columns ? cell + 1 : -1,
                    row > 0 ? cell - columns : -1,
                    row + 1 < rows ? cell + columns : -1
                }) {
                    if (neighbour >= 0
                            && !isDone[neighbour]
                            && model.onScale(deviation.distances()[neighbour]) > 1) {
                        isDone[neighbour] = true;
                        open.add(neighbour);
                    }
                }
            }
            if (cells >= FEWEST_CELLS) {
                regions.add(new DeviationRegion(left, top, right, bottom, peak));
            }
        }
        return regions.stream()
                .sorted(Comparator.comparingDouble(DeviationRegion::peak).reversed())
                .limit(MOST_REGIONS)
                .toList();
    }
}
