package dev.unfog.api;

import org.jspecify.annotations.Nullable;

/**
 * An error that a user can act on: a code, what it is about, what is wrong, and what to do.
 *
 * <p>The message reads {@code UnreadableMedia: talk.opus: Opus is not supported; convert it to WAV}. Plugins throw it for
 * everything that they foresee; anything else that leaves a plugin is reported as {@link ErrorCode#PLUGIN_BROKEN}.
 * Immutable; safe for use by many threads.
 *
 * @since 0.1.0
 */
public final class UnfogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String subject;
    private final String problem;
    private final String remedy;

    /**
     * Creates an error.
     *
     * @param code what kind of error
     * @param subject what it is about: a file, a parameter, a plugin
     * @param problem what is wrong, as a clause without a full stop
     * @param remedy what the user can do, as an imperative clause without a full stop
     */
    public UnfogException(ErrorCode code, String subject, String problem, String remedy) {
        this(code, subject, problem, remedy, null);
    }

    /**
     * Creates an error with the exception that caused it.
     *
     * @param code what kind of error
     * @param subject what it is about: a file, a parameter, a plugin
     * @param problem what is wrong, as a clause without a full stop
     * @param remedy what the user can do, as an imperative clause without a full stop
     * @param cause what was caught, shown with {@code --debug} only
     */
    public UnfogException(ErrorCode code, String subject, String problem, String remedy, @Nullable Throwable cause) {
        super(code.label() + ": " + subject + ": " + problem + "; " + remedy, cause);
        this.code = code;
        this.subject = subject;
        this.problem = problem;
        this.remedy = remedy;
    }

    /** {@return what kind of error this is} */
    public ErrorCode code() {
        return code;
    }

    /** {@return what the error is about: a file, a parameter, a plugin} */
    public String subject() {
        return subject;
    }

    /** {@return what is wrong} */
    public String problem() {
        return problem;
    }

    /** {@return what the user can do} */
    public String remedy() {
        return remedy;
    }
}
