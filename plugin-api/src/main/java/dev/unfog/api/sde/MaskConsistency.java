package dev.unfog.api.sde;

/**
 * Keeps the values that were measured and lets the network fill in the rest (inpainting).
 *
 * <p>A is the product with a mask m, so that the minimiser is (m y + ρ D)/(m² + ρ), value by value: D where the mask is 0
 * and, without noise, y where it is 1 (Lugmayr et al. 2022, "RePaint"; Wang et al. 2023, DDNM, section 3.3). Needs
 * memory for a block only.
 *
 * @since 0.1.0
 */
public final class MaskConsistency implements DataConsistency {
    private final SampleState mask;
    private final SampleState measurement;
    private final ConsistencyWeight weight;

    /**
     * Creates the guidance.
     *
     * @param mask 1 where measured, 0 where not; of the shape of the measurement, or with one sample, one channel or both,
     *     which then serve all; not closed
     * @param measurement y, of the shape of the state; anything finite where the mask is 0; not closed
     * @param weight how far it is trusted
     */
    public MaskConsistency(SampleState mask, SampleState measurement, ConsistencyWeight weight) {
        StateShape shape = mask.shape();
        StateShape whole = measurement.shape();
        if (shape.positions() != whole.positions()
                || shape.samples() != 1 && shape.samples() != whole.samples()
                || shape.channels() != 1 && shape.channels() != whole.channels()) {
            throw new IllegalArgumentException("a mask of shape " + shape + " does not fit the shape " + whole);
        }
        this.mask = mask;
        this.measurement = measurement;
        this.weight = weight;
    }

    @Override
    public void apply(SampleState denoised, double noiseLevel) {
        StateShape shape = measurement.shape();
        if (!denoised.shape().equals(shape)) {
            throw new IllegalArgumentException(
                    "a measurement of shape " + shape + " does not fit the shape " + denoised.shape());
        }
        double rho = weight.of(noiseLevel);
        int length = (int) Math.min(BlockSweep.DEFAULT_LENGTH, shape.positions());
        float[] m = new float[length];
        float[] y = new float[length];
        float[] d = new float[length];
        for (int sample = 0; sample < shape.samples(); sample++) {
            for (int channel = 0; channel < shape.channels(); channel++) {
                long plane = ((long) sample * shape.channels() + channel) * shape.positions();
                StateShape ofMask = mask.shape();
                long maskPlane = ((long) Math.min(sample, ofMask.samples() - 1) * ofMask.channels()
                                + Math.min(channel, ofMask.channels() - 1))
                        * ofMask.positions();
                for (long at = 0; at < shape.positions(); at += length) {
                    int run = (int) Math.min(length, shape.positions() - at);
                    mask.read(maskPlane + at, m, 0, run);
                    measurement.read(plane + at, y, 0, run);
                    denoised.read(plane + at, d, 0, run);
                    for (int i = 0; i < run; i++) {
                        double total = (double) m[i] * m[i] + rho;
                        if (m[i] != 0) {
                            d[i] = (float) (((double) m[i] * y[i] + rho * d[i]) / total);
                        }
                    }
                    denoised.write(plane + at, d, 0, run);
                }
            }
        }
    }

    @Override
    public boolean needsWholeState() {
        return false;
    }
}
