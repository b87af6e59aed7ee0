package dev.unfog.server.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.core.job.Installation;
import dev.unfog.server.worker.Order;
import dev.unfog.server.worker.Problem;
import dev.unfog.server.worker.Report;
import dev.unfog.server.worker.WorkerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps jobs and hands them, one at a time and in the order in which they came, to a worker JVM that it starts, watches and
 * replaces.
 *
 * <p>A plugin that hangs, floods memory or brings native code down costs its job and is named; the next job finds a new worker. One
 * that does so when it is started is left out from then on. What was waiting or at work when the server stopped is run when it
 * starts again. Safe for use by many threads.
 */
public final class JobQueue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobQueue.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int ID_LENGTH = 26;

    private static final Duration TICK = Duration.ofMillis(50);
    /** A plugin gets this long to notice that it was cancelled; then its worker is killed. */
    private static final Duration CANCELLATION_PATIENCE = Duration.ofMillis(700);
    /** A worker sends a sign of life each second. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private static final Duration START_PATIENCE = Duration.ofMinutes(10);
    private static final int STARTS_BEFORE_GIVING_UP = 3;

    private final Installation installation;
    private final JobLimits limits;
    private final JobFolders folders;
    private final JobStore store;
    private final JobFeed feed = new JobFeed();
    private final BlockingQueue<String> waiting = new LinkedBlockingQueue<>();
    private final Thread runner;
    private final ScheduledExecutorService sweeper;
    private volatile Report.@Nullable Ready ready;
    private volatile @Nullable WorkerProcess worker;
    private volatile @Nullable String current;
    private volatile boolean closed;
    private int failedStarts;
    /** The plugins that took a worker with them when they were started, and what is to be said of each. */
    private final Map<String, Problem> leftOut = new LinkedHashMap<>();
    /** The plugin that was being started when the last worker ended before it was ready. */
    private @Nullable String suspect;

    /** The job that was last sent to a worker in vain; it is not sent a third time. */
    private @Nullable String repeated;

    /**
     * Opens the jobs in a folder and starts to work on those that wait.
     *
     * @param installation where plugins, models and settings lie
     * @param folder where jobs are kept; made if it is not there
     * @param limits what is allowed
     */
    public JobQueue(Installation installation, Path folder, JobLimits limits) {
        this.installation = installation;
        this.limits = limits;
        this.folders = new JobFolders(folder);
        this.store = JobStore.open(folder);
        folders.deleteAllBut(store.ids());
        for (Job job : store.unfinished()) {
            store.save(job.again());
            waiting.add(job.id());
        }
        runner = new Thread(this::work, "jobs");
        runner.start();
        sweeper = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "expiry");
            thread.setDaemon(true);
            return thread;
        });
        sweeper.scheduleWithFixedDelay(this::sweep, 0, 1, TimeUnit.MINUTES);
    }

    /** Returns what is allowed. */
    public JobLimits limits() {
        return limits;
    }

    /** Returns where files lie. */
    public JobFolders folders() {
        return folders;
    }

    /** Returns where to listen. */
    public JobFeed feed() {
        return feed;
    }

    /** Returns what is installed, as the worker told when it started; nothing while the first worker still starts. */
    public Optional<Report.Ready> installed() {
        return Optional.ofNullable(ready);
    }

    /** Returns the worker's process id, while there is one. */
    public Optional<Long> workerPid() {
        return Optional.ofNullable(worker).map(WorkerProcess::pid);
    }

    /** Returns an id for a new job. */
    public static String newId() {
        StringBuilder id = new StringBuilder(ID_LENGTH);
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }

    /** Returns whether another job may be handed in. */
    public boolean hasRoom() {
        return store.countUnfinished() < limits.queued();
    }

    /** Takes in a job whose files lie in its input folder. */
    public synchronized void submit(Job job) {
        store.save(job);
        feed.changed(job);
        waiting.add(job.id());
    }

    /** Returns a job. */
    public Optional<Job> find(String id) {
        return store.find(id);
    }

    /** Returns the latest jobs, the newest first. */
    public List<Job> newest(int most) {
        return store.newest(most);
    }

    /**
     * Cancels a job.
     *
     * @return the job; nothing if it has ended already
     */
    public synchronized Optional<Job> cancel(String id) {
        Optional<Job> job = store.find(id).filter(found -> !found.state().isFinal());
        job.ifPresent(found -> change(id, running -> running.ended(JobState.CANCELLED, null)));
        return job.flatMap(found -> store.find(id));
    }

    /** Deletes a job and all its files; one that is at work is cancelled. */
    public synchronized void delete(String id) {
        cancel(id);
        store.delete(id);
        feed.deleted(id);
        // The runner deletes the files of the job at which it is.
        if (!id.equals(current)) {
            folders.delete(id);
        }
    }

    private synchronized void change(String id, UnaryOperator<Job> change) {
        store.find(id).filter(job -> !job.state().isFinal()).ifPresent(job -> {
            Job changed = change.apply(job);
            store.save(changed);
            feed.changed(changed);
        });
    }

    private void sweep() {
        try {
            for (Job job : store.finishedBefore(Instant.now().minus(limits.retention()))) {
                delete(job.id());
            }
        } catch (RuntimeException e) {
            LOG.warn("Old jobs cannot be deleted: {}", e.toString());
        }
    }

    private void work() {
        while (!closed) {
            try {
                boolean usable = ensureWorker();
                String id = waiting.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
                if (id == null) {
                    continue;
                }
                if (usable) {
                    run(id);
                } else if (failedStarts >= STARTS_BEFORE_GIVING_UP) {
                    change(id, job -> job.ended(JobState.FAILED, notStarting()));
                } else {
                    waiting.add(id);
                }
            } catch (InterruptedException e) {
                break;
            } catch (RuntimeException e) {
                if (!closed) {
                    LOG.error("A job cannot be run", e);
                }
            }
        }
        stopWorker();
    }

    private static Problem notStarting() {
        return Problem.of(new UnfogException(
                ErrorCode.PLUGIN_BROKEN,
                "the worker",
                "it ends before it can take a job, which a plugin that cannot be loaded may cause",
                "see what the server printed, and remove the plugin that was added last"));
    }

    /** Returns whether there is a worker that can take a job. */
    private boolean ensureWorker() throws InterruptedException {
        WorkerProcess present = worker;
        if (present != null && present.isAlive()) {
            return true;
        }
        stopWorker();
        if (failedStarts > 0) {
            long pause = Math.min(30_000L, 500L << Math.min(failedStarts, 6));
            for (long slept = 0; slept < pause && !closed; slept += TICK.toMillis()) {
                Thread.sleep(TICK.toMillis());
            }
        }
        WorkerProcess started =
                WorkerProcess.start(installation, folders.emptyScratch(), limits.workerBytes(), leftOut.keySet());
        worker = started;
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (!closed && started.isAlive() && System.nanoTime() < deadline) {
            if (started.take(TICK) instanceof Report.Ready told) {
                List<Problem> failures = new ArrayList<>(told.failures());
                failures.addAll(leftOut.values());
                ready = new Report.Ready(told.plugins(), failures);
                failedStarts = 0;
                suspect = null;
                return true;
            }
        }
        if (!closed && !started.isAlive()) {
            blame(started);
        }
        stopWorker();
        failedStarts++;
        return false;
    }

    /** Leaves out the plugin with which a worker has ended twice while it started, so that the others go on. */
    private void blame(WorkerProcess ended) throws InterruptedException {
        String plugin = ended.plugin().orElse(null);
        if (plugin == null || !plugin.equals(suspect)) {
            suspect = plugin;
            return;
        }
        boolean isFlooded = ended.end() == WorkerProcess.End.OUT_OF_MEMORY;
        Problem problem = Problem.of(new UnfogException(
                ErrorCode.PLUGIN_BROKEN,
                "plugin " + plugin,
                (isFlooded ? "it takes all the memory there is" : "it brings the worker down")
                        + " when it is started, and is left out",
                "update or remove it (unfog plugins remove " + plugin
                        + ") and start the server again, or tell its provider"));
        LOG.warn("{}: {}; {}", problem.subject(), problem.problem(), problem.remedy());
        leftOut.put(plugin, problem);
        failedStarts = 0;
    }

    private void stopWorker() {
        WorkerProcess present = worker;
        worker = null;
        if (present != null) {
            present.close();
        }
    }

    private void run(String id) throws InterruptedException {
        synchronized (this) {
            Optional<Job> found = store.find(id).filter(job -> !job.state().isFinal());
            if (found.isEmpty()) {
                return;
            }
            current = id;
            change(id, Job::running);
        }
        try {
            Job job = store.find(id).orElseThrow();
            folders.keepOnly(id, Set.of());
            WorkerProcess at = Objects.requireNonNull(worker);
            at.send(order(job));
            if (!follow(job, at)) {
                // The worker had ended before it heard of the job, which is not the job's fault.
                change(id, Job::again);
                waiting.add(id);
            }
        } catch (UnfogException e) {
            change(id, job -> job.ended(JobState.FAILED, Problem.of(e)));
        } finally {
            synchronized (this) {
                current = null;
                Optional<Job> left = store.find(id);
                if (left.isEmpty()) {
                    folders.delete(id);
                } else if (!closed) {
                    folders.keepOnly(
                            id,
                            left.get().results().stream().map(JobResult::stored).collect(Collectors.toSet()));
                }
            }
        }
    }

    private Order.Run order(Job job) {
        Path in = folders.input(job.id());
        List<Order.Input> inputs = job.files().stream()
                .map(file -> new Order.Input(in.resolve(file.stored()).toString(), file.name()))
                .toList();
        Map<String, String> parameters = new LinkedHashMap<>(job.parameters());
        job.parameterFiles()
                .forEach((name, stored) ->
                        parameters.put(name, in.resolve(stored).toString()));
        String model = job.model() == null ? null : model(job.model()).toString();
        return new Order.Run(
                job.id(),
                job.verb(),
                job.plugin(),
                inputs,
                folders.output(job.id()).toString(),
                parameters,
                job.parameterFiles().keySet().stream().collect(Collectors.toMap(name -> name, name -> job.parameters()
                        .get(name))),
                job.seed(),
                model);
    }

    private Path model(String fitted) {
        return store.find(fitted)
                .filter(job -> job.verb().equals("fit") && job.state() == JobState.DONE)
                .map(job -> folders.output(fitted).resolve(job.results().get(0).stored()))
                .orElseThrow(() -> new UnfogException(
                        ErrorCode.MODEL_NOT_FOUND,
                        "job " + fitted,
                        "it holds no model of what is normal",
                        "learn from normal samples first"));
    }

    /** Follows a job to its end; returns false if the worker ended before it began. */
    private boolean follow(Job job, WorkerProcess at) throws InterruptedException {
        String id = job.id();
        long lastProgress = System.nanoTime();
        long cancelledAt = 0;
        boolean begun = false;
        while (!closed) {
            Report report = at.take(TICK);
            if (report != null) {
                lastProgress = System.nanoTime();
                begun = true;
                if (report instanceof Report.Ended ended) {
                    if (ended.job().equals(id)) {
                        end(id, ended);
                        return true;
                    }
                } else {
                    apply(id, report);
                }
                continue;
            }
            boolean isWanted = store.isUnfinished(id);
            if (!isWanted && cancelledAt == 0) {
                at.send(new Order.Cancel(id));
                cancelledAt = System.nanoTime();
            } else if (!isWanted && since(cancelledAt).compareTo(CANCELLATION_PATIENCE) > 0) {
                stopWorker();
                return true;
            }
            if (!at.isAlive()) {
                if (!begun && !id.equals(repeated)) {
                    repeated = id;
                    return false;
                }
                Problem problem = crashed(at.end(), at.plugin());
                stopWorker();
                change(id, running -> running.ended(JobState.FAILED, problem));
                return true;
            }
            boolean isStalled = since(lastProgress).compareTo(limits.stall()) > 0;
            if (isStalled || at.silence().compareTo(SILENCE) > 0) {
                stopWorker();
                change(
                        id,
                        running -> running.ended(
                                JobState.FAILED, hung(isStalled ? limits.stall() : SILENCE, at.plugin())));
                return true;
            }
        }
        return true;
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }

    private static Problem crashed(WorkerProcess.End end, Optional<String> plugin) {
        return Problem.of(
                end == WorkerProcess.End.OUT_OF_MEMORY
                        ? new UnfogException(
                                ErrorCode.OUT_OF_MEMORY,
                                subject(plugin),
                                "there was not enough memory for this job",
                                "start the server with UNFOG_JAVA_OPTIONS=-Xmx4g or more, or use smaller files")
                        : new UnfogException(
                                ErrorCode.PLUGIN_BROKEN,
                                subject(plugin),
                                "it brought the worker down",
                                "try again; if it happens again, update the plugin or tell its provider"));
    }

    private static String subject(Optional<String> plugin) {
        return plugin.map(id -> "plugin " + id).orElse("the plugin at work");
    }

    private static Problem hung(Duration limit, Optional<String> plugin) {
        return Problem.of(new UnfogException(
                ErrorCode.PLUGIN_BROKEN,
                subject(plugin),
                "nothing was heard of it for " + limit.toSeconds() + " seconds, so it was stopped",
                "try again with a smaller file; if it happens again, update the plugin or tell its provider"));
    }

    private void apply(String id, Report report) {
        if (report instanceof Report.Progressed progress && progress.job().equals(id)) {
            feed.progressed(id, progress.file(), progress.fraction(), progress.message());
        } else if (report instanceof Report.FileBegun begun && begun.job().equals(id)) {
            change(
                    id,
                    job -> job.with(begun.file(), job.files().get(begun.file()).with(JobState.RUNNING), List.of()));
        } else if (report instanceof Report.FileDone done && done.job().equals(id)) {
            change(
                    id,
                    job -> job.with(
                            done.file(),
                            job.files()
                                    .get(done.file())
                                    .done(done.kind(), done.seconds(), done.notes(), done.warnings()),
                            results(job, done.file(), done.outputs())));
        } else if (report instanceof Report.FileFailed failed && failed.job().equals(id)) {
            change(
                    id,
                    job -> job.with(
                            failed.file(),
                            job.files().get(failed.file()).failed(failed.kind(), failed.problem()),
                            List.of()));
        }
    }

    private void end(String id, Report.Ended ended) {
        change(id, job -> {
            Job whole = job.with(results(job, -1, ended.outputs()));
            return ended.problem() == null
                    ? whole.ended(whole.stateOfFiles(), null)
                    : whole.ended(JobState.FAILED, ended.problem());
        });
    }

    private List<JobResult> results(Job job, int file, List<String> outputs) {
        List<JobResult> results = new ArrayList<>();
        Path folder = folders.output(job.id());
        for (String stored : outputs) {
            long bytes;
            try {
                bytes = Files.size(folder.resolve(stored));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            // A stored name is NUMBER.EXTENSION, or NUMBER.ROLE.EXTENSION.
            String[] parts = stored.split("\\.");
            String role = parts.length > 2 ? parts[1] : "main";
            String name = stored;
            if (file >= 0) {
                String shown = job.files().get(file).name();
                int dot = shown.lastIndexOf('.');
                String stem = dot > shown.lastIndexOf('/') + 1 ? shown.substring(0, dot) : shown;
                name = stem + stored.substring(stored.indexOf('.') < 0 ? stored.length() : stored.indexOf('.'));
            }
            results.add(new JobResult(
                    job.results().size() + results.size(), file, role, name, stored, mediaType(stored), bytes));
        }
        return results;
    }

    /** Returns the media type of a file of ours, by its extension. */
    public static String mediaType(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT)) {
            case "png" -> "image/png";
            case "jpg", "jpeg", "jpe", "jfif" -> "image/jpeg";
            case "tif", "tiff" -> "image/tiff";
            case "webp" -> "image/webp";
            case "gif" -> "image/gif";
            case "bmp" -> "image/bmp";
            case "wav" -> "audio/wav";
            case "aif", "aiff" -> "audio/aiff";
            case "flac" -> "audio/flac";
            case "mp3" -> "audio/mpeg";
            case "ogg", "oga", "opus" -> "audio/ogg";
            case "m4a" -> "audio/mp4";
            case "csv" -> "text/csv";
            case "json" -> "application/json";
            default -> "application/octet-stream";
        };
    }

    /** Stops the worker; what it was at is run when the server starts again. */
    @Override
    public void close() {
        closed = true;
        // Neither thread is interrupted: that would close the database's file under it. Both look often whether they
        // should end.
        sweeper.shutdown();
        try {
            runner.join(TimeUnit.SECONDS.toMillis(15));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stopWorker();
        store.close();
    }
}
