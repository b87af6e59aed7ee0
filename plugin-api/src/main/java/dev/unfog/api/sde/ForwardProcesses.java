package dev.unfog.api.sde;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Forward processes by the name and the constants that a model card gives.
 *
 * <p>A constant that is left out has the value of the paper that the process is from; {@link ForwardProcess#name()} and
 * {@link ForwardProcess#constants()} give back what {@link #named} takes.
 *
 * @since 0.1.0
 */
public final class ForwardProcesses {
    private static final List<String> NAMES = List.of(
            VarianceExplodingProcess.NAME,
            GeometricVarianceExplodingProcess.NAME,
            VariancePreservingProcess.NAME,
            DiscreteVariancePreservingProcess.NAME,
            SubVariancePreservingProcess.NAME,
            OrnsteinUhlenbeckProcess.NAME,
            SchroedingerBridge.BROWNIAN,
            SchroedingerBridge.EXPLODING,
            SchroedingerBridge.LINEARLY_GROWING,
            SchroedingerBridge.PRESERVING);

    private ForwardProcesses() {}

    /** {@return the names that {@link #named} knows} */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * {@return a process}
     *
     * @param name one of {@link #names()}
     * @param constants by name, any of those that {@link ForwardProcess#constants()} of such a process lists
     * @throws IllegalArgumentException if the process or a constant is unknown, or a value out of range; the message says
     *     which there are
     */
    public static ForwardProcess named(String name, Map<String, Double> constants) {
        Reader read = new Reader(constants);
        ForwardProcess process =
                switch (name) {
                    case VarianceExplodingProcess.NAME ->
                        new VarianceExplodingProcess(read.value("sigma_min", 0.002), read.value("sigma_max", 80));
                    case GeometricVarianceExplodingProcess.NAME ->
                        new GeometricVarianceExplodingProcess(
                                read.value("sigma_min", 0.01), read.value("sigma_max", 50), read.value("t_eps", 1e-5));
                    case VariancePreservingProcess.NAME ->
                        new VariancePreservingProcess(
                                read.value("beta_min", 0.1), read.value("beta_max", 20), read.value("t_eps", 1e-3));
                    case DiscreteVariancePreservingProcess.NAME ->
                        new DiscreteVariancePreservingProcess(
                                (int) read.value("steps", 1000),
                                read.value("beta_first", 1e-4),
                                read.value("beta_last", 0.02));
                    case SubVariancePreservingProcess.NAME ->
                        new SubVariancePreservingProcess(
                                read.value("beta_min", 0.1), read.value("beta_max", 20), read.value("t_eps", 1e-3));
                    case OrnsteinUhlenbeckProcess.NAME ->
                        new OrnsteinUhlenbeckProcess(
                                read.value("gamma", 1.5),
                                read.value("sigma_min", 0.05),
                                read.value("sigma_max", 0.5),
                                read.value("t_eps", 0.03));
                    case SchroedingerBridge.BROWNIAN ->
                        bridge(new ReferenceDiffusion.Constant(read.value("g", 1)), read);
                    case SchroedingerBridge.EXPLODING ->
                        bridge(new ReferenceDiffusion.Exploding(read.value("c", 0.4), read.value("k", 2.6)), read);
                    case SchroedingerBridge.LINEARLY_GROWING ->
                        bridge(
                                new ReferenceDiffusion.LinearlyGrowing(
                                        read.value("beta_min", 0.01), read.value("beta_max", 50)),
                                read);
                    case SchroedingerBridge.PRESERVING ->
                        bridge(
                                new ReferenceDiffusion.Preserving(
                                        read.value("beta_min", 0.01), read.value("beta_max", 20), read.value("c", 0.3)),
                                read);
                    default ->
                        throw new IllegalArgumentException(
                                "no process is called " + name + "; there are " + String.join(", ", NAMES));
                };
        read.refuseUnknown(name);
        return process;
    }

    private static SchroedingerBridge bridge(ReferenceDiffusion reference, Reader read) {
        return new SchroedingerBridge(reference, read.value("t_eps", 1e-4));
    }

    /** Hands out constants and knows which were asked for. */
    private static final class Reader {
        private final Map<String, Double> given;
        private final Map<String, Double> known = new LinkedHashMap<>();

        Reader(Map<String, Double> given) {
            this.given = given;
        }

        double value(String name, double otherwise) {
            double value = given.getOrDefault(name, otherwise);
            known.put(name, value);
            return value;
        }

        void refuseUnknown(String process) {
            TreeSet<String> unknown = new TreeSet<>(given.keySet());
            unknown.removeAll(known.keySet());
            if (!unknown.isEmpty()) {
                throw new IllegalArgumentException("the process " + process + " has no constant "
                        + String.join(", ", unknown) + "; it has " + String.join(", ", known.keySet()));
            }
        }
    }
}
