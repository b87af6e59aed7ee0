package dev.unfog.api.sde;

/**
 * Standard normal noise that is a function of where it lands: neither tiles, batches, blocks nor threads change it.
 *
 * <p>A value is fixed by the seed, the index of the sample, the step, the draw within the step, the channel and the
 * position within the channel (for a picture y·width + x of the whole picture). The words come from {@link Philox}, the
 * seed being its key and the rest its counter; Box and Muller 1958, "A Note on the Generation of Random Normal
 * Deviates", turns each pair into two values. Only IEEE additions, multiplications, divisions and square roots are used, no
 * library function, so that the bits are the same on every Java machine. Values lie within ±6.7.
 *
 * <p>Immutable; safe for use by many threads. About fifteen nanoseconds a value.
 *
 * @since 0.1.0
 */
public final class GaussianNoise {
    /** The number of channels that a sample may have. */
    public static final int CHANNEL_LIMIT = 1 << 16;
    /** The number of positions that a channel may have. */
    public static final long POSITION_LIMIT = 1L << 50;
    /** The number of steps that may draw noise. */
    public static final int STEP_LIMIT = 1 << 20;
    /** The number of draws that a step may make. */
    public static final int DRAW_LIMIT = 1 << 12;
    /** The number of samples that a seed serves. */
    public static final long SAMPLE_LIMIT = 1L << 32;

    private static final double UNIT = 0x1p-32;
    private static final double RADIANS = 2 * Math.PI * UNIT;
    private static final double LOG_2 = 0.6931471805599453;
    /** The bits of 1.0 less those of √½: added, they carry into the exponent of whatever lies above √½ · 2^n. */
    private static final long ABOVE_ROOT_HALF = 0x3FF0000000000000L - 0x3FE6A09E667F3BCDL;

    private final int key0;
    private final int key1;

    /**
     * Creates the noise of a seed.
     *
     * @param seed any number
     */
    public GaussianNoise(long seed) {
        key0 = (int) seed;
        key1 = (int) (seed >>> 32);
    }

    /**
     * Writes the noise of consecutive positions of one channel of one sample.
     *
     * @param sample the index of the sample, from 0, below {@link #SAMPLE_LIMIT}
     * @param step the step that draws, from 0, below {@link #STEP_LIMIT}
     * @param draw the draw within the step, from 0, below {@link #DRAW_LIMIT}
     * @param channel the channel, from 0, below {@link #CHANNEL_LIMIT}
     * @param position the first position, from 0, below {@link #POSITION_LIMIT}
     * @param into receives the values
     * @param from the index of the first value in {@code into}
     * @param length how many values
     * @throws IndexOutOfBoundsException if one of the numbers is out of its range
     */
    public void fill(long sample, int step, int draw, int channel, long position, float[] into, int from, int length) {
        check("sample", sample, SAMPLE_LIMIT);
        check("step", step, STEP_LIMIT);
        check("draw", draw, DRAW_LIMIT);
        check("channel", channel, CHANNEL_LIMIT);
        if (length == 0) {
            return;
        }
        check("position", position, POSITION_LIMIT);
        check("position", position + length - 1, POSITION_LIMIT);
        int stepAndDraw = step << 12 | draw;
        int sampleWord = (int) sample;
        int channelWord = channel << 16;

        int at = from;
        int end = from + length;
        long block = position >>> 2;
        int lane = (int) (position & 3);
        if (lane != 0 || length < 4) {
            float[] four = new float[4];
            while (at < end && (lane != 0 || end - at < 4)) {
                blocks(four, 0, 1, block, channelWord, stepAndDraw, sampleWord);
                int count = Math.min(4 - lane, end - at);
                System.arraycopy(four, lane, into, at, count);
                at += count;
                lane = 0;
                block++;
            }
        }
        int whole = (end - at) >> 2;
        if (whole > 0) {
            blocks(into, at, whole, block, channelWord, stepAndDraw, sampleWord);
            at += 4 * whole;
            block += whole;
        }
        if (at < end) {
            float[] four = new float[4];
            blocks(four, 0, 1, block, channelWord, stepAndDraw, sampleWord);
            System.arraycopy(four, 0, into, at, end - at);
        }
    }

    private static void check(String name, long value, long limit) {
        if (value < 0 || value >= limit) {
            throw new IndexOutOfBoundsException(name + " " + value + " is not within 0 and " + limit);
        }
    }

    private void blocks(float[] into, int from, int count, long block, int channelWord, int word2, int word3) {
        for (int i = 0; i < count; i++) {
            long counter = block + i;
            int c0 = (int) counter;
            int c1 = channelWord | (int) (counter >>> 32);
            int c2 = word2;
            int c3 = word3;
            int k0 = key0;
            int k1 = key1;
            for (int round = 0; round < Philox.ROUNDS; round++) {
                long product0 = (c0 & Philox.WORD) * Philox.MULTIPLIER_0;
                long product1 = (c2 & Philox.WORD) * Philox.MULTIPLIER_1;
                c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
                c1 = (int) product1;
                c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
                c3 = (int) product0;
                k0 += Philox.WEYL_0;
                k1 += Philox.WEYL_1;
            }
            int at = from + 4 * i;
            pair(c0, c1, into, at);
            pair(c2, c3, into, at + 2);
        }
    }

    private static void pair(int radiusWord, int angleWord, float[] into, int at) {
        double radius = Math.sqrt(-2 * log(((radiusWord & Philox.WORD) + 0.5) * UNIT));
        // The nearest quarter of a turn, and what is left of the angle: at most an eighth of a turn either way.
        int quarter = (angleWord + 0x20000000) >>> 30;
        double angle = (angleWord - (quarter << 30)) * RADIANS;
        double square = angle * angle;
        // Taylor series to below a float's precision of what is at most an eighth of a turn, by Horner's rule.
        double sine = -1.0 / 39916800;
        sine = sine * square + 1.0 / 362880;
        sine = sine * square - 1.0 / 5040;
        sine = sine * square + 1.0 / 120;
        sine = sine * square - 1.0 / 6;
        sine = (sine * square + 1) * angle;
        double cosine = 1.0 / 479001600;
        cosine = cosine * square - 1.0 / 3628800;
        cosine = cosine * square + 1.0 / 40320;
        cosine = cosine * square - 1.0 / 720;
        cosine = cosine * square + 1.0 / 24;
        cosine = cosine * square - 1.0 / 2;
        cosine = cosine * square + 1;
        boolean odd = (quarter & 1) != 0;
        double first = odd ? sine : cosine;
        double second = odd ? cosine : sine;
        into[at] = (float) (radius * (quarter == 1 || quarter == 2 ? -first : first));
        into[at + 1] = (float) (radius * (quarter >= 2 ? -second : second));
    }

    /** Returns the natural logarithm of a normal positive number, to about 1e-12. */
    static double log(double x) {
        long bits = Double.doubleToRawLongBits(x);
        long exponent = (bits + ABOVE_ROOT_HALF >> 52) - 1023;
        double mantissa = Double.longBitsToDouble(bits - (exponent << 52));
        // log m = 2 artanh((m − 1)/(m + 1)), m between √½ and √2, so that the square below is at most 0.0295.
        double ratio = (mantissa - 1) / (mantissa + 1);
        double square = ratio * ratio;
        double series = 1.0 / 15;
        series = series * square + 1.0 / 13;
        series = series * square + 1.0 / 11;
        series = series * square + 1.0 / 9;
        series = series * square + 1.0 / 7;
        series = series * square + 1.0 / 5;
        series = series * square + 1.0 / 3;
        series = series * square + 1;
        return exponent * LOG_2 + 2 * ratio * series;
    }
}
