package dev.unfog.api;

/**
 * Where long work says how far it has come.
 *
 * <p>Calls are cheap: the receiver drops those that come too fast. Safe for use by many threads.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Progress {
    /** Discards everything. */
    Progress NONE = (fraction, message) -> {};

    /**
     * Says how far the work has come.
     *
     * @param fraction the share done, 0 to 1, never falling; NaN where it is not known
     * @param message what is being done now, a few words; may be empty
     */
    void report(double fraction, String message);

    /**
     * {@return the progress of a part of this work}
     *
     * @param from the fraction of the whole at which the part begins
     * @param to the fraction of the whole at which it ends
     */
    default Progress part(double from, double to) {
        return (fraction, message) -> report(from + (to - from) * fraction, message);
    }
}
