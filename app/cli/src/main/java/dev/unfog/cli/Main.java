package dev.unfog.cli;

import dev.unfog.api.Cancellation;
import dev.unfog.core.job.Installation;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code unfog} command. */
public final class Main {
    private static final long CLEAN_UP_SECONDS = 10;

    private Main() {}

    /**
     * Runs the command and leaves with its exit code. Ctrl-C cancels the work, waits until nothing half-written is left, and leaves
     * with 130; or with 0, where it is the way to end the command.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        AtomicBoolean cancelled = new AtomicBoolean();
        CountDownLatch ended = new CountDownLatch(1);
        AtomicInteger code = new AtomicInteger(ExitCode.FAILED);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            boolean isInterrupt = ended.getCount() > 0;
                            cancelled.set(true);
                            try {
                                boolean isOver = ended.await(CLEAN_UP_SECONDS, TimeUnit.SECONDS);
                                if (isInterrupt && isOver && code.get() == ExitCode.DONE) {
                                    // Nothing else lets a process that was interrupted say that all is well.
                                    Runtime.getRuntime().halt(ExitCode.DONE);
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "cancel"));
        try {
            code.set(run(Terminal.ofProcess(), Installation.ofProcess(), cancelled::get, arguments));
        } finally {
            ended.countDown();
        }
        System.exit(code.get());
    }

    /**
     * Runs one command in this process.
     *
     * @param terminal where it writes
     * @param installation where plugins, models and settings lie
     * @param cancellation asked between pieces of work
     * @param arguments the command line
     * @return the exit code: 0 done, 1 failed, 2 usage, 3 partly done, 130 cancelled
     */
    static int run(Terminal terminal, Installation installation, Cancellation cancellation, String... arguments) {
        Session session = new Session(terminal, installation, cancellation, List.of(arguments));
        ErrorReport errors = new ErrorReport(session);
        try (session) {
            return new UnfogCommand(session)
                    .commandLine()
                    .setOut(terminal.out())
                    .setErr(terminal.err())
                    .setUsageHelpWidth(Math.max(60, Math.min(terminal.columns(), 120)))
                    .setParameterExceptionHandler((exception, given) -> usage(exception))
                    .setExecutionExceptionHandler((exception, command, result) -> {
                        if (exception instanceof ParameterException usage) {
                            return usage(usage);
                        }
                        return errors.fatal(ErrorReport.typed(exception));
                    })
                    .execute(arguments);
        } catch (Throwable thrown) {
            return errors.fatal(ErrorReport.typed(thrown));
        } finally {
            terminal.out().flush();
            terminal.err().flush();
        }
    }

    private static int usage(ParameterException exception) {
        CommandLine command = exception.getCommandLine();
        command.getErr().println("unfog: " + exception.getMessage());
        UnmatchedArgumentException.printSuggestions(exception, command.getErr());
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName(" ") + " --help' for what there is.");
        return ExitCode.USAGE;
    }
}
