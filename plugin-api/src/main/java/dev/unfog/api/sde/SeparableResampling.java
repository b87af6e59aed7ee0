package dev.unfog.api.sde;

/**
 * Resamples planes along both axes, row by row: it holds as many resampled rows as one row of the output is made of.
 */
final class SeparableResampling {
    private final ResamplingAxis vertical;
    private final ResamplingAxis horizontal;
    private final int[] first;
    private final int ringSize;

    SeparableResampling(ResamplingAxis vertical, ResamplingAxis horizontal) {
        this.vertical = vertical;
        this.horizontal = horizontal;
        // From which row on the ring must go back, which a row without inputs of its own must not disturb.
        int rows = vertical.outputLength();
        first = new int[rows];
        int lowest = vertical.inputLength();
        for (int o = rows - 1; o >= 0; o--) {
            lowest = Math.min(lowest, vertical.first(o));
            first[o] = lowest;
        }
        int widest = 1;
        int highest = -1;
        for (int o = 0; o < rows; o++) {
            highest = Math.max(highest, vertical.last(o));
            widest = Math.max(widest, highest - first[o] + 1);
        }
        ringSize = widest;
    }

    SeparableResampling transpose() {
        return new SeparableResampling(vertical.transpose(), horizontal.transpose());
    }

    /** Returns A Aᵀ. */
    SeparableResampling gram() {
        return new SeparableResampling(vertical.gram(), horizontal.gram());
    }

    /** Gives or takes one row. */
    interface Rows {
        void row(int index, double[] values);
    }

    /** Reads each row of the input once, in order, and gives the rows of the output in order. */
    void apply(Rows input, Rows output) {
        double[][] ring = new double[ringSize][horizontal.outputLength()];
        double[] in = new double[horizontal.inputLength()];
        double[] out = new double[horizontal.outputLength()];
        int next = 0;
        for (int o = 0; o < vertical.outputLength(); o++) {
            for (; next <= vertical.last(o); next++) {
                input.row(next, in);
                horizontal.line(in, ring[next % ringSize]);
            }
            vertical.sum(o, ring, out);
            output.row(o, out);
        }
    }

    void apply(double[] input, double[] output) {
        apply(
                from(input, horizontal.inputLength()),
                (row, values) -> System.arraycopy(values, 0, output, row * values.length, values.length));
    }

    static Rows from(double[] plane, int width) {
        return (row, values) -> System.arraycopy(plane, row * width, values, 0, width);
    }
}
