package dev.unfog.plugins.image;

import dev.unfog.api.Cancellation;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells how strong the noise of a picture is from the picture alone.
 *
 * <p>Looks at {@link PatchSpectrum small patches} of a small picture, or of pieces spread evenly over a large one. For one thread.
 */
final class NoiseEstimator {
    private static final long WHOLE = 800_000;
    private static final int PIECE = 128;
    private static final int PIECES = 36;
    private static final int PATCHES = 8_000;

    private final Picture picture;
    private final Cancellation cancellation;
    private final List<Region> pieces;

    NoiseEstimator(Picture picture, Cancellation cancellation) {
        this.picture = picture;
        this.cancellation = cancellation;
        this.pieces = pieces(picture.layout(), WHOLE, PIECE, PIECES);
    }

    /**
     * Returns the standard deviation of the noise in the units of the picture; 0 for a picture too small to tell.
     *
     * <p>Noise that clipping took away would pull the answer down, so patches that touch black or white count only where there
     * are too few others.
     */
    double noiseLevel() {
        float[] clipped = picture.layout().depth() == PictureLayout.Depth.FLOAT32
                ? new float[] {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY}
                : new float[] {0, 1};
        double level = noiseLevel(picture.layout().color().channels(), clipped[0], clipped[1]);
        if (Double.isNaN(level)) {
            level = noiseLevel(picture.layout().color().channels(), Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
        }
        return Double.isNaN(level) ? 0 : level;
    }

    private double noiseLevel(int channels, float lowest, float highest) {
        long pixels = pieces.stream().mapToLong(Region::area).sum();
        int stride = (int) Math.max(1, Math.floor(Math.sqrt((double) pixels / PATCHES)));
        PatchSpectrum spectrum = new PatchSpectrum(channels);
        float[] values = new float[0];
        for (Region piece : pieces) {
            cancellation.throwIfCancelled();
            int needed = Math.toIntExact(piece.area() * picture.layout().channels());
            if (values.length < needed) {
                values = new float[needed];
            }
            picture.read(piece, values);
            spectrum.add(values, piece.width(), piece.height(), stride, lowest, highest);
        }
        return spectrum.noiseLevel();
    }

    /**
     * Returns the whole of a small picture, or squares spread evenly over a large one.
     *
     * @param whole up to how many pixels the whole picture is taken
     * @param side the side of a square
     * @param count about how many squares to take
     */
    static List<Region> pieces(PictureLayout layout, long whole, int side, int count) {
        if (layout.pixels() <= whole) {
            return List.of(layout.bounds());
        }
        int width = Math.min(side, layout.width());
        int height = Math.min(side, layout.height());
        double aspect = (double) layout.width() / layout.height();
        int columns = (int) Math.max(1, Math.min(layout.width() / width, Math.round(Math.sqrt(count * aspect))));
        int rows = Math.max(1, Math.min(layout.height() / height, (count + columns - 1) / columns));
        columns = Math.max(1, Math.min(layout.width() / width, (count + rows - 1) / rows));
        List<Region> pieces = new ArrayList<>(columns * rows);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int x = (int) ((layout.width() - width) * (column + 0.5) / columns);
                int y = (int) ((layout.height() - height) * (row + 0.5) / rows);
                pieces.add(new Region(x, y, width, height));
            }
        }
        return pieces;
    }
}
