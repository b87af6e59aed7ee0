package dev.unfog.api.sde;

import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * Solves (M + ρ) w = r for a symmetric positive semidefinite M known by its product alone.
 *
 * <p>Hestenes and Stiefel 1952, "Methods of Conjugate Gradients for Solving Linear Systems".
 */
final class ConjugateGradient {
    private static final double RELATIVE_RESIDUAL = 1e-9;
    private static final int LARGEST_ITERATIONS = 500;

    private ConjugateGradient() {}

    /**
     * Returns the solution.
     *
     * @param product sets its second argument to M times its first
     * @param rho ρ, 0 or more
     * @param residual r, used up
     */
    static double[] solve(BiConsumer<double[], double[]> product, double rho, double[] residual) {
        int length = residual.length;
        double[] solution = new double[length];
        double[] direction = residual.clone();
        double[] image = new double[length];
        double square = dot(residual, residual);
        double enough = square * RELATIVE_RESIDUAL * RELATIVE_RESIDUAL;
        for (int iteration = 0; iteration < LARGEST_ITERATIONS && square > enough; iteration++) {
            Arrays.fill(image, 0);
            product.accept(direction, image);
            for (int i = 0; i < length; i++) {
                image[i] += rho * direction[i];
            }
            double curvature = dot(direction, image);
            if (!(curvature > 0)) {
                break;
            }
            double step = square / curvature;
            for (int i = 0; i < length; i++) {
                solution[i] += step * direction[i];
                residual[i] -= step * image[i];
            }
            double before = square;
            square = dot(residual, residual);
            for (int i = 0; i < length; i++) {
                direction[i] = residual[i] + square / before * direction[i];
            }
        }
        return solution;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
