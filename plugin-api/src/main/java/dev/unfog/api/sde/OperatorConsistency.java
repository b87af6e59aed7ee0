package dev.unfog.api.sde;

/**
 * Makes the sample explain a measurement by any linear operator.
 *
 * <p>The minimiser is D + Aᵀ w with (A Aᵀ + ρ) w = y − A D, solved by conjugate gradients; the dual form, since it is as
 * small as the measurement and without noise gives the sample nearest to D of those that explain it. Holds a few
 * planes in memory; takes as many products with A and Aᵀ as the problem is ill-posed, at most 500.
 *
 * @since 0.1.0
 */
public final class OperatorConsistency implements DataConsistency {
    private final PlaneOperator operator;
    private final SampleState measurement;
    private final ConsistencyWeight weight;

    /**
     * Creates the guidance.
     *
     * @param operator A, applied to each channel
     * @param measurement y, of the samples and channels of the state and the size of the operator's output; not closed
     * @param weight how far it is trusted
     * @param positionLimit the largest plane that may be held in memory
     * @throws dev.unfog.api.UnfogException with MEDIA_TOO_LARGE if the planes are larger
     */
    public OperatorConsistency(
            PlaneOperator operator, SampleState measurement, ConsistencyWeight weight, long positionLimit) {
        Planes.checkLimit("restoration", (long) operator.inputHeight() * operator.inputWidth(), positionLimit);
        this.operator = operator;
        this.measurement = measurement;
        this.weight = weight;
    }

    @Override
    public void apply(SampleState denoised, double noiseLevel) {
        int clean = operator.inputHeight() * operator.inputWidth();
        int measured = operator.outputHeight() * operator.outputWidth();
        Planes.check(denoised.shape(), clean, measurement.shape(), measured);
        double rho = weight.of(noiseLevel);
        double[] plane = new double[clean];
        double[] back = new double[clean];
        double[] image = new double[measured];
        double[] residual = new double[measured];
        for (int p = 0; p < Planes.count(denoised.shape()); p++) {
            Planes.read(denoised, Planes.offset(denoised.shape(), p), plane, clean);
            Planes.read(measurement, Planes.offset(measurement.shape(), p), residual, measured);
            operator.apply(plane, image);
            for (int i = 0; i < measured; i++) {
                residual[i] -= image[i];
            }
            double[] solution = ConjugateGradient.solve(
                    (from, to) -> {
                        operator.applyAdjoint(from, back);
                        operator.apply(back, to);
                    },
                    rho,
                    residual);
            operator.applyAdjoint(solution, back);
            for (int i = 0; i < clean; i++) {
                plane[i] += back[i];
            }
            Planes.write(denoised, Planes.offset(denoised.shape(), p), plane, clean);
        }
    }

    @Override
    public boolean needsWholeState() {
        return true;
    }
}
