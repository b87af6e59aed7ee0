package dev.unfog.api.sde;

/**
 * Makes planes smaller or larger.
 *
 * <p>Bicubic is cubic convolution (Keys 1981) with the kernel widened where it shrinks and mirrored edges, as the
 * down-sampling that super-resolution benchmarks use; box is the mean over the area that a pixel of the result covers.
 *
 * @since 0.1.0
 */
public final class Resampling implements PlaneOperator {
    private final int inputHeight;
    private final int inputWidth;
    private final int outputHeight;
    private final int outputWidth;
    private final SeparableResampling forward;
    private final SeparableResampling adjoint;

    private Resampling(ResamplingAxis vertical, ResamplingAxis horizontal) {
        inputHeight = vertical.inputLength();
        inputWidth = horizontal.inputLength();
        outputHeight = vertical.outputLength();
        outputWidth = horizontal.outputLength();
        forward = new SeparableResampling(vertical, horizontal);
        adjoint = forward.transpose();
    }

    private static void check(int... lengths) {
        for (int length : lengths) {
            if (length < 1) {
                throw new IllegalArgumentException("heights and widths must be at least 1, not " + length);
            }
        }
    }

    /**
     * {@return bicubic resampling from one size to another}
     *
     * @param inputHeight rows before
     * @param inputWidth columns before
     * @param outputHeight rows after
     * @param outputWidth columns after
     */
    public static Resampling bicubic(int inputHeight, int inputWidth, int outputHeight, int outputWidth) {
        check(inputHeight, inputWidth, outputHeight, outputWidth);
        return new Resampling(
                ResamplingAxis.bicubic(inputHeight, outputHeight), ResamplingAxis.bicubic(inputWidth, outputWidth));
    }

    /**
     * {@return resampling by the mean over areas from one size to another, neither side larger than before}
     *
     * @param inputHeight rows before
     * @param inputWidth columns before
     * @param outputHeight rows after
     * @param outputWidth columns after
     */
    public static Resampling box(int inputHeight, int inputWidth, int outputHeight, int outputWidth) {
        check(inputHeight, inputWidth, outputHeight, outputWidth);
        if (outputHeight > inputHeight || outputWidth > inputWidth) {
            throw new IllegalArgumentException("a mean over areas only makes planes smaller");
        }
        return new Resampling(
                ResamplingAxis.box(inputHeight, outputHeight), ResamplingAxis.box(inputWidth, outputWidth));
    }

    @Override
    public int inputHeight() {
        return inputHeight;
    }

    @Override
    public int inputWidth() {
        return inputWidth;
    }

    @Override
    public int outputHeight() {
        return outputHeight;
    }

    @Override
    public int outputWidth() {
        return outputWidth;
    }

    @Override
    public void apply(double[] input, double[] output) {
        forward.apply(input, output);
    }

    @Override
    public void applyAdjoint(double[] output, double[] input) {
        adjoint.apply(output, input);
    }

    /**
     * Resamples a whole state, row by row, so that neither need fit in memory.
     *
     * @param input planes of the size before
     * @param output receives planes of the size after; of the samples and channels of the input
     */
    public void apply(SampleState input, SampleState output) {
        Planes.check(input.shape(), (long) inputHeight * inputWidth, output.shape(), (long) outputHeight * outputWidth);
        for (int p = 0; p < Planes.count(input.shape()); p++) {
            long to = Planes.offset(output.shape(), p);
            forward.apply(
                    rows(input, p, inputWidth),
                    (row, values) -> Planes.write(output, to + (long) row * outputWidth, values, outputWidth));
        }
    }

    private static SeparableResampling.Rows rows(SampleState state, int plane, int width) {
        long from = Planes.offset(state.shape(), plane);
        return (row, values) -> Planes.read(state, from + (long) row * width, values, width);
    }

    /** Sets the output to A · plane. */
    void apply(SampleState state, int plane, double[] output) {
        forward.apply(
                rows(state, plane, inputWidth),
                (row, values) -> System.arraycopy(values, 0, output, row * outputWidth, outputWidth));
    }

    /** Adds Aᵀ · output to a plane. */
    void addAdjoint(double[] output, SampleState state, int plane) {
        double[] sum = new double[inputWidth];
        long from = Planes.offset(state.shape(), plane);
        adjoint.apply(SeparableResampling.from(output, outputWidth), (row, values) -> {
            long at = from + (long) row * inputWidth;
            Planes.read(state, at, sum, inputWidth);
            for (int x = 0; x < inputWidth; x++) {
                sum[x] += values[x];
            }
            Planes.write(state, at, sum, inputWidth);
        });
    }

    /** Returns A Aᵀ. */
    SeparableResampling gram() {
        return forward.gram();
    }
}
