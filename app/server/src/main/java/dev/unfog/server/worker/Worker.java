package dev.unfog.server.worker;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.core.job.Installation;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.plugin.PluginCalls;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The worker JVM: takes orders on standard input, one job at a time, and reports on standard output.
 *
 * <p>It leaves as soon as standard input ends, so that none outlives its server. What plugins print goes to standard error.
 */
public final class Worker {
    private static final long PROGRESS_NANOS = 100_000_000L;

    private final Unfog unfog;
    private final PrintStream line;
    private volatile @Nullable String cancelled;

    private Worker(Unfog unfog, PrintStream line) {
        this.unfog = unfog;
        this.line = line;
    }

    /**
     * Works until standard input ends.
     *
     * @param arguments the ids of plugins that are to be left out
     */
    public static void main(String[] arguments) throws IOException {
        PrintStream line = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        // A plugin that closes or reads standard input would take the orders away.
        System.setIn(InputStream.nullInputStream());
        Unfog unfog = new Unfog(Installation.ofProcess()).optLeftOut(Set.of(arguments));
        Worker worker = new Worker(unfog, line);
        PluginCalls.follow(worker::tellPlugin);
        worker.serve();
        // Whatever a plugin is at, nobody waits for it any more.
        Runtime.getRuntime().halt(0);
    }

    private void serve() throws IOException {
        ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(Worker::daemon);
        heart.scheduleAtFixedRate(() -> send(new Report.Beat()), 0, 1, TimeUnit.SECONDS);
        List<Problem> failures =
                unfog.plugins().failures().stream().map(Problem::of).toList();
        List<PluginDescription> plugins =
                unfog.plugins().plugins().stream().map(PluginDescription::of).toList();
        send(new Report.Ready(plugins, failures));
        ExecutorService jobs = Executors.newSingleThreadExecutor(Worker::daemon);
        try (BufferedReader orders = new BufferedReader(
                new InputStreamReader(new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8))) {
            for (String text = orders.readLine(); text != null; text = orders.readLine()) {
                Optional<Order> order = Lines.read(text, Order.class);
                if (order.isEmpty()) {
                    throw new IOException("Not an order: " + text);
                }
                if (order.get() instanceof Order.Cancel cancel) {
                    cancelled = cancel.job();
                } else if (order.get() instanceof Order.Run run) {
                    jobs.execute(() -> run(run));
                }
            }
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "worker");
        thread.setDaemon(true);
        return thread;
    }

    private void send(Report report) {
        String text = Lines.write(report);
        synchronized (line) {
            line.println(text);
        }
    }

    private void tellPlugin(String plugin) {
        send(new Report.AtWork(plugin));
    }

    private void run(Order.Run order) {
        Cancellation cancellation = () -> order.job().equals(cancelled);
        JobWork work = new JobWork(unfog, order, cancellation);
        Problem problem = null;
        List<String> outputs = List.of();
        try {
            outputs = work.run(new JobWork.Listener() {
                @Override
                public void begun(int file) {
                    send(new Report.FileBegun(order.job(), file));
                    PluginCalls.follow(Worker.this::tellPlugin);
                }

                @Override
                public Progress progress(int file) {
                    return new ThrottledProgress(order.job(), file);
                }

                @Override
                public void done(int file, String kind, JobWork.Outcome outcome) {
                    send(new Report.FileDone(
                            order.job(),
                            file,
                            kind,
                            outcome.outputs(),
                            outcome.notes(),
                            outcome.warnings(),
                            outcome.seconds()));
                }

                @Override
                public void failed(int file, @Nullable String kind, UnfogException error) {
                    send(new Report.FileFailed(order.job(), file, kind, work.named(error)));
                }
            });
        } catch (UnfogException e) {
            problem = work.named(e);
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            e.printStackTrace();
            problem = work.named(new UnfogException(
                    e instanceof OutOfMemoryError ? ErrorCode.OUT_OF_MEMORY : ErrorCode.INTERNAL,
                    "unfog",
                    "an unforeseen error: " + e,
                    "report it with what the server printed",
                    e));
        }
        send(new Report.Ended(order.job(), outputs, problem));
    }

    /** Passes on what comes at a pace that a person can follow. */
    private final class ThrottledProgress implements Progress {
        private final String job;
        private final int file;
        private long last = System.nanoTime() - PROGRESS_NANOS;

        ThrottledProgress(String job, int file) {
            this.job = job;
            this.file = file;
        }

        @Override
        public synchronized void report(double fraction, String message) {
            long now = System.nanoTime();
            if (now - last >= PROGRESS_NANOS) {
                last = now;
                double known = Double.isNaN(fraction) ? -1 : Math.max(0, Math.min(1, fraction));
                send(new Report.Progressed(job, file, known, Objects.requireNonNullElse(message, "")));
            }
        }
    }
}
