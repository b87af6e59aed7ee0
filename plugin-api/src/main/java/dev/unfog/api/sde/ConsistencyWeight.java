package dev.unfog.api.sde;

/**
 * How far a measurement is trusted against what the network expects.
 *
 * @param measurementNoise σ_y, the standard deviation of the measurement's noise in the unit of the sample; 0 for exact
 * @param strength λ, which weighs the network: 1 treats its error as noise of standard deviation σ̂, more trusts it more
 *     (Zhu et al. 2023, "Denoising Diffusion Models for Plug-and-Play Image Restoration", has 1 to 25)
 * @since 0.1.0
 */
public record ConsistencyWeight(double measurementNoise, double strength) {
    /** Trusts the measurement without reserve. */
    public static final ConsistencyWeight EXACT = new ConsistencyWeight(0, 1);

    /**
     * Creates a weight.
     *
     * @param measurementNoise σ_y, the standard deviation of the measurement's noise in the unit of the sample; 0 for exact
     * @param strength λ, which weighs the network: 1 treats its error as noise of standard deviation σ̂, more trusts it more (Zhu et al. 2023, "Denoising Diffusion Models for Plug-and-Play Image Restoration", has 1 to 25)
     */
    public ConsistencyWeight {
        if (!(measurementNoise >= 0) || Double.isInfinite(measurementNoise)) {
            throw new IllegalArgumentException("measurementNoise must be at least 0, not " + measurementNoise);
        }
        ProcessConstants.positive("strength", strength);
    }

    /**
     * {@return ρ = λ σ_y²/σ̂², the weight of ‖x − D‖² against ‖A x − y‖²}
     *
     * @param noiseLevel the noise level σ, in the units of the data
     */
    public double of(double noiseLevel) {
        double ratio = measurementNoise / noiseLevel;
        return strength * ratio * ratio;
    }
}
