package dev.unfog.plugins.image;

import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureSink;
import dev.unfog.api.media.Region;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * One picture that shows people what changed: the picture split into before and after, details of both magnified, and the difference.
 *
 * <p>Made while the result is written, from what passes by, so that a large picture is not read again: a small copy of each, and
 * squares from which the most telling are chosen in the end. For one thread.
 */
final class Comparison {
    private static final int LARGEST_SIDE = 1200;
    private static final int SMALLEST_SIDE = 720;
    private static final int LARGEST_MAGNIFICATION = 24;
    private static final int MARGIN = 16;
    private static final int LETTER = 2;
    private static final int LABEL = BlockLetters.HEIGHT * LETTER + 12;
    private static final int DETAILS = 3;
    private static final int DETAIL_SIDE = 40;
    private static final int CANDIDATES_ACROSS = 12;
    private static final int DIFFERENCE_GAIN = 5;
    private static final String DIFFERENCE = "DIFFERENCE X" + DIFFERENCE_GAIN;
    private static final float BACKGROUND = 0.11f;
    private static final float INK = 0.93f;

    /** A square of the picture, before and after, {@code [3, height, width]} each. */
    private record Detail(Region region, float[] before, float[] after) {
        /** Returns how much there is to see in the result: how far neighbours differ. */
        double interest() {
            int width = region.width();
            double sum = 0;
            for (int i = width; i < after.length; i++) {
                if (i % width != 0 && i % (width * width) >= width) {
                    sum += Math.abs(after[i] - after[i - 1]) + Math.abs(after[i] - after[i - width]);
                }
            }
            return sum;
        }
    }

    private final int pictureWidth;
    private final int pictureHeight;
    private final int channels;
    private final int reduction;
    private final int magnification;
    private final int smallWidth;
    private final int smallHeight;
    private final float[] before;
    private final float[] after;
    private final List<Detail> details = new ArrayList<>();

    /**
     * @param pictureWidth columns of the result
     * @param pictureHeight rows of the result
     * @param channels colour channels of the result: 1 or 3
     */
    Comparison(int pictureWidth, int pictureHeight, int channels) {
        this.pictureWidth = pictureWidth;
        this.pictureHeight = pictureHeight;
        this.channels = channels;
        int longest = Math.max(pictureWidth, pictureHeight);
        reduction = Math.max(1, (longest + LARGEST_SIDE - 1) / LARGEST_SIDE);
        magnification = Math.max(1, Math.min(LARGEST_MAGNIFICATION, (SMALLEST_SIDE + longest - 1) / longest));
        smallWidth = (pictureWidth + reduction - 1) / reduction;
        smallHeight = (pictureHeight + reduction - 1) / reduction;
        before = new float[3 * smallWidth * smallHeight];
        after = new float[3 * smallWidth * smallHeight];
        int side = Math.min(DETAIL_SIDE, Math.min(pictureWidth, pictureHeight));
        int across = Math.min(CANDIDATES_ACROSS, pictureWidth / side);
        int down = Math.min(CANDIDATES_ACROSS, pictureHeight / side);
        for (int row = 0; row < down; row++) {
            for (int column = 0; column < across; column++) {
                details.add(new Detail(
                        new Region(
                                (int) ((long) (pictureWidth - side) * (2 * column + 1) / (2 * across)),
                                (int) ((long) (pictureHeight - side) * (2 * row + 1) / (2 * down)),
                                side,
                                side),
                        new float[3 * side * side],
                        new float[3 * side * side]));
            }
        }
    }

    /**
     * Takes note of a rectangle of the result; the rectangles together cover it once.
     *
     * @param region inside the result
     * @param old what was there before, {@code [channels, height, width]}
     * @param restored what is there now, likewise
     */
    void add(Region region, float[] old, float[] restored) {
        for (int channel = 0; channel < 3; channel++) {
            int from = Math.min(channel, channels - 1) * region.height() * region.width();
            for (int y = 0; y < region.height(); y++) {
                int smallRow = (channel * smallHeight + (region.y() + y) / reduction) * smallWidth;
                for (int x = 0; x < region.width(); x++) {
                    float weight = 1f / share(region.x() + x, region.y() + y);
                    int small = smallRow + (region.x() + x) / reduction;
                    int at = from + y * region.width() + x;
                    before[small] += weight * old[at];
                    after[small] += weight * restored[at];
                }
            }
        }
        for (Detail detail : details) {
            copy(region, old, detail.region(), detail.before());
            copy(region, restored, detail.region(), detail.after());
        }
    }

    /** Returns how many pixels are averaged into the one of the small copy that this pixel belongs to. */
    private int share(int x, int y) {
        int width = Math.min(reduction, pictureWidth - x / reduction * reduction);
        int height = Math.min(reduction, pictureHeight - y / reduction * reduction);
        return width * height;
    }

    private void copy(Region source, float[] values, Region target, float[] into) {
        int left = Math.max(source.x(), target.x());
        int right = Math.min(source.x() + source.width(), target.x() + target.width());
        int top = Math.max(source.y(), target.y());
        int bottom = Math.min(source.y() + source.height(), target.y() + target.height());
        if (left >= right) {
            return;
        }
        for (int channel = 0; channel < 3; channel++) {
            int plane = Math.min(channel, channels - 1) * source.height();
            for (int y = top; y < bottom; y++) {
                System.arraycopy(
                        values,
                        (plane + y - source.y()) * source.width() + left - source.x(),
                        into,
                        (channel * target.height() + y - target.y()) * target.width() + left - target.x(),
                        right - left);
            }
        }
    }

    /** Draws the comparison as the output {@code compare}. */
    void write(Outputs outputs) {
        int shownWidth = smallWidth * magnification;
        int shownHeight = smallHeight * magnification;
        details.sort(Comparator.comparingDouble(Detail::interest).reversed());
        List<Detail> shown = details.subList(0, Math.min(DETAILS, details.size()));
        int side = shown.get(0).region().width();
        int zoom = Math.max(1, ((shownWidth - MARGIN * (shown.size() - 1)) / shown.size() - 2) / (2 * side));
        int cellWidth = 2 * side * zoom + 2;
        int detailsWidth = shown.size() * cellWidth + MARGIN * (shown.size() - 1);
        int titles = BlockLetters.width(DIFFERENCE, LETTER);
        int width = 2 * MARGIN + Math.max(Math.max(shownWidth, detailsWidth), titles);
        int height = 3 * LABEL + 2 * shownHeight + side * zoom + 2 * MARGIN + 2 * MARGIN;
        Canvas canvas = new Canvas(width, height);

        int top = MARGIN;
        canvas.label("BEFORE", MARGIN, top);
        canvas.label("AFTER", width - MARGIN - BlockLetters.width("AFTER", LETTER), top);
        top += LABEL;
        int left = (width - shownWidth) / 2;
        for (int y = 0; y < shownHeight; y++) {
            for (int x = 0; x < shownWidth; x++) {
                boolean line = x == shownWidth / 2 && shownWidth > 2;
                float[] half = x < shownWidth / 2 ? before : after;
                for (int channel = 0; channel < 3; channel++) {
                    canvas.set(channel, left + x, top + y, line ? 1 : small(half, channel, x, y));
                }
            }
        }
        top += shownHeight + MARGIN;
        canvas.label("DETAILS", MARGIN, top);
        top += LABEL;
        for (int i = 0; i < shown.size(); i++) {
            draw(canvas, shown.get(i), (width - detailsWidth) / 2 + i * (cellWidth + MARGIN), top, zoom);
        }
        top += side * zoom + MARGIN;
        canvas.label(DIFFERENCE, MARGIN, top);
        top += LABEL;
        for (int y = 0; y < shownHeight; y++) {
            for (int x = 0; x < shownWidth; x++) {
                for (int channel = 0; channel < 3; channel++) {
                    float change = small(after, channel, x, y) - small(before, channel, x, y);
                    canvas.set(channel, left + x, top + y, 0.5f + DIFFERENCE_GAIN * change);
                }
            }
        }
        canvas.write(outputs);
    }

    private float small(float[] values, int channel, int x, int y) {
        return values[(channel * smallHeight + y / magnification) * smallWidth + x / magnification];
    }

    private static void draw(Canvas canvas, Detail detail, int left, int top, int zoom) {
        int side = detail.region().width();
        for (int channel = 0; channel < 3; channel++) {
            for (int y = 0; y < side * zoom; y++) {
                for (int x = 0; x < side * zoom; x++) {
                    int at = (channel * side + y / zoom) * side + x / zoom;
                    canvas.set(channel, left + x, top + y, detail.before()[at]);
                    canvas.set(channel, left + side * zoom + 2 + x, top + y, detail.after()[at]);
                }
            }
        }
    }

    /** A picture of one dull colour to draw on. */
    private static final class Canvas {
        private final int width;
        private final int height;
        private final float[] values;

        Canvas(int width, int height) {
            this.width = width;
            this.height = height;
            this.values = new float[3 * width * height];
            Arrays.fill(values, BACKGROUND);
        }

        void set(int channel, int x, int y, float value) {
            values[(channel * height + y) * width + x] = Math.min(1, Math.max(0, value));
        }

        void label(String text, int left, int top) {
            BlockLetters.draw(text, left, top, LETTER, (x, y) -> {
                for (int channel = 0; channel < 3; channel++) {
                    set(channel, x, y, INK);
                }
            });
        }

        void write(Outputs outputs) {
            PictureSink sink = outputs.picture(
                    "compare",
                    new PictureLayout(width, height, PictureLayout.Color.RGB, false, PictureLayout.Depth.UINT8));
            sink.write(new Region(0, 0, width, height), values);
        }
    }
}
