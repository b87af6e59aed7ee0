package dev.unfog.plugins.image;

import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;

/**
 * The brightness of a picture seen from further away: each pixel is the mean of a square of the original's, over all colours.
 *
 * <p>Rows and columns that do not fill a square are left out, and so is opacity. Safe for use by many threads.
 */
final class ReducedPicture implements Picture {
    private final Picture original;
    private final int factor;
    private final PictureLayout layout;

    /**
     * @param original at least {@code factor} wide and high; not closed
     * @param factor the side of the squares
     */
    ReducedPicture(Picture original, int factor) {
        this.original = original;
        this.factor = factor;
        PictureLayout whole = original.layout();
        this.layout = new PictureLayout(
                whole.width() / factor,
                whole.height() / factor,
                PictureLayout.Color.GREY,
                false,
                PictureLayout.Depth.FLOAT32);
    }

    @Override
    public PictureLayout layout() {
        return layout;
    }

    @Override
    public void read(Region region, float[] planar) {
        int width = region.width() * factor;
        int colors = original.layout().color().channels();
        float[] rows = new float[original.layout().channels() * factor * width];
        for (int y = 0; y < region.height(); y++) {
            original.read(new Region(region.x() * factor, (region.y() + y) * factor, width, factor), rows);
            for (int x = 0; x < region.width(); x++) {
                float sum = 0;
                for (int row = 0; row < colors * factor; row++) {
                    int from = row * width + x * factor;
                    for (int column = 0; column < factor; column++) {
                        sum += rows[from + column];
                    }
                }
                planar[y * region.width() + x] = sum / (colors * factor * factor);
            }
        }
    }

    @Override
    public String name() {
        return original.name();
    }

    @Override
    public void close() {
        // The original belongs to whoever opened it.
    }
}
