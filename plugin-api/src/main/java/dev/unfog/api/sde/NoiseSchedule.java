package dev.unfog.api.sde;

import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * At which noise levels a sampler calls the network.
 *
 * <p>Stateless; safe for use by many threads.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface NoiseSchedule {

    /**
     * Returns the noise levels σ̂ from high to low.
     *
     * @param process the forward process
     * @param highest the level that sampling begins at; infinite at the end of a bridge
     * @param lowest the last level that the network is asked at, positive and finite, at most the highest
     * @param steps how many levels, at least 1
     * @return as many levels as steps, strictly falling, the first being the highest and (from two steps on) the last the
     *     lowest; one level alone if the highest is the lowest
     */
    double[] noiseLevels(ForwardProcess process, double highest, double lowest, int steps);

    /**
     * {@return levels whose ρ-th roots are evenly spaced: the larger ρ, the more of them are low}
     *
     * <p>Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based Generative Models", equation 5; ρ = 7 there.
     * From the end of a bridge the first step is as long in time as {@link #uniformInTime} makes it.
     *
     * @param rho ρ, at least 1
     */
    static NoiseSchedule karras(double rho) {
        if (!(rho >= 1) || Double.isInfinite(rho)) {
            throw new IllegalArgumentException("rho must be at least 1, not " + rho);
        }
        return finite((process, highest, lowest, steps) -> {
            double top = Math.pow(highest / lowest, 1 / rho);
            return falling(highest, lowest, steps, i -> lowest * Math.pow(top + (1 - top) * i / (steps - 1.0), rho));
        });
    }

    /**
     * {@return levels with a constant ratio from one to the next, as NCSN has them (Song and Ermon 2019, "Generative
     * Modeling by Estimating Gradients of the Data Distribution", section 4.2)}
     *
     * <p>From the end of a bridge the first step is as long in time as {@link #uniformInTime} makes it.
     */
    static NoiseSchedule geometric() {
        return finite((process, highest, lowest, steps) ->
                falling(highest, lowest, steps, i -> highest * Math.pow(lowest / highest, i / (steps - 1.0))));
    }

    /** {@return the levels at evenly spaced times of the process, as Song et al} 2021 and SGMSE+ have them. */
    static NoiseSchedule uniformInTime() {
        return (process, highest, lowest, steps) -> {
            double first = process.timeOf(highest);
            double last = process.timeOf(lowest);
            return falling(highest, lowest, steps, i -> process.noiseLevel(first + (last - first) * i / (steps - 1.0)));
        };
    }

    /** {@return the names that {@link #named} knows} */
    static List<String> names() {
        return List.of("karras", "geometric", "uniform-in-time");
    }

    /**
     * {@return a schedule by its name on the command line; {@code karras} has ρ = 7}
     *
     * @param name one of {@link #names()}
     * @throws IllegalArgumentException if there is none of that name; the message says which there are
     */
    static NoiseSchedule named(String name) {
        return switch (name) {
            case "karras" -> karras(7);
            case "geometric" -> geometric();
            case "uniform-in-time" -> uniformInTime();
            default ->
                throw new IllegalArgumentException(
                        "no noise schedule is called " + name + "; there are " + String.join(", ", names()));
        };
    }

    /** Meets both ends exactly and puts what the function gives between them. */
    private static double[] falling(double highest, double lowest, int steps, IntToDoubleFunction level) {
        if (steps == 1 || highest <= lowest) {
            return new double[] {highest};
        }
        double[] levels = new double[steps];
        levels[0] = highest;
        for (int i = 1; i < steps - 1; i++) {
            levels[i] = level.applyAsDouble(i);
        }
        levels[steps - 1] = lowest;
        return levels;
    }

    /** Lets a schedule that knows finite levels alone begin at the end of a bridge. */
    private static NoiseSchedule finite(NoiseSchedule schedule) {
        return (process, highest, lowest, steps) -> {
            if (highest != Double.POSITIVE_INFINITY || steps == 1) {
                return schedule.noiseLevels(process, highest, lowest, steps);
            }
            double last = process.timeOf(lowest);
            double second = process.noiseLevel(process.endTime() - (process.endTime() - last) / (steps - 1.0));
            double[] rest = steps == 2 || second <= lowest
                    ? new double[] {lowest}
                    : schedule.noiseLevels(process, second, lowest, steps - 1);
            double[] levels = new double[rest.length + 1];
            levels[0] = highest;
            System.arraycopy(rest, 0, levels, 1, rest.length);
            return levels;
        };
    }
}
