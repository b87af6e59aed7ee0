package dev.unfog.plugins.speech;

/**
 * Changes a sample rate by a ratio of whole numbers: each output is the windowed-sinc interpolation of the input around its time.
 *
 * <p>Polyphase (Crochiere and Rabiner 1981, "Interpolation and Decimation of Digital Signals"): a Kaiser window of 48 periods of
 * the lower rate to either side keeps what aliases below −90 dB and passes up to 0.88 of half the lower rate unchanged. Output
 * frame n lies at the time of input frame n · from/to: there is no delay. Immutable; safe for use by many threads.
 */
final class RateConversion {
    private static final int PERIODS = 48;
    private static final double KAISER = 9.5;
    private static final double CUTOFF = 0.95;

    private final int up;
    private final int down;
    private final int reach;
    private final float[][] phases;

    /**
     * Creates a conversion.
     *
     * @param from the input's sample rate, in Hz
     * @param to the output's sample rate, in Hz
     */
    RateConversion(int from, int to) {
        int divisor = greatestCommonDivisor(from, to);
        up = to / divisor;
        down = from / divisor;
        double bandwidth = Math.min(1, (double) to / from) * CUTOFF;
        reach = from == to ? 0 : (int) Math.ceil(PERIODS * Math.max(1, (double) from / to));
        phases = new float[up][2 * reach + 1];
        if (from == to) {
            phases[0][0] = 1;
            return;
        }
        for (int phase = 0; phase < up; phase++) {
            double shift = (double) phase / up;
            double sum = 0;
            double[] taps = new double[2 * reach + 1];
            for (int tap = 0; tap < taps.length; tap++) {
                double distance = tap - reach - shift;
                double window = kaiser(distance / (reach + 1));
                double x = Math.PI * bandwidth * distance;
                taps[tap] = window * (Math.abs(x) < 1e-9 ? 1 : Math.sin(x) / x);
                sum += taps[tap];
            }
            for (int tap = 0; tap < taps.length; tap++) {
                phases[phase][tap] = (float) (taps[tap] / sum);
            }
        }
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    private static double kaiser(double position) {
        double square = 1 - position * position;
        return square <= 0 ? 0 : bessel(KAISER * Math.sqrt(square)) / bessel(KAISER);
    }

    /** The modified Bessel function of the first kind and order 0, by its series. */
    private static double bessel(double x) {
        double term = 1;
        double sum = 1;
        for (int k = 1; term > 1e-12 * sum; k++) {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }

    /** Returns how many input frames to either side of its time an output frame needs. */
    int reach() {
        return reach + 1;
    }

    /** Returns the input frame at or just before the time of an output frame. */
    long inputFrame(long outputFrame) {
        return Math.floorDiv(Math.multiplyExact(outputFrame, (long) down), (long) up);
    }

    /** Returns how many output frames an input of a length has. */
    long outputFrames(long inputFrames) {
        return (Math.multiplyExact(inputFrames, (long) up) + down - 1) / down;
    }

    /**
     * Converts a stretch.
     *
     * @param input the input's frames from number {@code inputStart} on; what lies outside of the array counts as 0
     * @param inputStart the number of the first, may be below 0
     * @param inputLength how many of them count
     * @param outputStart the number of the first output frame
     * @param output receives the frames, from index 0
     * @param length how many
     */
    void convert(float[] input, long inputStart, int inputLength, long outputStart, float[] output, int length) {
        for (int i = 0; i < length; i++) {
            long scaled = (outputStart + i) * down;
            float[] taps = phases[(int) Math.floorMod(scaled, (long) up)];
            int first = (int) (Math.floorDiv(scaled, (long) up) - reach - inputStart);
            int from = Math.max(0, -first);
            int to = Math.min(taps.length, inputLength - first);
            float sum = 0;
            for (int tap = from; tap < to; tap++) {
                sum += taps[tap] * input[first + tap];
            }
            output[i] = sum;
        }
    }
}
