package dev.unfog.plugins.image;

import dev.unfog.api.media.Region;
import java.util.ArrayList;
import java.util.List;

/**
 * How a picture is cut into overlapping tiles of one shape, so that a network sees every pixel with its surroundings.
 *
 * <p>Each tile has an input, which a network reads, and a core, which it is trusted on; the cores cover the picture once. A core lies
 * at least the halo away from those edges of its input that are not edges of the picture. Inputs start at multiples of the
 * network's size multiple: strided layers then sample the same pixels in every tile, without which tiles could not agree.
 * One shape for all keeps a runtime from planning memory anew for each. Immutable; safe for use by many threads.
 *
 * @param width the columns of a tile's input, padding included; a multiple of the network's size multiple
 * @param height the rows of a tile's input, padding included
 * @param halo the overlap on either side of a core
 * @param tiles the tiles, row by row
 */
record TilePlan(int width, int height, int halo, List<Tile> tiles) {

    /**
     * One tile.
     *
     * @param input what the network reads, inside the picture; where it is smaller than the plan's tiles, it is padded at the right
     *     and at the bottom
     * @param core the pixels whose result is kept, inside the input
     */
    record Tile(Region input, Region core) {}

    TilePlan {
        tiles = List.copyOf(tiles);
    }

    /**
     * Cuts a picture so that the least is read twice.
     *
     * @param pictureWidth columns of the picture
     * @param pictureHeight rows of the picture
     * @param maximumPixels how many pixels a tile's input holds at most, unless the halo alone needs more
     * @param halo the least overlap; rounded up to the multiple
     * @param minimum the smallest size that the network accepts
     * @param multiple what a tile's width and height must be multiples of
     */
    static TilePlan of(int pictureWidth, int pictureHeight, long maximumPixels, int halo, int minimum, int multiple) {
        int overlap = roundUp(halo, multiple);
        int paddedWidth = Math.max(roundUp(pictureWidth, multiple), roundUp(minimum, multiple));
        int paddedHeight = Math.max(roundUp(pictureHeight, multiple), roundUp(minimum, multiple));
        int smallest = Math.max(roundUp(minimum, multiple), 2 * overlap + multiple);
        int columns = 1;
        int rows = 1;
        long least = Long.MAX_VALUE;
        for (int candidate = 1; candidate <= paddedWidth / multiple; candidate++) {
            int tileWidth = tileSize(paddedWidth, candidate, overlap, multiple);
            if (candidate > 1 && tileWidth < smallest) {
                break;
            }
            int candidateRows = 1;
            int tileHeight = paddedHeight;
            while ((long) tileWidth * tileHeight > maximumPixels && candidateRows < paddedHeight / multiple) {
                int next = tileSize(paddedHeight, candidateRows + 1, overlap, multiple);
                if (next < smallest) {
                    break;
                }
                candidateRows++;
                tileHeight = next;
            }
            long excess = Math.max(0, (long) tileWidth * tileHeight - maximumPixels);
            long cost = (long) candidate * candidateRows * tileWidth * tileHeight + 1000 * excess;
            if (cost < least) {
                least = cost;
                columns = candidate;
                rows = candidateRows;
            }
        }
        int tileWidth = tileSize(paddedWidth, columns, overlap, multiple);
        int tileHeight = tileSize(paddedHeight, rows, overlap, multiple);
        int[] lefts = starts(paddedWidth, tileWidth, columns, overlap);
        int[] tops = starts(paddedHeight, tileHeight, rows, overlap);
        List<Tile> tiles = new ArrayList<>(columns * rows);
        for (int row = 0; row < rows; row++) {
            int top = tops[row];
            int coreTop = row == 0 ? 0 : top + overlap;
            int coreBottom = row == rows - 1 ? pictureHeight : Math.min(pictureHeight, tops[row + 1] + overlap);
            for (int column = 0; column < columns; column++) {
                int left = lefts[column];
                int coreLeft = column == 0 ? 0 : left + overlap;
                int coreRight =
                        column == columns - 1 ? pictureWidth : Math.min(pictureWidth, lefts[column + 1] + overlap);
                if (coreRight <= coreLeft || coreBottom <= coreTop) {
                    continue;
                }
                tiles.add(new Tile(
                        new Region(
                                left,
                                top,
                                Math.min(tileWidth, pictureWidth - left),
                                Math.min(tileHeight, pictureHeight - top)),
                        new Region(coreLeft, coreTop, coreRight - coreLeft, coreBottom - coreTop)));
            }
        }
        return new TilePlan(tileWidth, tileHeight, overlap, tiles);
    }

    /** Returns how many pixels a network works on for each pixel of the picture. */
    double overhead(long picturePixels) {
        return (double) width * height * tiles.size() / picturePixels;
    }

    private static int tileSize(int padded, int count, int overlap, int multiple) {
        long covered = padded + 2L * overlap * (count - 1);
        return Math.min(padded, roundUp(Math.toIntExact((covered + count - 1) / count), multiple));
    }

    private static int[] starts(int padded, int size, int count, int overlap) {
        int[] starts = new int[count];
        for (int i = 0; i < count; i++) {
            starts[i] = Math.min(i * (size - 2 * overlap), padded - size);
        }
        return starts;
    }

    private static int roundUp(int value, int multiple) {
        return Math.multiplyExact(Math.floorDiv(Math.addExact(value, multiple - 1), multiple), multiple);
    }
}
