package dev.unfog.api.sde;

/**
 * Where states live: in memory, or in scratch files that the host supplies for samples larger than memory.
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface StateSpace {
    /** Keeps states in arrays, each of fewer than 2^31 values. */
    StateSpace IN_MEMORY = MemoryState::new;

    /**
     * Creates a state whose values are 0.
     *
     * @param shape its shape
     * @return a state that the caller closes
     * @throws dev.unfog.api.UnfogException if there is no room
     */
    SampleState allocate(StateShape shape);
}
