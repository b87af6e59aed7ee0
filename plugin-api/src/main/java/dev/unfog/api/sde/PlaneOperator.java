package dev.unfog.api.sde;

/**
 * A linear degradation of one plane, such as a blur, and its adjoint.
 *
 * <p>Planes are row by row. Immutable; safe for use by many threads.
 *
 * @since 0.1.0
 */
public interface PlaneOperator {

    /** {@return the height of a plane before} */
    int inputHeight();

    /** {@return the width of a plane before} */
    int inputWidth();

    /** {@return the height of a plane after} */
    int outputHeight();

    /** {@return the width of a plane after} */
    int outputWidth();

    /**
     * Degrades: sets the output to A · input.
     *
     * @param input inputHeight · inputWidth values, left as they are
     * @param output receives outputHeight · outputWidth values; another array
     */
    void apply(double[] input, double[] output);

    /**
     * Applies the adjoint: sets the input to Aᵀ · output, which is not the inverse.
     *
     * @param output outputHeight · outputWidth values, left as they are
     * @param input receives inputHeight · inputWidth values; another array
     */
    void applyAdjoint(double[] output, double[] input);
}
