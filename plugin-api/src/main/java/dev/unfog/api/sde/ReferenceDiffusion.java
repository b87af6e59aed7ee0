package dev.unfog.api.sde;

/**
 * The diffusion dx = f x dt + g dw on 0 to 1 that a {@link SchroedingerBridge} is the bridge of.
 *
 * <p>In the terms of Chen et al. 2023, α = exp(∫f) and σ² = ∫g²/α².
 *
 * @since 0.1.0
 */
public sealed interface ReferenceDiffusion {

    /**
     * {@return f(t), the relative rate of decay, 0 or less}
     *
     * @param time the time t of the process
     */
    double driftRate(double time);

    /**
     * {@return α(t) = exp(∫f)}
     *
     * @param time the time t of the process
     */
    double scale(double time);

    /**
     * {@return σ²(t) = ∫₀ᵗ g²/α²}
     *
     * @param time the time t of the process
     */
    double accumulatedVariance(double time);

    /**
     * {@return (σ²)′(t) = g²/α²}
     *
     * @param time the time t of the process
     */
    double accumulatedVarianceDerivative(double time);

    /**
     * {@return the time at which σ² has the value given, from 0 to 1}
     *
     * @param variance the accumulated variance
     */
    double timeOfAccumulatedVariance(double variance);

    /**
     * No drift and constant diffusion, whose bridge is the Brownian one.
     *
     * @param diffusion g, positive
     * @since 0.1.0
     */
    record Constant(double diffusion) implements ReferenceDiffusion {
        /**
         * Creates the diffusion.
         *
         * @param diffusion g, positive
         */
        public Constant {
            ProcessConstants.positive("diffusion", diffusion);
        }

        @Override
        public double driftRate(double time) {
            return 0;
        }

        @Override
        public double scale(double time) {
            return 1;
        }

        @Override
        public double accumulatedVariance(double time) {
            return diffusion * diffusion * time;
        }

        @Override
        public double accumulatedVarianceDerivative(double time) {
            return diffusion * diffusion;
        }

        @Override
        public double timeOfAccumulatedVariance(double variance) {
            return variance / (diffusion * diffusion);
        }
    }

    /**
     * No drift and g² = c k^(2t), the variance-exploding choice of Jukić et al. 2024, "Schrödinger Bridge for Generative
     * Speech Enhancement", table 1.
     *
     * @param factor c, 0.40 in the paper; positive
     * @param base k, 2.6 in the paper; above 1
     * @since 0.1.0
     */
    record Exploding(double factor, double base) implements ReferenceDiffusion {
        /**
         * Creates the diffusion.
         *
         * @param factor c, 0.40 in the paper; positive
         * @param base k, 2.6 in the paper; above 1
         */
        public Exploding {
            ProcessConstants.positive("factor", factor);
            ProcessConstants.positive("base", base);
            ProcessConstants.increasing("1", 1, "base", base);
        }

        @Override
        public double driftRate(double time) {
            return 0;
        }

        @Override
        public double scale(double time) {
            return 1;
        }

        @Override
        public double accumulatedVariance(double time) {
            double logBase = Math.log(base);
            return factor * Math.expm1(2 * time * logBase) / (2 * logBase);
        }

        @Override
        public double accumulatedVarianceDerivative(double time) {
            return factor * Math.exp(2 * time * Math.log(base));
        }

        @Override
        public double timeOfAccumulatedVariance(double variance) {
            double logBase = Math.log(base);
            return Math.log1p(2 * logBase * variance / factor) / (2 * logBase);
        }
    }

    /**
     * No drift and g² = β_min + t (β_max − β_min), the "gmax" choice of Chen et al. 2023, "Schrödinger Bridges Beat
     * Diffusion Models on Text-to-Speech Synthesis", table 1.
     *
     * @param lowestRate β_min, 0.01 in the paper; positive
     * @param highestRate β_max, 50 in the paper; at least β_min
     * @since 0.1.0
     */
    record LinearlyGrowing(double lowestRate, double highestRate) implements ReferenceDiffusion {
        /**
         * Creates the diffusion.
         *
         * @param lowestRate β_min, 0.01 in the paper; positive
         * @param highestRate β_max, 50 in the paper; at least β_min
         */
        public LinearlyGrowing {
            LinearRate.check(lowestRate, highestRate, 0.5);
        }

        @Override
        public double driftRate(double time) {
            return 0;
        }

        @Override
        public double scale(double time) {
            return 1;
        }

        @Override
        public double accumulatedVariance(double time) {
            return LinearRate.integral(lowestRate, highestRate, time);
        }

        @Override
        public double accumulatedVarianceDerivative(double time) {
            return LinearRate.at(lowestRate, highestRate, time);
        }

        @Override
        public double timeOfAccumulatedVariance(double variance) {
            return LinearRate.timeOfIntegral(lowestRate, highestRate, variance);
        }
    }

    /**
     * f = −β/2 and g² = c β with β = β_min + t (β_max − β_min), the variance-preserving choice of Jukić et al. 2024, table
     * 1 (Chen et al. 2023 with c = 1).
     *
     * @param lowestRate β_min, 0.01 in the paper; positive
     * @param highestRate β_max, 20 in the paper; at least β_min
     * @param factor c, 0.30 in the paper; positive
     * @since 0.1.0
     */
    record Preserving(double lowestRate, double highestRate, double factor) implements ReferenceDiffusion {
        /**
         * Creates the diffusion.
         *
         * @param lowestRate β_min, 0.01 in the paper; positive
         * @param highestRate β_max, 20 in the paper; at least β_min
         * @param factor c, 0.30 in the paper; positive
         */
        public Preserving {
            LinearRate.check(lowestRate, highestRate, 0.5);
            ProcessConstants.positive("factor", factor);
        }

        @Override
        public double driftRate(double time) {
            return -0.5 * LinearRate.at(lowestRate, highestRate, time);
        }

        @Override
        public double scale(double time) {
            return Math.exp(-0.5 * LinearRate.integral(lowestRate, highestRate, time));
        }

        @Override
        public double accumulatedVariance(double time) {
            return factor * Math.expm1(LinearRate.integral(lowestRate, highestRate, time));
        }

        @Override
        public double accumulatedVarianceDerivative(double time) {
            return factor
                    * LinearRate.at(lowestRate, highestRate, time)
                    * Math.exp(LinearRate.integral(lowestRate, highestRate, time));
        }

        @Override
        public double timeOfAccumulatedVariance(double variance) {
            return LinearRate.timeOfIntegral(lowestRate, highestRate, Math.log1p(variance / factor));
        }
    }
}
