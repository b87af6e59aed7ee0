package dev.unfog.core.media;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import java.util.List;

/**
 * How stored pixels are turned upright, by EXIF's numbers 1 to 8 (CIPA DC-008, tag 0x0112).
 */
final class Orientation {
    private Orientation() {}

    /** Returns the orientation to use: the stated one, or 1 with a warning where there is no such orientation. */
    static int checked(int stated, List<String> warnings) {
        if (stated >= 1 && stated <= 8) {
            return stated;
        }
        warnings.add("its orientation was ignored: there is no orientation " + stated);
        return 1;
    }

    /** Returns whether rows become columns. */
    static boolean swapsSides(int orientation) {
        return orientation >= 5;
    }

    /** Returns the layout of the upright picture. */
    static PictureLayout upright(PictureLayout stored, int orientation) {
        return swapsSides(orientation) ? stored.withSize(stored.height(), stored.width()) : stored;
    }

    /**
     * Returns which stored pixels a region of the upright picture needs.
     *
     * @param region in the upright picture
     * @param stored the layout of the stored picture
     */
    static Region stored(Region region, PictureLayout stored, int orientation) {
        int x = swapsSides(orientation) ? region.y() : region.x();
        int y = swapsSides(orientation) ? region.x() : region.y();
        int width = swapsSides(orientation) ? region.height() : region.width();
        int height = swapsSides(orientation) ? region.width() : region.height();
        if (fromRight(orientation)) {
            x = stored.width() - x - width;
        }
        if (fromBottom(orientation)) {
            y = stored.height() - y - height;
        }
        return new Region(x, y, width, height);
    }

    /**
     * Turns one channel of a region.
     *
     * @param source stored pixels, row by row, from {@code from} on
     * @param region the region in the upright picture
     * @param target receives the upright pixels from {@code from} on
     */
    static void turn(float[] source, int from, Region region, int orientation, float[] target) {
        int width = region.width();
        int height = region.height();
        int storedWidth = swapsSides(orientation) ? height : width;
        int storedHeight = swapsSides(orientation) ? width : height;
        // Where the upright origin lies among the stored pixels, and how far a step right or down leads.
        int origin = (fromRight(orientation) ? storedWidth - 1 : 0)
                + (fromBottom(orientation) ? (storedHeight - 1) * storedWidth : 0);
        int alongRow = fromRight(orientation) ? -1 : 1;
        int alongColumn = fromBottom(orientation) ? -storedWidth : storedWidth;
        int right = swapsSides(orientation) ? alongColumn : alongRow;
        int down = swapsSides(orientation) ? alongRow : alongColumn;
        for (int y = 0; y < height; y++) {
            int in = from + origin + y * down;
            int out = from + y * width;
            for (int x = 0; x < width; x++, in += right) {
                target[out + x] = source[in];
            }
        }
    }

    /** Returns whether the stored columns run against the upright picture. */
    static boolean fromRight(int orientation) {
        return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    }

    /** Returns whether the stored rows run against the upright picture. */
    static boolean fromBottom(int orientation) {
        return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    }
}
