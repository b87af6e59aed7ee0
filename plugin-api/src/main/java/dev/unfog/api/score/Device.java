package dev.unfog.api.score;

/**
 * Where a network runs.
 *
 * @param kind the kind of device
 * @param index which of several, from 0
 * @since 0.1.0
 */
public record Device(Kind kind, int index) {
    /** The processor. */
    public static final Device CPU = new Device(Kind.CPU, 0);

    /**
     * The kinds of device that the host knows.
     *
     * @since 0.1.0
     */
    public enum Kind {
        /** The processor. */
        CPU,
        /** An NVIDIA GPU. */
        CUDA,
        /** Apple's Core ML. */
        COREML
    }

    /** Returns the name as the command line writes it: {@code cpu}, {@code cuda:0}, {@code coreml}. */
    @Override
    public String toString() {
        return switch (kind) {
            case CPU -> "cpu";
            case CUDA -> "cuda:" + index;
            case COREML -> "coreml";
        };
    }
}
