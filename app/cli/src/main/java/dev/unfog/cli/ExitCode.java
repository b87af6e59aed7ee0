package dev.unfog.cli;

/** What the process says to its caller. Ctrl-C ends it with 130, as a shell expects. */
final class ExitCode {
    /** Everything was done. */
    static final int DONE = 0;
    /** Nothing was done. */
    static final int FAILED = 1;
    /** The command line cannot be understood. */
    static final int USAGE = 2;
    /** Some files were done, others failed. */
    static final int PARTLY_DONE = 3;
    /** The user pressed Ctrl-C. */
    static final int CANCELLED = 130;

    private ExitCode() {}

    /** Returns the code for a number of files done and failed. */
    static int of(int done, int failed) {
        if (failed == 0) {
            return DONE;
        }
        return done == 0 ? FAILED : PARTLY_DONE;
    }
}
