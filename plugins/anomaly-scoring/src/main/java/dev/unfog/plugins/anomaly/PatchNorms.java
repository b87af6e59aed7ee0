package dev.unfog.plugins.anomaly;

import dev.unfog.api.Cancellation;
import dev.unfog.api.media.Media;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;

/**
 * What a patch looks like to a score network of pictures: its score norm at several noise levels and two scales.
 *
 * <p>The network runs over tiles with a border that is cut off, so that nothing depends on where a tile lies.
 */
final class PatchNorms implements CellNorms {
    private static final int SCALES = 2;
    private static final int TILE = 256;

    /** What lies further off hardly counts, even for a network that sees further; a multiple of all sizes that networks ask for. */
    private static final int WIDEST_BORDER = 24;

    private final ScoreNetwork network;
    private final Standardisation standardisation;
    private final double[] levels;
    private final int multiple;
    private final int border;

    /**
     * @param network not closed here
     * @param standardisation how a picture is brought to what the network expects
     * @param levels σ, in the units of standardised pictures
     */
    PatchNorms(ScoreNetwork network, Standardisation standardisation, double[] levels) {
        this.network = network;
        this.standardisation = standardisation;
        this.levels = levels.clone();
        multiple = Math.max(2, network.card().sizeMultiple());
        border = Math.min(WIDEST_BORDER, roundedUp(network.card().receptiveField()));
    }

    private int roundedUp(int size) {
        return (size + multiple - 1) / multiple * multiple;
    }

    @Override
    public int measures() {
        return SCALES * levels.length;
    }

    @Override
    public double level(int measure) {
        return levels[measure % levels.length];
    }

    @Override
    public CellGrid look(Media sample, PatchImage image, Cancellation cancellation) {
        int rows = image.height() / CellGrid.STRIDE;
        int columns = image.width() / CellGrid.STRIDE;
        float[] squares = new float[rows * columns * measures()];
        PatchImage scaled = standardisation.apply(image);
        for (int scale = 0; scale < SCALES; scale++) {
            sum(scaled, CellGrid.STRIDE >> scale, rows, columns, scale * levels.length, squares, cancellation);
            scaled = scaled.half();
        }
        return CellGrid.of(squares, rows, columns, measures());
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
        int coreHeight = Math.min(TILE, roundedUp(rows * side));
        int coreWidth = Math.min(TILE, roundedUp(columns * side));
        int tileHeight = coreHeight + 2 * border;
        int tileWidth = coreWidth + 2 * border;
        Tensor x = Tensor.allocate(1, channels, tileHeight, tileWidth);
        Tensor noise = Tensor.allocate(1, 1, 1, 1);
        Tensor denoised = Tensor.allocate(1, channels, tileHeight, tileWidth);
        float[] tile = new float[channels * tileHeight * tileWidth];
        float[] answer = new float[tile.length];
        for (int top = 0; top < rows * side; top += coreHeight) {
            for (int left = 0; left < columns * side; left += coreWidth) {
                cancellation.throwIfCancelled();
                picture.copy(left - border, top - border, tileWidth, tileHeight, tile, 0);
                x.data().put(tile);
                int height = Math.min(coreHeight, rows * side - top);
                int width = Math.min(coreWidth, columns * side - left);
                for (int level = 0; level < levels.length; level++) {
                    noise.data().put((float) levels[level]);
                    network.denoise(x, noise, denoised);
                    denoised.data().get(answer);
                    float inverse = (float) (1 / levels[level]);
                    for (int channel = 0; channel < channels; channel++) {
                        for (int y = 0; y < height; y++) {
                            int at = (channel * tileHeight + border + y) * tileWidth + border;
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
}
