package dev.unfog.plugins.image;

import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;

/**
 * A picture seen from further away: each pixel is the mean of a square of the original's.
 *
 * <p>Rows and columns that do not fill a square are left out. Safe for use by many threads.
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
        this.layout =
                whole.withSize(whole.width() / factor, whole.height() / factor).withDepth(PictureLayout.Depth.FLOAT32);
    }

    @Override
    public PictureLayout layout() {
        return layout;
    }

    @Override
    public void read(Region region, float[] planar) {
        int width = region.width() * factor;
        float[] rows = new float[layout.channels() * factor * width];
        for (int y = 0; y < region.height(); y++) {
            original.read(new Region(region.x() * factor, (region.y() + y) * factor, width, factor), rows);
            for (int channel = 0; channel < layout.channels(); channel++) {
                for (int x = 0; x < region.width(); x++) {
                    float sum = 0;
                    for (int row = 0; row < factor; row++) {
                        int from = (channel * factor + row) * width + x * factor;
                        for (int column = 0; column < factor; column++) {
                            sum += rows[from + column];
                        }
                    }
                    planar[(channel * region.height() + y) * region.width() + x] = sum / (factor * factor);
                }
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
