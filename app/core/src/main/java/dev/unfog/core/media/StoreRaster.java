package dev.unfog.core.media;

import java.awt.Point;
import java.awt.Rectangle;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.SampleModel;
import java.awt.image.WritableRaster;
import java.lang.reflect.Array;
import org.jspecify.annotations.Nullable;

/**
 * A raster that keeps no pixels: what a decoder of ImageIO puts into it goes to a scratch file, row by row.
 *
 * <p>Decoders put whole rows, or the rows of a tile; that is all that it takes.
 */
final class StoreRaster extends WritableRaster {
    private final RowReceiver receiver;
    private final int offsetX;
    private final int offsetY;
    private final int band;
    private @Nullable Object elements;

    /** Takes a part of a row as its sample model holds it. */
    interface RowReceiver {
        /**
         * Takes pixels.
         *
         * @param x the first column
         * @param y the row
         * @param pixels how many
         * @param elements the samples: {@code byte[]}, {@code short[]}, {@code int[]}, {@code float[]} or {@code double[]}
         * @param band the one channel that they are of, or -1 for all
         */
        void accept(int x, int y, int pixels, Object elements, int band);
    }

    /**
     * Creates a raster that covers a whole picture.
     *
     * @param model how many pixels, and how their samples look
     * @param receiver where they go
     */
    StoreRaster(SampleModel model, RowReceiver receiver) {
        this(model, receiver, new Rectangle(0, 0, model.getWidth(), model.getHeight()), 0, 0, -1);
    }

    private StoreRaster(SampleModel model, RowReceiver receiver, Rectangle bounds, int offsetX, int offsetY, int band) {
        super(model, new NoSamples(model.getDataType()), bounds, new Point(0, 0), null);
        this.receiver = receiver;
        this.offsetX = offsetX;
        this.offsetY = offsetY;
        this.band = band;
    }

    @Override
    public void setRect(int dx, int dy, Raster source) {
        put(source.getMinX() + dx, source.getMinY() + dy, source);
    }

    @Override
    public void setDataElements(int x, int y, Raster source) {
        put(source.getMinX() + x, source.getMinY() + y, source);
    }

    private void put(int x, int y, Raster source) {
        int width = Math.min(source.getWidth(), this.minX + this.width - x);
        for (int row = 0; row < source.getHeight() && y + row < this.minY + this.height; row++) {
            Object kept = elements;
            if (kept != null && Array.getLength(kept) != width * source.getNumDataElements()) {
                kept = null;
            }
            Object samples = source.getDataElements(source.getMinX(), source.getMinY() + row, width, 1, kept);
            elements = samples;
            receiver.accept(x + offsetX, y + row + offsetY, width, samples, band);
        }
    }

    @Override
    public WritableRaster createWritableChild(
            int parentX, int parentY, int w, int h, int childMinX, int childMinY, int @Nullable [] bandList) {
        int childBand = band;
        SampleModel model = sampleModel;
        if (bandList != null && bandList.length < sampleModel.getNumBands()) {
            if (bandList.length != 1) {
                throw new UnsupportedOperationException("One channel or all");
            }
            childBand = bandList[0];
            model = sampleModel.createSubsetSampleModel(bandList);
        }
        return new StoreRaster(
                model,
                receiver,
                new Rectangle(childMinX, childMinY, w, h),
                offsetX + parentX - childMinX,
                offsetY + parentY - childMinY,
                childBand);
    }

    /** A data buffer without data, because a raster must have one. */
    static final class NoSamples extends DataBuffer {
        NoSamples(int type) {
            super(type, Integer.MAX_VALUE);
        }

        @Override
        public int getElem(int bank, int i) {
            throw new UnsupportedOperationException("The pixels are in a scratch file");
        }

        @Override
        public void setElem(int bank, int i, int value) {
            throw new UnsupportedOperationException("The pixels go to a scratch file");
        }
    }
}
