package dev.unfog.core.media;

import java.util.Arrays;
import java.util.List;

/**
 * How strongly a JPEG is compressed: quantisation tables and chroma subsampling (ITU-T T.81, B.2.2 and B.2.4.1).
 *
 * @param luminance 64 quantisation steps in natural (row by row) order
 * @param chrominance the same for the colour components; equal to luminance in a grey picture
 * @param horizontal how many luminance samples there are to one of chrominance, across: 1, 2 or 4
 * @param vertical the same, down
 */
record JpegCompression(List<Integer> luminance, List<Integer> chrominance, int horizontal, int vertical) {
    /** T.81 table K.1. */
    private static final int[] LUMINANCE = {
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29,
        51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121,
        120, 101, 72, 92, 95, 98, 112, 100, 103, 99
    };
    /** T.81 table K.2. */
    private static final int[] CHROMINANCE = {
        17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99
    };

    /**
     * Returns the compression that the Independent JPEG Group's scale calls {@code quality}, colours at full resolution.
     *
     * @param quality from 1 to 100
     */
    static JpegCompression ofQuality(int quality) {
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("JPEG quality goes from 1 to 100, not " + quality);
        }
        int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
        return new JpegCompression(scaled(LUMINANCE, percent), scaled(CHROMINANCE, percent), 1, 1);
    }

    private static List<Integer> scaled(int[] table, int percent) {
        return Arrays.stream(table)
                .mapToObj(step -> Math.max(1, Math.min(255, (step * percent + 50) / 100)))
                .toList();
    }

    /** Returns this compression with other chroma subsampling. */
    JpegCompression withSubsampling(int across, int down) {
        return new JpegCompression(luminance, chrominance, across, down);
    }
}
