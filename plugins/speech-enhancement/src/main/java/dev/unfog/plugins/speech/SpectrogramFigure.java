package dev.unfog.plugins.speech;

import be.tarsos.dsp.util.fft.FloatFFT;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import java.util.Arrays;
import java.util.Locale;

/**
 * A figure of a recording before and after: time to the right, in seconds or minutes, frequency upwards, in kHz, power as a colour, in
 * dB below a tone at full scale.
 *
 * <p>Spectra of 32 ms or more under a Hann window, by power over channels and over the time that a column stands for. Memory does not
 * grow with the recording. For one thread.
 */
final class SpectrogramFigure {
    /** The name of the result. */
    static final String NAME = "spectrogram";

    private static final int MOST_COLUMNS = 1200;
    private static final int ROWS = 256;
    private static final double SPECTRUM_SECONDS = 0.032;
    private static final double QUIETEST_DECIBELS = -100;
    private static final double LOUDEST_DECIBELS = -20;
    private static final int LEFT = 64;
    private static final int RIGHT = 96;
    private static final int TOP = 32;
    private static final int BOTTOM = 40;
    private static final int SMALLEST_WIDTH = 480;
    private static final int BAR = 16;
    private static final int LETTER = 2;
    private static final float BACKGROUND = 1;
    private static final float INK = 0.1f;
    /** From dark to light, so that it is read without colour too: violet, red, orange, pale yellow. */
    private static final double[][] COLOURS = {
        {0.02, 0.01, 0.08}, {0.30, 0.07, 0.42}, {0.68, 0.20, 0.36}, {0.95, 0.48, 0.16}, {0.99, 0.93, 0.62}
    };
    /** Letters of five by seven dots, a row of dots to five bits. */
    private static final String LETTERS = "0123456789-.BEFORATkHzsmind";

    private static final long[] DOTS = {
        0x3A33AE62EL,
        0x11842108EL,
        0x3A211111FL,
        0x78217043EL,
        0x08CA97C42L,
        0x7E1E0862EL,
        0x1910F462EL,
        0x7C2222108L,
        0x3A317462EL,
        0x3A317844CL,
        0x0000F8000L,
        0x0000000C6L,
        0x7A31F463EL,
        0x7E10F421FL,
        0x7E10F4210L,
        0x3A318C62EL,
        0x7A31F5251L,
        0x3A31FC631L,
        0x7C8421084L,
        0x4212A6292L,
        0x4631FC631L,
        0x001F1111FL,
        0x000F8383EL,
        0x001AAD6B5L,
        0x100C2108EL,
        0x0016CC631L,
        0x042D9C66DL
    };

    private final int sampleRate;
    private final long frames;
    private final int size;
    private final int columns;
    private final FloatFFT transform;
    private final float[] window;
    private final Side before;
    private final Side after;

    /**
     * Begins a figure.
     *
     * @param frames how many frames the recording has, at least 1
     */
    SpectrogramFigure(int sampleRate, int channels, long frames) {
        this.sampleRate = sampleRate;
        this.frames = frames;
        int least = (int) (SPECTRUM_SECONDS * sampleRate);
        size = Math.max(64, Integer.highestOneBit(Math.max(2, 2 * least - 1)));
        columns = (int) Math.max(1, Math.min(MOST_COLUMNS, frames / (size / 2)));
        transform = new FloatFFT(size);
        window = new float[size];
        for (int i = 0; i < size; i++) {
            window[i] = (float) (0.5 - 0.5 * Math.cos(2 * Math.PI * (i + 0.5) / size));
        }
        before = new Side(channels);
        after = new Side(channels);
    }

    /** Adds the frames that follow those before, as they were and cleaned, {@code [channels][length]}. */
    void add(float[][] original, float[][] cleaned, int length) {
        before.add(original, length);
        after.add(cleaned, length);
    }

    /** Half the figure. */
    private final class Side {
        private final float[][] recent;
        private final double[] powers = new double[columns * ROWS];
        private final double[] counts = new double[columns * ROWS];
        private final float[] buffer = new float[size];
        private int filled;
        private long start;

        Side(int channels) {
            recent = new float[channels][size];
        }

        void add(float[][] sound, int length) {
            for (int done = 0; done < length; ) {
                int part = Math.min(size - filled, length - done);
                for (int channel = 0; channel < recent.length; channel++) {
                    System.arraycopy(sound[channel], done, recent[channel], filled, part);
                }
                filled += part;
                done += part;
                if (filled == size) {
                    spectrum();
                    for (float[] channel : recent) {
                        System.arraycopy(channel, size / 2, channel, 0, size / 2);
                    }
                    filled = size / 2;
                    start += size / 2;
                }
            }
        }

        /** Takes in what is left at the end, silence after it. */
        void finish() {
            for (float[] channel : recent) {
                Arrays.fill(channel, filled, size, 0);
            }
            spectrum();
        }

        private void spectrum() {
            int column = (int) Math.max(0, Math.min(columns - 1, (start + size / 2) * columns / frames));
            // A tone at full scale has the power 1.
            double scale = 16.0 / ((double) size * size) / recent.length;
            for (float[] channel : recent) {
                for (int i = 0; i < size; i++) {
                    buffer[i] = channel[i] * window[i];
                }
                transform.realForward(buffer);
                for (int bin = 1; bin < size / 2; bin++) {
                    double power = (double) buffer[2 * bin] * buffer[2 * bin]
                            + (double) buffer[2 * bin + 1] * buffer[2 * bin + 1];
                    int from = bin * ROWS / (size / 2);
                    int to = Math.max(from + 1, (bin + 1) * ROWS / (size / 2));
                    for (int row = from; row < to; row++) {
                        powers[column * ROWS + row] += scale * power;
                        counts[column * ROWS + row] += 1.0 / recent.length;
                    }
                }
            }
        }

        double decibels(int column, int row) {
            int at = column * ROWS + row;
            return counts[at] == 0 ? QUIETEST_DECIBELS : 10 * Math.log10(Math.max(1e-20, powers[at] / counts[at]));
        }
    }

    /** Draws the figure as a result. */
    void write(Outputs outputs) {
        before.finish();
        after.finish();
        int shown = Math.max(SMALLEST_WIDTH, columns);
        int width = LEFT + shown + RIGHT;
        int height = 2 * (TOP + ROWS) + BOTTOM;
        Canvas canvas = new Canvas(width, height);
        panel(canvas, "BEFORE", before, TOP, shown);
        panel(canvas, "AFTER", after, 2 * TOP + ROWS, shown);
        times(canvas, 2 * (TOP + ROWS), shown);
        scale(canvas, LEFT + shown + 16);
        outputs.picture(
                        NAME,
                        new PictureLayout(width, height, PictureLayout.Color.RGB, false, PictureLayout.Depth.UINT8))
                .write(new Region(0, 0, width, height), canvas.values);
    }

    private void panel(Canvas canvas, String title, Side side, int top, int shown) {
        canvas.text(title, LEFT + 12, top - 9 * LETTER);
        canvas.text("kHz", LEFT - 4 - Canvas.width("kHz"), top - 9 * LETTER);
        for (int x = 0; x < shown; x++) {
            int column = (int) ((long) x * columns / shown);
            for (int row = 0; row < ROWS; row++) {
                double level =
                        (side.decibels(column, row) - QUIETEST_DECIBELS) / (LOUDEST_DECIBELS - QUIETEST_DECIBELS);
                canvas.colour(LEFT + x, top + ROWS - 1 - row, level);
            }
        }
        double nyquist = sampleRate / 2000.0;
        double step = step(nyquist, 5);
        for (double frequency = 0; frequency <= nyquist * 1.001; frequency += step) {
            int y = top + ROWS - 1 - (int) Math.round(frequency / nyquist * (ROWS - 1));
            canvas.line(LEFT - 6, y, LEFT - 1, y);
            String text = number(frequency, step);
            canvas.text(text, LEFT - 10 - Canvas.width(text), Math.max(top, y - 7));
        }
    }

    private void times(Canvas canvas, int top, int shown) {
        double seconds = (double) frames / sampleRate;
        boolean isLong = seconds > 180;
        double length = isLong ? seconds / 60 : seconds;
        double step = step(length, 8);
        for (double time = 0; time <= length * 1.0001; time += step) {
            int x = LEFT + (int) Math.round(time / length * (shown - 1));
            canvas.line(x, top, x, top + 5);
            String text = number(time, step);
            canvas.text(text, x - Canvas.width(text) / 2, top + 9);
        }
        String unit = isLong ? "min" : "s";
        canvas.text(unit, LEFT + shown + 12, top + 9);
    }

    private static void scale(Canvas canvas, int left) {
        int height = ROWS;
        canvas.text("dB", left, TOP - 9 * LETTER);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < BAR; x++) {
                canvas.colour(left + x, TOP + y, 1 - (double) y / (height - 1));
            }
        }
        for (double level = LOUDEST_DECIBELS; level >= QUIETEST_DECIBELS; level -= 20) {
            int y = TOP
                    + (int) Math.round(
                            (LOUDEST_DECIBELS - level) / (LOUDEST_DECIBELS - QUIETEST_DECIBELS) * (height - 1));
            canvas.line(left + BAR, y, left + BAR + 4, y);
            canvas.text(number(level, 20), left + BAR + 8, Math.max(TOP, Math.min(TOP + height - 14, y - 7)));
        }
    }

    /** A step of 1, 2 or 5 times a power of ten that gives at most so many. */
    private static double step(double length, int most) {
        double least = length / most;
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double step : new double[] {1, 2, 5}) {
            if (step * power >= least) {
                return step * power;
            }
        }
        return 10 * power;
    }

    private static String number(double value, double step) {
        int decimals = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** A white picture to draw on. */
    private static final class Canvas {
        private final int width;
        private final int height;
        private final float[] values;

        Canvas(int width, int height) {
            this.width = width;
            this.height = height;
            values = new float[3 * width * height];
            Arrays.fill(values, BACKGROUND);
        }

        private void set(int channel, int x, int y, double value) {
            if (x >= 0 && x < width && y >= 0 && y < height) {
                values[(channel * height + y) * width + x] = (float) value;
            }
        }

        void colour(int x, int y, double level) {
            double place = Math.max(0, Math.min(1, level)) * (COLOURS.length - 1);
            int index = (int) Math.min(COLOURS.length - 2, place);
            for (int channel = 0; channel < 3; channel++) {
                double from = COLOURS[index][channel];
                set(channel, x, y, from + (place - index) * (COLOURS[index + 1][channel] - from));
            }
        }

        void line(int fromX, int fromY, int toX, int toY) {
            for (int y = fromY; y <= toY; y++) {
                for (int x = fromX; x <= toX; x++) {
                    for (int channel = 0; channel < 3; channel++) {
                        set(channel, x, y, INK);
                    }
                }
            }
        }

        static int width(String text) {
            return 6 * LETTER * text.length() - LETTER;
        }

        void text(String text, int left, int top) {
            for (int i = 0; i < text.length(); i++) {
                long dots = DOTS[LETTERS.indexOf(text.charAt(i))];
                for (int dot = 0; dot < 35; dot++) {
                    if ((dots >> 34 - dot & 1) == 1) {
                        int x = left + LETTER * (6 * i + dot % 5);
                        int y = top + LETTER * (dot / 5);
                        line(x, y, x + LETTER - 1, y + LETTER - 1);
                    }
                }
            }
        }
    }
}
