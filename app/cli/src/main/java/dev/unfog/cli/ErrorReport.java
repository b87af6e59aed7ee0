package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.nio.file.InvalidPathException;
import java.util.Map;

/** Tells the user what went wrong: a line on standard error, with {@code --debug} a stack trace below it. */
final class ErrorReport {
    private final Session session;

    ErrorReport(Session session) {
        this.session = session;
    }

    /** Prints an error that ends the command; with {@code --json} also as an object on standard output. */
    int fatal(UnfogException error) {
        print(error);
        if (session.json()) {
            session.terminal().out().println(Json.write(Map.of("error", Json.error(error))));
        }
        return switch (error.code()) {
            case BAD_PARAMETER -> ExitCode.USAGE;
            case CANCELLED -> ExitCode.CANCELLED;
            default -> ExitCode.FAILED;
        };
    }

    /** Prints an error. */
    void print(UnfogException error) {
        session.terminal().err().println("unfog: " + error.getMessage());
        trace(error);
    }

    /** Prints an error that concerns something that the command can do without. */
    void warn(UnfogException error) {
        session.terminal().err().println("unfog: warning: " + error.getMessage());
        trace(error);
    }

    private void trace(Throwable error) {
        if (session.debug()) {
            error.printStackTrace(session.terminal().err());
        }
    }

    /** Returns anything that was thrown as an error with a code. */
    static UnfogException typed(Throwable thrown) {
        if (thrown instanceof UnfogException typed) {
            return typed;
        }
        if (thrown instanceof OutOfMemoryError) {
            return new UnfogException(
                    ErrorCode.OUT_OF_MEMORY,
                    "unfog",
                    "there is not enough memory",
                    "give it more with UNFOG_JAVA_OPTIONS=-Xmx4g, or smaller files",
                    thrown);
        }
        if (thrown instanceof InvalidPathException) {
            return new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "a file name",
                    "this system's language settings cannot express it: " + thrown.getMessage(),
                    "set the environment variable LC_ALL to C.UTF-8",
                    thrown);
        }
        return new UnfogException(
                ErrorCode.INTERNAL,
                "unfog",
                "an unforeseen error: " + thrown,
                "report it with what --debug shows",
                thrown);
    }
}
