package dev.unfog.plugins.anomaly;

import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureSink;
import dev.unfog.api.media.Region;
import java.util.List;

/**
 * Where a sample is unlike the normal ones, as pictures on one fixed scale: black is typical, white (or red over the sample) is twice as
 * far as one normal cell in a thousand. A spectrogram is shown with its low frequencies at the bottom.
 */
final class HeatMap {
    /** The result's name: the sample with the deviation in red and boxes around regions. */
    static final String OVERLAY = Outputs.MAIN;

    /** The result's name: the deviation alone. */
    static final String MAP = "deviation";

    private static final double BRIGHTEST = 2;

    private final PatchModel model;
    private final PatchModel.Deviation deviation;
    private final PatchImage image;
    private final int stride;
    private final boolean isSpectrogram;

    /**
     * @param image the sample as it is shown
     * @param reduction how many of its pixels are one of what was looked at
     */
    HeatMap(PatchModel model, PatchModel.Deviation deviation, PatchImage image, int reduction) {
        this.model = model;
        this.deviation = deviation;
        this.image = image;
        stride = CellGrid.STRIDE * reduction;
        isSpectrogram = model.kind().equals(PatchModel.AUDIO);
    }

    /** Returns the deviation at a pixel, 0..1, between the cells' centres linear. */
    float at(int x, int y) {
        double column = Math.max(0, Math.min(deviation.columns() - 1, (x + 0.5) / stride - 0.5));
        double row = Math.max(0, Math.min(deviation.rows() - 1, (y + 0.5) / stride - 0.5));
        int left = Math.min((int) column, Math.max(0, deviation.columns() - 2));
        int top = Math.min((int) row, Math.max(0, deviation.rows() - 2));
        int right = Math.min(left + 1, deviation.columns() - 1);
        int bottom = Math.min(top + 1, deviation.rows() - 1);
        double across = column - left;
        double down = row - top;
        double distance = (1 - down) * ((1 - across) * cell(left, top) + across * cell(right, top))
                + down * ((1 - across) * cell(left, bottom) + across * cell(right, bottom));
        return (float) Math.max(0, Math.min(1, model.onScale(distance) / BRIGHTEST));
    }

    private double cell(int column, int row) {
        return deviation.distances()[row * deviation.columns() + column];
    }

    /** Writes both pictures. */
    void write(Outputs outputs, List<DeviationRegion> regions) {
        int width = image.width();
        int height = image.height();
        PictureSink map = outputs.picture(
                MAP, new PictureLayout(width, height, PictureLayout.Color.GREY, false, PictureLayout.Depth.UINT8));
        PictureSink overlay = outputs.picture(
                OVERLAY, new PictureLayout(width, height, PictureLayout.Color.RGB, false, PictureLayout.Depth.UINT8));
        float[] heat = new float[width];
        float[] colours = new float[3 * width];
        for (int y = 0; y < height; y++) {
            int row = isSpectrogram ? height - 1 - y : y;
            for (int x = 0; x < width; x++) {
                heat[x] = at(x, row);
                float grey = grey(x, row);
                boolean isEdge = isEdge(regions, x, row);
                float red = Math.min(1, 1.5f * heat[x]);
                colours[x] = isEdge ? 1 : grey + (1 - grey) * red;
                colours[width + x] = isEdge ? 0.9f : grey * (1 - red);
                colours[2 * width + x] = isEdge ? 0 : grey * (1 - red);
            }
            map.write(new Region(0, y, width, 1), heat);
            overlay.write(new Region(0, y, width, 1), colours);
        }
    }

    private float grey(int x, int y) {
        int area = image.width() * image.height();
        float sum = 0;
        for (int channel = 0; channel < image.channels(); channel++) {
            float value = image.values()[channel * area + y * image.width() + x];
            sum += isSpectrogram
                    ? 0.5f
                            + 0.2f
                                    * (value - model.standardisation().means()[0])
                                    / model.standardisation().deviations()[0]
                    : value;
        }
        return Math.max(0, Math.min(1, sum / image.channels()));
    }

    private boolean isEdge(List<DeviationRegion> regions, int x, int y) {
        for (DeviationRegion region : regions) {
            int left = region.left() * stride;
            int right = region.right() * stride - 1;
            int top = region.top() * stride;
            int bottom = region.bottom() * stride - 1;
            boolean isInside = x >= left && x <= right && y >= top && y <= bottom;
            if (isInside && (x == left || x == right || y == top || y == bottom)) {
                return true;
            }
        }
        return false;
    }
}
