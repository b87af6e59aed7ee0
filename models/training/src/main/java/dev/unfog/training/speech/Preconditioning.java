package dev.unfog.training.speech;

import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.OrnsteinUhlenbeckProcess;
import dev.unfog.api.sde.SchroedingerBridge;

/**
 * Turns what a network says about clean speech into the posterior mean D, exactly where clean speech given everything but the
 * state is Gaussian around it with standard deviation σ_p.
 *
 * <p>With G the network's answer, D = [σ_p² a (x − b y) + s² G] / (σ_p² a² + s²): all of G where the state holds nothing but the
 * observation and noise, all of the state where there is no noise. In the reduced state û = (x − b y)/a that is the c_skip and
 * c_out of Karras et al. 2022 (equation 7) around the mean G. A Brownian bridge cancels a factor 1 − t, so that nothing is
 * singular at its end, where one call from x = y gives D = G.
 */
sealed interface Preconditioning {
    /**
     * The three factors.
     *
     * @param <V> a value of shape [N, 1, 1, 1]
     * @param state factor of x
     * @param observation factor of y
     * @param answer factor of G
     */
    record Factors<V>(V state, V observation, V answer) {}

    /** The factors at the times given, [N, 1, 1, 1]. */
    <V> Factors<V> factors(Operators<V> operators, V time);

    /** The process that this is for. */
    ForwardProcess process();

    /** Finds that of a process. */
    static Preconditioning of(ForwardProcess process, double spread) {
        if (process.name().equals(SchroedingerBridge.BROWNIAN)) {
            return new Bridge(process, process.constants().get("g"), spread);
        }
        if (process instanceof OrnsteinUhlenbeckProcess) {
            return new OrnsteinUhlenbeck(
                    process,
                    process.constants().get("gamma"),
                    process.constants().get("sigma_min"),
                    process.constants().get("sigma_max"),
                    spread);
        }
        throw new IllegalArgumentException("no speech network is made for the process " + process.name());
    }

    /** a = 1 − t, b = t, s² = g² t (1 − t). */
    record Bridge(ForwardProcess process, double diffusion, double spread) implements Preconditioning {
        @Override
        public <V> Factors<V> factors(Operators<V> operators, V time) {
            float prior = (float) (spread * spread);
            float noise = (float) (diffusion * diffusion);
            V total = operators.add(operators.multiply(time, noise - prior), prior);
            V state = operators.divide(operators.add(operators.multiply(time, 0f), prior), total);
            V observation = operators.multiply(operators.multiply(state, time), -1f);
            V answer = operators.divide(operators.multiply(time, noise), total);
            return new Factors<>(state, observation, answer);
        }
    }

    /** a = e^(−γt), b = 1 − a, s² as in Richter et al. 2023, equation 6. */
    record OrnsteinUhlenbeck(ForwardProcess process, double stiffness, double sigmaMin, double sigmaMax, double spread)
            implements Preconditioning {
        @Override
        public <V> Factors<V> factors(Operators<V> operators, V time) {
            float prior = (float) (spread * spread);
            double logRatio = Math.log(sigmaMax / sigmaMin);
            float scale = (float) (sigmaMin * sigmaMin * logRatio / (stiffness + logRatio));
            V mean = operators.exponential(operators.multiply(time, (float) -stiffness));
            V square = operators.multiply(mean, mean);
            V noise = operators.multiply(
                    operators.subtract(operators.exponential(operators.multiply(time, (float) (2 * logRatio))), square),
                    scale);
            V total = operators.add(operators.multiply(square, prior), noise);
            V state = operators.divide(operators.multiply(mean, prior), total);
            V observation = operators.multiply(state, operators.add(mean, -1f));
            return new Factors<>(state, observation, operators.divide(noise, total));
        }
    }
}
