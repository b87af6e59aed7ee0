package dev.unfog.api.media;

import java.util.List;

/**
 * What a JPEG file really holds: for each 8x8 block of each component, DCT coefficients rounded to multiples of known steps.
 *
 * <p>A coefficient that is stored as q with the step Q was between (q - 1/2) Q and (q + 1/2) Q before it was rounded, in units of
 * 1/255 of the nominal range, 128 being taken from luminance and from the colours of {@link Transform#NONE} first, and the transform
 * being the orthonormal one (ITU-T T.81, A.3.3 and A.3.4). Everything is upright, as the {@link Picture} is: the blocks
 * are turned, and so are the coefficients in them. The blocks cover a grid that is larger than the picture unless its sides are
 * multiples of a block's; what lies around the picture is whatever the encoder filled it up with.
 *
 * <p>Reading is safe from many threads.
 *
 * @since 0.1.0
 */
public interface JpegCoefficients extends AutoCloseable {
    /** Columns, and rows, of a block. */
    int BLOCK = 8;

    /**
     * What the components stand for.
     *
     * @since 0.1.0
     */
    enum Transform {
        /** The picture's own colour channels. */
        NONE,
        /** Luminance and the differences of blue and red from it, with the weights .299, .587 and .114 (ITU-T T.871, 7). */
        YCBCR
    }

    /**
     * One component.
     *
     * @param horizontal how many columns of the grid a sample covers, the mean of which it was made from: 1, 2 or 4
     * @param vertical how many rows of the grid a sample covers
     * @param blocksAcross how many blocks lie side by side
     * @param blocksDown how many blocks lie above one another
     * @param steps the 64 quantisation steps, row by row, the vertical frequency growing from row to row
     * @since 0.1.0
     */
    record Component(int horizontal, int vertical, int blocksAcross, int blocksDown, List<Integer> steps) {
        /**
         * Requires 64 steps.
         *
         * @param horizontal how many columns of the grid a sample covers, the mean of which it was made from: 1, 2 or 4
         * @param vertical how many rows of the grid a sample covers
         * @param blocksAcross how many blocks lie side by side
         * @param blocksDown how many blocks lie above one another
         * @param steps the 64 quantisation steps, row by row, the vertical frequency growing from row to row
         */
        public Component {
            steps = List.copyOf(steps);
            if (steps.size() != BLOCK * BLOCK) {
                throw new IllegalArgumentException("A block has 64 quantisation steps, not " + steps.size());
            }
        }
    }

    /** {@return what the components stand for; {@link Transform#NONE} in a grey picture} */
    Transform transform();

    /** {@return the components: one, or three in the order of the colour channels or of luminance, blue and red} */
    List<Component> components();

    /** {@return how many columns of the grid lie to the left of the picture} */
    int left();

    /** {@return how many rows of the grid lie above the picture} */
    int top();

    /**
     * Reads the stored numbers of a rectangle of blocks.
     *
     * @param component which component, from 0
     * @param blocks the rectangle, counted in blocks, inside the component
     * @param coefficients receives 64 numbers for each block, ordered as the steps are, block after block and row after row of
     *     blocks, from index 0
     * @throws IllegalArgumentException if the rectangle leaves the component or the array is too short
     */
    void read(int component, Region blocks, short[] coefficients);

    /** Gives the storage back; may be called twice. */
    @Override
    void close();
}
