package dev.unfog.server.worker;

import dev.unfog.core.job.Installation;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running worker JVM, as the server sees it: orders go in, reports come out, and it can be killed.
 *
 * <p>Orders may be sent from any thread; reports are taken by one. Closing kills it.
 */
public final class WorkerProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

    /** What Java leaves with when told to exit on running out of memory. */
    private static final int OUT_OF_MEMORY_EXIT = 3;
    /** What a shell calls SIGKILL; the system sends it to whoever takes too much memory. */
    private static final int KILLED_EXIT = 137;

    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private static final List<String> HANDED_DOWN =
            List.of("onnxruntime.native.path", "java.awt.headless", "unfog.ffmpeg");

    private final Process process;
    private final Writer orders;
    private final BlockingQueue<Report> reports = new LinkedBlockingQueue<>();
    private final Thread hearing = daemon("worker reports", this::readReports);
    private volatile @Nullable String plugin;
    private volatile long lastSign = System.nanoTime();

    /** How a worker ended. */
    public enum End {
        /** It ran out of memory. */
        OUT_OF_MEMORY,
        /** It crashed, or something killed it. */
        CRASHED
    }

    private WorkerProcess(Process process) {
        this.process = process;
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * Starts a worker.
     *
     * @param installation where plugins, models and settings lie
     * @param scratch an existing folder for its temporary files
     * @param memoryBytes how large its heap may grow
     * @param leftOut the ids of plugins that it is not to load
     * @return the worker, which reports {@link Report.Ready} once it can take orders
     */
    public static WorkerProcess start(
            Installation installation, Path scratch, long memoryBytes, Collection<String> leftOut) {
        List<String> command = new ArrayList<>(modesty());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + Math.max(64, memoryBytes >> 20) + "m");
        command.add("-XX:+UseSerialGC");
        command.add("-XX:+ExitOnOutOfMemoryError");
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add("-Dunfog.installation=" + installation.directory().toAbsolutePath());
        command.add("-Djava.io.tmpdir=" + scratch.toAbsolutePath());
        for (String property : HANDED_DOWN) {
            String value = System.getProperty(property);
            if (value != null) {
                command.add("-D" + property + "=" + value);
            }
        }
        command.add("-cp");
        command.add(classPath());
        command.add(Worker.class.getName());
        command.addAll(leftOut);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment()
                .put("UNFOG_HOME", installation.home().toAbsolutePath().toString());
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        builder.directory(scratch.toFile());
        builder.redirectError(ProcessBuilder.Redirect.PIPE);
        try {
            WorkerProcess worker = new WorkerProcess(builder.start());
            worker.follow();
            worker.offerToMemoryKiller();
            worker.lowerPriority();
            return worker;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whatever the worker computes, the server should answer at once: it goes first where there is too little processor for both. */
    private static List<String> modesty() {
        Path nice = Path.of("/usr/bin/nice");
        return Files.isExecutable(nice) ? List.of(nice.toString(), "-n", "5") : List.of();
    }

    /** Windows has no such program, but lets a process be changed that runs already. */
    private void lowerPriority() {
        if (!System.getProperty("os.name", "").startsWith("Windows")) {
            return;
        }
        String command = "(Get-Process -Id " + process.pid() + ").PriorityClass = 'BelowNormal'";
        try {
            new ProcessBuilder("powershell", "-NoProfile", "-Command", command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            LOG.debug("The worker keeps its priority: {}", e.toString());
        }
    }

    /** This JVM's, whatever folder it was started in. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private void follow() {
        hearing.start();
        daemon("worker messages", this::readMessages).start();
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Where Linux runs out of memory, it should take the worker and spare the server. */
    private void offerToMemoryKiller() {
        Path score = Path.of("/proc/" + process.pid() + "/oom_score_adj");
        try {
            if (Files.isWritable(score)) {
                Files.writeString(score, "500");
            }
        } catch (IOException e) {
            LOG.debug("{} cannot be written: {}", score, e.toString());
        }
    }

    private void readReports() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                lastSign = System.nanoTime();
                Optional<Report> report = Lines.read(line, Report.class);
                if (report.isEmpty()) {
                    LOG.info("worker: {}", line);
                } else if (report.get() instanceof Report.AtWork called) {
                    plugin = called.plugin();
                } else if (!(report.get() instanceof Report.Beat)) {
                    plugin = report.get() instanceof Report.FileBegun ? null : plugin;
                    reports.add(report.get());
                }
            }
        } catch (IOException e) {
            LOG.debug("The worker's reports end: {}", e.toString());
        } finally {
            // A worker that cannot be heard is of no use.
            process.destroyForcibly();
        }
    }

    private void readMessages() {
        try (InputStream stream = process.getErrorStream();
                BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                LOG.info("worker: {}", line);
            }
        } catch (IOException e) {
            LOG.debug("The worker's messages end: {}", e.toString());
        }
    }

    /** Sends an order; a worker that has just ended does not get it, which {@link #isAlive} tells. */
    public synchronized void send(Order order) {
        try {
            orders.write(Lines.write(order));
            orders.write('\n');
            orders.flush();
        } catch (IOException e) {
            LOG.debug("An order cannot be sent: {}", e.toString());
        }
    }

    /**
     * Takes the next report.
     *
     * @param patience how long to wait for one
     * @return the report, or null if there was none
     */
    public @Nullable Report take(Duration patience) throws InterruptedException {
        return reports.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Returns whether it still runs, or has reported something that is not taken yet. */
    public boolean isAlive() throws InterruptedException {
        if (process.isAlive()) {
            return true;
        }
        // What it said last, such as which plugin it called, may still be on its way.
        hearing.join(LAST_WORDS.toMillis());
        return !reports.isEmpty();
    }

    /** Returns for how long nothing at all has come from it, not even a sign of life. */
    public Duration silence() {
        return Duration.ofNanos(System.nanoTime() - lastSign);
    }

    /** Returns the plugin that it called last, for the file at which it is or while it started. */
    public Optional<String> plugin() {
        return Optional.ofNullable(plugin);
    }

    /** Returns its process id. */
    public long pid() {
        return process.pid();
    }

    /** Returns how it ended, once it has. */
    public End end() throws InterruptedException {
        int code = process.waitFor();
        return code == OUT_OF_MEMORY_EXIT || code == KILLED_EXIT ? End.OUT_OF_MEMORY : End.CRASHED;
    }

    /** Kills it and waits until it is gone. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
