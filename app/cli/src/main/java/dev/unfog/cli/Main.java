package dev.unfog.cli;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.core.job.Installation;
import dev.unfog.core.plugin.PluginCalls;
import java.util.List;
import java.util.Set;
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
    /** What a plugin may take to notice that it is cancelled, and a little more. */
    private static final long PLUGIN_SECONDS = 3;

    private Main() {}

    /**
     * Runs the command and leaves with its exit code. Ctrl-C cancels the work, waits until nothing half-written is left, and leaves
     * with 130; or with 0, where it is the way to end the command. A plugin that does not stop is named and not waited for; so is one
     * that ends the process itself, for which the exit code is 1.
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
                            if (isInterrupt) {
                                leaveIfAPluginEndsTheProcess();
                            }
                            cancelled.set(true);
                            try {
                                boolean isOver = isOver(ended);
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

    private static boolean isOver(CountDownLatch ended) throws InterruptedException {
        if (ended.await(PLUGIN_SECONDS, TimeUnit.SECONDS)) {
            return true;
        }
        Set<String> plugins = PluginCalls.atWork();
        if (!plugins.isEmpty()) {
            tell(String.join(", ", plugins), "it does not stop when it is cancelled, and is ended");
            return false;
        }
        return ended.await(CLEAN_UP_SECONDS - PLUGIN_SECONDS, TimeUnit.SECONDS);
    }

    private static void leaveIfAPluginEndsTheProcess() {
        PluginCalls.endingTheProcess().ifPresent(plugin -> {
            tell(plugin, "it ends the whole program, which is not for it to do");
            Runtime.getRuntime().halt(ExitCode.FAILED);
        });
    }

    private static void tell(String plugin, String problem) {
        UnfogException error = new UnfogException(
                ErrorCode.PLUGIN_BROKEN,
                "plugin " + plugin,
                problem,
                "update or remove the plugin, or tell its provider");
        Terminal.ofProcess().err().println("unfog: " + error.getMessage());
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
