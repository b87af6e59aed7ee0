package dev.unfog.api.sde;

/**
 * Pulls what the network expects toward what was measured, so that the restored sample explains the measurement.
 *
 * <p>For y = A x + n with n of standard deviation σ_y it replaces D by the x that minimises
 * ‖A x − y‖² + ρ ‖x − D‖², ρ = λ σ_y² / σ̂² (Zhu et al. 2023, "Denoising Diffusion Models for Plug-and-Play Image
 * Restoration" (DiffPIR), equation 12). With σ_y = 0 it is the x nearest to D among those with A x = y (Wang et al. 2023,
 * "Zero-Shot Image Restoration Using Denoising Diffusion Null-Space Model", equation 7).
 *
 * <p>Applied after every network call, the last included. Immutable unless said otherwise; used by one thread at a time.
 *
 * @since 0.1.0
 */
public interface DataConsistency {

    /**
     * Replaces D in place.
     *
     * @param denoised D on entry, the minimiser on return
     * @param noiseLevel σ̂ of the state that D was made from, positive, may be infinite
     * @throws IllegalArgumentException if the shape is not the one that this is for
     */
    void apply(SampleState denoised, double noiseLevel);

    /**
     * {@return whether a step holds a whole channel in memory at once}
     *
     * <p>If not, its memory does not grow with the sample, or grows with the measurement only.
     */
    boolean needsWholeState();
}
