package dev.unfog.plugins.image;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import java.util.Arrays;

/**
 * Finds thin bright or dark scratches, and dust, on a picture.
 *
 * <p>What a morphological opening or closing takes away is thinner than its square (the top-hat; Meyer 1979); it is measured in units of
 * its mean nearby, so that texture raises its own bar. A scratch is such a structure that goes on along a straight line, in one
 * of {@value #DIRECTIONS} directions, and does not go on beside it; from where this is plain it is followed to where it is faint
 * (hysteresis; Canny 1986). Dust is a small one that stands out alone. A wire or a mast looks like a scratch, which
 * nothing here can tell. Each region is searched with its surroundings, so that it does not matter how a picture is cut. For one thread.
 */
final class ScratchDetector {
    /** A scratch is at most twice as wide as this. */
    private static final int RADIUS = 3;

    private static final int DIRECTIONS = 24;
    /** How far a line is followed to either side of a pixel. */
    private static final int REACH = 20;
    /** How far away the surroundings are compared. */
    private static final int NEARBY = 31;
    /** What the mean nearby is at least: weaker structures are noise. */
    private static final float FLOOR = 3f / 255;
    /** Up to which multiple of the mean nearby a pixel counts, lest a few bright ones pass for a line. */
    private static final float LOUDEST = 6;
    /** From which multiple on a pixel is plainly, or possibly, part of a scratch. */
    private static final float PLAIN = 3;

    private static final float POSSIBLE = 1.5f;
    /** How much brighter or darker than what is around it a scratch is. */
    private static final float LEAST_CONTRAST = 15f / 255;
    /** How long it is. */
    private static final int LEAST_LENGTH = 40;
    /** How much a speck of dust stands out, in multiples of the mean nearby and in units of the picture. */
    private static final float DUST = 12;

    private static final float LEAST_DUST_CONTRAST = 0.15f;
    /** How far from a region its surroundings are looked at. */
    private static final int HALO = 96;

    private final PictureColors picture;
    private final PictureLayout layout;
    private int width;
    private int height;

    ScratchDetector(PictureColors picture) {
        this.picture = picture;
        this.layout = picture.layout();
    }

    /**
     * Searches a region.
     *
     * @param region inside the picture
     * @param found receives 1 for each pixel of the region that belongs to a scratch or to dust and 0 for others, row by row
     */
    void detect(Region region, float[] found) {
        int left = Math.max(0, region.x() - HALO);
        int top = Math.max(0, region.y() - HALO);
        int right = Math.min(layout.width(), region.x() + region.width() + HALO);
        int bottom = Math.min(layout.height(), region.y() + region.height() + HALO);
        width = right - left;
        height = bottom - top;
        float[] grey = grey(new Region(left, top, width, height));
        float[] bright = difference(grey, extreme(extreme(grey, false), true));
        float[] dark = difference(extreme(extreme(grey, true), false), grey);
        float[] nearby = nearby(bright, dark);
        boolean[] marked = new boolean[grey.length];
        boolean[] open = {left > 0, top > 0, right < layout.width(), bottom < layout.height()};
        mark(bright, nearby, open, marked);
        mark(dark, nearby, open, marked);
        for (int y = 0; y < region.height(); y++) {
            for (int x = 0; x < region.width(); x++) {
                boolean hit = touches(marked, region.x() - left + x, region.y() - top + y);
                found[y * region.width() + x] = hit ? 1 : 0;
            }
        }
    }

    private float[] grey(Region region) {
        int area = Math.toIntExact(region.area());
        float[] colors = new float[picture.channels() * area];
        picture.read(region, colors);
        if (picture.channels() == 1) {
            return colors;
        }
        float[] grey = new float[area];
        for (int i = 0; i < area; i++) {
            grey[i] = (colors[i] + colors[area + i] + colors[2 * area + i]) / 3;
        }
        return grey;
    }

    private static float[] difference(float[] one, float[] other) {
        float[] difference = new float[one.length];
        for (int i = 0; i < one.length; i++) {
            difference[i] = one[i] - other[i];
        }
        return difference;
    }

    /** Returns the greatest, or the least, value in the square around each pixel. */
    private float[] extreme(float[] values, boolean greatest) {
        float[] rows = values.clone();
        float[] both = new float[values.length];
        for (int offset = -RADIUS; offset <= RADIUS; offset++) {
            for (int y = 0; y < height; y++) {
                int from = Math.max(0, -offset);
                int to = Math.min(width, width - offset);
                for (int x = from; x < to; x++) {
                    int at = y * width + x;
                    float value = values[at + offset];
                    rows[at] = greatest ? Math.max(rows[at], value) : Math.min(rows[at], value);
                }
            }
        }
        System.arraycopy(rows, 0, both, 0, rows.length);
        for (int offset = -RADIUS; offset <= RADIUS; offset++) {
            for (int y = Math.max(0, -offset); y < Math.min(height, height - offset); y++) {
                for (int x = 0; x < width; x++) {
                    int at = y * width + x;
                    float value = rows[at + offset * width];
                    both[at] = greatest ? Math.max(both[at], value) : Math.min(both[at], value);
                }
            }
        }
        return both;
    }

    /** Returns how strong thin structures are around each pixel: their mean, and a floor. */
    private float[] nearby(float[] bright, float[] dark) {
        // sums over all pixels above and to the left, so that the sum over a rectangle takes four of them
        double[] sums = new double[(width + 1) * (height + 1)];
        for (int y = 0; y < height; y++) {
            double row = 0;
            for (int x = 0; x < width; x++) {
                row += bright[y * width + x] + dark[y * width + x];
                sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
            }
        }
        float[] nearby = new float[bright.length];
        for (int y = 0; y < height; y++) {
            int above = Math.max(0, y - NEARBY) * (width + 1);
            int below = Math.min(height, y + NEARBY + 1) * (width + 1);
            for (int x = 0; x < width; x++) {
                int before = Math.max(0, x - NEARBY);
                int after = Math.min(width, x + NEARBY + 1);
                double sum = sums[below + after] - sums[below + before] - sums[above + after] + sums[above + before];
                int count = (after - before) * (below - above) / (width + 1);
                nearby[y * width + x] = (float) (sum / (2 * count)) + FLOOR;
            }
        }
        return nearby;
    }

    private void mark(float[] structure, float[] nearby, boolean[] open, boolean[] marked) {
        float[] relative = new float[structure.length];
        for (int i = 0; i < relative.length; i++) {
            relative[i] = Math.min(LOUDEST, structure[i] / nearby[i]);
        }
        float[] line = lines(relative);
        byte[] kind = new byte[structure.length];
        for (int i = 0; i < kind.length; i++) {
            boolean plain = line[i] > PLAIN && relative[i] > PLAIN && structure[i] > LEAST_CONTRAST;
            boolean possible = line[i] > PLAIN / 2 && relative[i] > POSSIBLE && structure[i] > LEAST_CONTRAST / 2;
            kind[i] = (byte) (plain ? 2 : possible ? 1 : 0);
        }
        keep(kind, LEAST_LENGTH, Integer.MAX_VALUE, open, marked);
        for (int i = 0; i < kind.length; i++) {
            boolean plain = structure[i] > Math.max(LEAST_DUST_CONTRAST, DUST * nearby[i]);
            boolean possible = structure[i] > Math.max(LEAST_CONTRAST, DUST / 4 * nearby[i]);
            kind[i] = (byte) (plain ? 2 : possible ? 1 : 0);
        }
        keep(kind, 2, 3 * RADIUS, new boolean[4], marked);
    }

    /** Returns by how much each pixel belongs to a line: its mean along the best direction, less that along the lines beside it. */
    private float[] lines(float[] relative) {
        float[] best = new float[relative.length];
        float[] along = new float[relative.length];
        for (int direction = 0; direction < DIRECTIONS; direction++) {
            double cosine = Math.cos(Math.PI * direction / DIRECTIONS);
            double sine = Math.sin(Math.PI * direction / DIRECTIONS);
            Arrays.fill(along, 0);
            for (int step = -REACH; step <= REACH; step++) {
                int right = (int) Math.round(step * cosine);
                int down = (int) Math.round(step * sine);
                for (int y = Math.max(0, -down); y < Math.min(height, height - down); y++) {
                    int row = y * width;
                    int shift = down * width + right;
                    for (int x = Math.max(0, -right); x < Math.min(width, width - right); x++) {
                        along[row + x] += relative[row + x + shift];
                    }
                }
            }
            int right = (int) Math.round(-sine * (RADIUS + 3));
            int down = (int) Math.round(cosine * (RADIUS + 3));
            for (int y = 0; y < height; y++) {
                int oneRow = Math.max(0, Math.min(height - 1, y + down)) * width;
                int otherRow = Math.max(0, Math.min(height - 1, y - down)) * width;
                for (int x = 0; x < width; x++) {
                    float one = along[oneRow + Math.max(0, Math.min(width - 1, x + right))];
                    float other = along[otherRow + Math.max(0, Math.min(width - 1, x - right))];
                    float contrast = (along[y * width + x] - Math.max(one, other)) / (2 * REACH + 1);
                    best[y * width + x] = Math.max(best[y * width + x], contrast);
                }
            }
        }
        return best;
    }

    /**
     * Marks the connected pieces that have a plain pixel and the right size; what goes on past a side that is not the picture's may
     * have any size.
     *
     * @param kind 2 for a plain pixel, 1 for a possible one; all become 0
     * @param open which sides (left, top, right, bottom) are not those of the picture
     */
    private void keep(byte[] kind, int least, int most, boolean[] open, boolean[] marked) {
        int[] piece = new int[kind.length];
        for (int seed = 0; seed < kind.length; seed++) {
            if (kind[seed] == 0) {
                continue;
            }
            int count = 0;
            piece[count++] = seed;
            boolean plain = kind[seed] == 2;
            kind[seed] = 0;
            int minimumX = width;
            int maximumX = 0;
            int minimumY = height;
            int maximumY = 0;
            for (int next = 0; next < count; next++) {
                int x = piece[next] % width;
                int y = piece[next] / width;
                minimumX = Math.min(minimumX, x);
                maximumX = Math.max(maximumX, x);
                minimumY = Math.min(minimumY, y);
                maximumY = Math.max(maximumY, y);
                for (int row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
                    for (int column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
                        int neighbour = row * width + column;
                        if (kind[neighbour] != 0) {
                            plain |= kind[neighbour] == 2;
                            kind[neighbour] = 0;
                            piece[count++] = neighbour;
                        }
                    }
                }
            }
            int size = Math.max(maximumX - minimumX, maximumY - minimumY) + 1;
            boolean goesOn = open[0] && minimumX == 0
                    || open[1] && minimumY == 0
                    || open[2] && maximumX == width - 1
                    || open[3] && maximumY == height - 1;
            if (plain && (size >= least && size <= most || goesOn)) {
                for (int i = 0; i < count; i++) {
                    marked[piece[i]] = true;
                }
            }
        }
    }

    /** Whether a pixel or one beside it is marked: the edges of a scratch are soft. */
    private boolean touches(boolean[] marked, int x, int y) {
        for (int row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
            for (int column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
                if (marked[row * width + column]) {
                    return true;
                }
            }
        }
        return false;
    }
}
