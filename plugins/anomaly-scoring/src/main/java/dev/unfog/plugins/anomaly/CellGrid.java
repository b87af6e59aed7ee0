package dev.unfog.plugins.anomaly;

import java.util.Arrays;

/**
 * The cells of a picture or of a spectrogram, {@value #STRIDE} pixels apart, with what was measured of each.
 *
 * @param values {@code [rows][columns][measures]}
 */
record CellGrid(float[] values, int rows, int columns) {
    /** Distance of the cells, in pixels. */
    static final int STRIDE = 4;

    /** Side of the window whose noise is one cell's, in cells. */
    private static final int WINDOW = 3;

    /**
     * Turns mean squares into norms: the logarithm of the root of the mean over a window around each cell.
     *
     * @param squares mean squared noise of each cell, {@code [rows][columns][measures]}
     */
    static CellGrid of(float[] squares, int rows, int columns, int measures) {
        float[] norms = new float[squares.length];
        int reach = WINDOW / 2;
        double[] sum = new double[measures];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                Arrays.fill(sum, 0);
                int count = 0;
                for (int y = Math.max(0, row - reach); y <= Math.min(rows - 1, row + reach); y++) {
                    for (int x = Math.max(0, column - reach); x <= Math.min(columns - 1, column + reach); x++) {
                        count++;
                        for (int i = 0; i < measures; i++) {
                            sum[i] += squares[(y * columns + x) * measures + i];
                        }
                    }
                }
                for (int i = 0; i < measures; i++) {
                    norms[(row * columns + column) * measures + i] = (float) (0.5 * Math.log(sum[i] / count + 1e-6));
                }
            }
        }
        return new CellGrid(norms, rows, columns);
    }
}
