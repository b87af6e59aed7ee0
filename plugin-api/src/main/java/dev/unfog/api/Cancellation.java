package dev.unfog.api;

/**
 * Whether the user no longer wants the result.
 *
 * <p>Long work asks between pieces that take at most about a second. Safe for use by many threads.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Cancellation {
    /** Is never cancelled. */
    Cancellation NEVER = () -> false;

    /** {@return whether the work should stop} */
    boolean isCancelled();

    /**
     * Returns if the work should go on.
     *
     * @throws UnfogException with {@link ErrorCode#CANCELLED} if it should stop
     */
    default void throwIfCancelled() {
        if (isCancelled()) {
            throw new UnfogException(
                    ErrorCode.CANCELLED, "work", "it was cancelled", "start it again to have its result");
        }
    }
}
