package dev.unfog.api.sde;

import java.util.Arrays;

/**
 * Makes the sample explain a blurred picture whose blur is known and periodic (deblurring).
 *
 * <p>In the Fourier domain, where k̂ is the kernel: x̂ = D̂ + conj(k̂) (ŷ − k̂ D̂)/(|k̂|² + ρ), frequency by frequency (Zhang
 * et al. 2020, "Deep Unfolding Network for Image Super-Resolution" (USRNet), equation 7 at scale 1). Frequencies that the
 * blur has taken away altogether stay as the network has them. Holds two channels and the kernel in memory, 48 bytes a
 * position; for a picture blurred by a camera, whose edges are not periodic, use {@link Blur#cropped} with
 * {@link OperatorConsistency}.
 *
 * @since 0.1.0
 */
public final class BlurConsistency implements DataConsistency {
    /** The number of positions that a plane may have unless another is given: 16.8 million, or 0.8 GB at work. */
    public static final long DEFAULT_POSITION_LIMIT = 1L << 24;
    /** Of the greatest |k̂|²: below, a frequency counts as lost, since single precision no longer holds it. */
    private static final double LOST = 1e-12;

    private final Blur blur;
    private final SampleState measurement;
    private final ConsistencyWeight weight;
    private final double lost;

    /**
     * Creates the guidance.
     *
     * @param blur a periodic blur for planes of the measurement's size
     * @param measurement y, of the shape of the state; not closed
     * @param weight how far it is trusted
     * @param positionLimit the largest plane that may be held in memory
     * @throws dev.unfog.api.UnfogException with MEDIA_TOO_LARGE if the planes are larger
     */
    public BlurConsistency(Blur blur, SampleState measurement, ConsistencyWeight weight, long positionLimit) {
        if (!blur.isPeriodic()) {
            throw new IllegalArgumentException("a cropped blur needs an OperatorConsistency");
        }
        long positions = (long) blur.inputHeight() * blur.inputWidth();
        Planes.checkLimit("deblurring", positions, positionLimit);
        Planes.check(measurement.shape(), positions, measurement.shape(), positions);
        this.blur = blur;
        this.measurement = measurement;
        this.weight = weight;
        double greatest = 0;
        for (int k = 0; k < blur.spectrumRe.length; k++) {
            greatest = Math.max(greatest, power(k));
        }
        lost = LOST * greatest;
    }

    private double power(int k) {
        return blur.spectrumRe[k] * blur.spectrumRe[k] + blur.spectrumIm[k] * blur.spectrumIm[k];
    }

    @Override
    public void apply(SampleState denoised, double noiseLevel) {
        StateShape shape = measurement.shape();
        int positions = (int) shape.positions();
        Planes.check(denoised.shape(), positions, shape, positions);
        double rho = weight.of(noiseLevel);
        double[] dr = new double[positions];
        double[] di = new double[positions];
        double[] yr = new double[positions];
        double[] yi = new double[positions];
        // The filter has a real kernel, so that two planes go through one complex transform without mixing.
        for (int plane = 0; plane < Planes.count(shape); plane += 2) {
            boolean pair = plane + 1 < Planes.count(shape);
            load(denoised, plane, dr, di, pair);
            load(measurement, plane, yr, yi, pair);
            blur.transform(dr, di);
            blur.transform(yr, yi);
            for (int k = 0; k < positions; k++) {
                double power = power(k);
                if (power > lost) {
                    double kr = blur.spectrumRe[k];
                    double ki = blur.spectrumIm[k];
                    double rr = yr[k] - (kr * dr[k] - ki * di[k]);
                    double ri = yi[k] - (kr * di[k] + ki * dr[k]);
                    dr[k] += (kr * rr + ki * ri) / (power + rho);
                    di[k] += (kr * ri - ki * rr) / (power + rho);
                }
            }
            // The inverse is the transform with the parts exchanged.
            blur.transform(di, dr);
            for (int k = 0; k < positions; k++) {
                dr[k] /= positions;
                di[k] /= positions;
            }
            Planes.write(denoised, Planes.offset(shape, plane), dr, positions);
            if (pair) {
                Planes.write(denoised, Planes.offset(shape, plane + 1), di, positions);
            }
        }
    }

    private static void load(SampleState state, int plane, double[] re, double[] im, boolean pair) {
        Planes.read(state, Planes.offset(state.shape(), plane), re, re.length);
        if (pair) {
            Planes.read(state, Planes.offset(state.shape(), plane + 1), im, im.length);
        } else {
            Arrays.fill(im, 0);
        }
    }

    @Override
    public boolean needsWholeState() {
        return true;
    }
}
