package dev.unfog.plugins.anomaly;

import dev.unfog.api.Cancellation;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import java.util.Arrays;

/**
 * What a patch looks like to a score network: the logarithm of its score norm at several noise levels and two scales, on a grid of
 * {@value #STRIDE} pixels.
 *
 * <p>The network runs over tiles with a border that is cut off, so that nothing depends on where a tile lies. Safe for use by many threads.
 */
final class PatchNorms {
    /** Distance of the grid's cells, in pixels. */
    static final int STRIDE = 4;

    /** Side of the window whose noise is one cell's, in cells. */
    private static final int WINDOW = 3;

    private static final int SCALES = 2;
    private static final int TILE = 128;

    private final ScoreNetwork network;
    private final double[] levels;
    private final int border;

    /**
     * @param levels σ, in deviations of the normal pictures
     */
    PatchNorms(ScoreNetwork network, double[] levels) {
        this.network = network;
        this.levels = levels.clone();
        border = (network.card().receptiveField() + 1) / 2 * 2;
    }

    /** Returns how many numbers a cell has. */
    int measures() {
        return SCALES * levels.length;
    }

    /** Returns the noise level that one of a cell's numbers is for. */
    double level(int measure) {
        return levels[measure % levels.length];
    }

    /**
     * The cells of a picture.
     *
     * @param values {@code [rows][columns][measures]}
     */
    record Grid(float[] values, int rows, int columns) {}

    /**
     * Looks at a picture.
     *
     * @param picture standardised
     */
    Grid look(PatchImage picture, Cancellation cancellation) {
        int rows = picture.height() / STRIDE;
        int columns = picture.width() / STRIDE;
        float[] squares = new float[rows * columns * measures()];
        PatchImage scaled = picture;
        for (int scale = 0; scale < SCALES; scale++) {
            sum(scaled, STRIDE >> scale, rows, columns, scale * levels.length, squares, cancellation);
            scaled = scaled.half();
        }
        return new Grid(windows(squares, rows, columns), rows, columns);
    }

    /** Adds up the squared noise of every cell. */
    private void sum(
            PatchImage picture,
            int side,
            int rows,
            int columns,
            int offset,
            float[] squares,
            Cancellation cancellation) {
        int channels = picture.channels();
        int whole = TILE + 2 * border;
        Tensor x = Tensor.allocate(1, channels, whole, whole);
        Tensor noise = Tensor.allocate(1, 1, 1, 1);
        Tensor denoised = Tensor.allocate(1, channels, whole, whole);
        float[] tile = new float[channels * whole * whole];
        float[] answer = new float[tile.length];
        for (int top = 0; top < rows * side; top += TILE) {
            for (int left = 0; left < columns * side; left += TILE) {
                cancellation.throwIfCancelled();
                picture.copy(left - border, top - border, whole, whole, tile, 0);
                x.data().put(tile);
                int height = Math.min(TILE, rows * side - top);
                int width = Math.min(TILE, columns * side - left);
                for (int level = 0; level < levels.length; level++) {
                    noise.data().put((float) levels[level]);
                    network.denoise(x, noise, denoised);
                    denoised.data().get(answer);
                    float inverse = (float) (1 / levels[level]);
                    for (int channel = 0; channel < channels; channel++) {
                        for (int y = 0; y < height; y++) {
                            int at = (channel * whole + border + y) * whole + border;
                            int cell = (top + y) / side * columns;
                            for (int i = 0; i < width; i++) {
                                float seen = (tile[at + i] - answer[at + i]) * inverse;
                                int measure = (cell + (left + i) / side) * measures() + offset + level;
                                squares[measure] += seen * seen / (channels * side * side);
                            }
                        }
                    }
                }
            }
        }
    }

    /** The logarithm of the mean over each window. */
    private float[] windows(float[] squares, int rows, int columns) {
        int measures = measures();
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
        return norms;
    }
}
