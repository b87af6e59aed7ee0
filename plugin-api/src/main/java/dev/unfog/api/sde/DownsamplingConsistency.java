package dev.unfog.api.sde;

/**
 * Makes the sample, made smaller, equal the small picture that was measured (super-resolution).
 *
 * <p>The minimiser is D + Aᵀ w with (A Aᵀ + ρ) w = y − A D. A is separable, so that A Aᵀ is a pair of narrow band matrices
 * of the small picture's size; conjugate gradients solve it to nine digits in some tens of cheap rounds, for a mean over
 * whole blocks in one (Wang et al. 2023, "Zero-Shot Image Restoration Using Denoising Diffusion Null-Space Model",
 * section 3.3, which has the pseudo-inverse of the block mean alone). The large state is read twice and written once, row by row:
 * memory grows with the measurement, 40 bytes a position.
 *
 * @since 0.1.0
 */
public final class DownsamplingConsistency implements DataConsistency {
    private final Resampling resampling;
    private final SeparableResampling gram;
    private final SampleState measurement;
    private final ConsistencyWeight weight;

    /**
     * Creates the guidance.
     *
     * @param resampling from the size of the sample to that of the measurement
     * @param measurement y, of the samples and channels of the state and the smaller size; not closed
     * @param weight how far it is trusted
     */
    public DownsamplingConsistency(Resampling resampling, SampleState measurement, ConsistencyWeight weight) {
        if (resampling.outputHeight() > resampling.inputHeight()
                || resampling.outputWidth() > resampling.inputWidth()) {
            throw new IllegalArgumentException("the measurement must not be larger than the sample");
        }
        this.resampling = resampling;
        gram = resampling.gram();
        this.measurement = measurement;
        this.weight = weight;
    }

    @Override
    public void apply(SampleState denoised, double noiseLevel) {
        int measured = Math.multiplyExact(resampling.outputHeight(), resampling.outputWidth());
        Planes.check(
                denoised.shape(),
                (long) resampling.inputHeight() * resampling.inputWidth(),
                measurement.shape(),
                measured);
        double rho = weight.of(noiseLevel);
        double[] image = new double[measured];
        double[] residual = new double[measured];
        for (int p = 0; p < Planes.count(denoised.shape()); p++) {
            resampling.apply(denoised, p, image);
            Planes.read(measurement, Planes.offset(measurement.shape(), p), residual, measured);
            for (int i = 0; i < measured; i++) {
                residual[i] -= image[i];
            }
            resampling.addAdjoint(ConjugateGradient.solve(gram::apply, rho, residual), denoised, p);
        }
    }

    @Override
    public boolean needsWholeState() {
        return false;
    }
}
