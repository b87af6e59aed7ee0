package dev.unfog.api.sde;

import java.util.Map;

/**
 * The noise schedule of a DDPM network, whose time is a step number 1 to N: a² = ᾱ_t = ∏(1 − β_i), s² = 1 − ᾱ_t.
 *
 * <p>Ho et al. 2020, "Denoising Diffusion Probabilistic Models", section 2 and 4, with β linear in the step. Between the
 * steps log ᾱ is linear in time, so that the noise level is a continuous function and any sampler can run on it; a
 * network that knows whole steps alone rounds the time that it is given (see {@link #nearestStep}).
 *
 * @since 0.1.0
 */
public final class DiscreteVariancePreservingProcess implements ForwardProcess {
    /** The name on a model card. */
    public static final String NAME = "discrete-variance-preserving";

    private final int steps;
    private final double firstRate;
    private final double lastRate;
    /** −log ᾱ at the steps 0 to N. */
    private final double[] decay;

    /**
     * Creates the process.
     *
     * @param steps N, 1000 in the paper; at least 2
     * @param firstRate β_1, 1e-4 in the paper; between 0 and 1
     * @param lastRate β_N, 0.02 in the paper; at least β_1, below 1
     */
    public DiscreteVariancePreservingProcess(int steps, double firstRate, double lastRate) {
        if (steps < 2) {
            throw new IllegalArgumentException("steps must be at least 2, not " + steps);
        }
        if (!(0 < firstRate && firstRate <= lastRate && lastRate < 1)) {
            throw new IllegalArgumentException(
                    "rates must satisfy 0 < first <= last < 1, not " + firstRate + " and " + lastRate);
        }
        this.steps = steps;
        this.firstRate = firstRate;
        this.lastRate = lastRate;
        decay = new double[steps + 1];
        for (int i = 1; i <= steps; i++) {
            double rate = firstRate + (lastRate - firstRate) * (i - 1) / (steps - 1);
            decay[i] = decay[i - 1] - Math.log1p(-rate);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, Double> constants() {
        return ProcessConstants.of("steps", steps, "beta_first", firstRate, "beta_last", lastRate);
    }

    /**
     * {@return the whole step nearest to a time, 1 to N}
     *
     * @param time the time t of the process
     */
    public int nearestStep(double time) {
        return (int) Math.max(1, Math.min(steps, Math.round(time)));
    }

    @Override
    public double startTime() {
        return 1;
    }

    @Override
    public double endTime() {
        return steps;
    }

    private int interval(double time) {
        return (int) Math.max(0, Math.min(steps - 1, Math.floor(time)));
    }

    private double slope(double time) {
        int i = interval(time);
        return decay[i + 1] - decay[i];
    }

    private double decay(double time) {
        int i = interval(time);
        return decay[i] + (time - i) * slope(time);
    }

    @Override
    public double meanScale(double time) {
        return Math.exp(-0.5 * decay(time));
    }

    @Override
    public double meanScaleDerivative(double time) {
        return -0.5 * slope(time) * meanScale(time);
    }

    @Override
    public double variance(double time) {
        return -Math.expm1(-decay(time));
    }

    @Override
    public double varianceDerivative(double time) {
        return slope(time) * Math.exp(-decay(time));
    }

    @Override
    public double timeOf(double noiseLevel) {
        double wanted = Math.log1p(noiseLevel * noiseLevel);
        if (wanted >= decay[steps]) {
            return steps;
        }
        int low = 0;
        int high = steps;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (decay[middle] <= wanted) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low + (wanted - decay[low]) / (decay[high] - decay[low]);
    }
}
