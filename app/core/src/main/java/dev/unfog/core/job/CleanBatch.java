package dev.unfog.core.job;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.core.media.ResultFiles;
import dev.unfog.core.media.ResultOptions;
import dev.unfog.core.model.FileDigests;
import dev.unfog.core.plugin.PluginExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Cleans many files, several at once: while one waits for the network another is decoded or encoded, and all share one copy of the
 * network's weights.
 *
 * <p>Each result is the same as if its file were cleaned alone. A file for which memory does not suffice while others are at work is
 * tried again when none is. With a journal, a batch that was killed goes on where it was. One thread runs a batch; its listener is
 * called by many.
 */
public final class CleanBatch {
    /**
     * What a file at work is given: the photo network's largest tile takes about 300 MiB, and decoded pixels and frames lie in
     * scratch files.
     */
    private static final long BYTES_PER_JOB = 768L << 20;

    private static final int MOST_JOBS = 16;
    /** From how many files for each that is worked on at once they share the processors: the last ones then work alone. */
    private static final int FEWEST_TO_SHARE = 4;

    private final Unfog unfog;
    private final RunSettings settings;
    private final ResultOptions options;
    private final OutputPlan plan;
    private final Map<String, String> digests = new ConcurrentHashMap<>();

    /**
     * A file, what is to be done to it, and with which parameters.
     *
     * @param item the file and its result
     * @param cleaner what cleans it
     * @param parameters the cleaner's
     */
    public record Task(OutputPlan.Item item, PluginExtension<Cleaner> cleaner, ParameterValues parameters) {}

    /** Follows a batch. Safe for use by many threads. */
    public interface Listener {
        /**
         * Says that a file begins.
         *
         * @return what follows its progress
         */
        CleanJob.Listener began(Task task);

        /** Says that a file has been cleaned; with a journal, that this is on record. */
        void done(Task task, CleanJob.Result result);

        /** Says that a file could not be cleaned, or that it was cancelled. */
        void failed(Task task, UnfogException error);
    }

    /**
     * Creates a batch.
     *
     * @param unfog the host
     * @param settings how plugins are run
     * @param options how results are written
     * @param plan what the tasks come from, for where the journal is
     */
    public CleanBatch(Unfog unfog, RunSettings settings, ResultOptions options, OutputPlan plan) {
        this.unfog = unfog;
        this.settings = settings;
        this.options = options;
        this.plan = plan;
    }

    /** Returns how many files are best worked on at once here: as many as there are processors, and as memory holds. */
    public static int defaultJobs() {
        return jobs(Runtime.getRuntime().availableProcessors(), AvailableMemory.bytes());
    }

    static int jobs(int processors, long availableBytes) {
        long fitting = Math.max(1, availableBytes / BYTES_PER_JOB);
        return (int) Math.min(Math.min(processors, MOST_JOBS), fitting);
    }

    /**
     * Returns those tasks that the journal does not know as done with the same file, the same settings and networks, and results that
     * are still there.
     */
    public List<Task> remaining(List<Task> tasks) {
        Map<String, BatchJournal.Entry> entries = BatchJournal.read(plan.folder());
        Map<String, Optional<String>> installed = new LinkedHashMap<>();
        return tasks.stream()
                .filter(task -> {
                    BatchJournal.Entry entry = entries.get(plan.place(task.item()));
                    return entry == null || !isCurrent(entry, task, installed);
                })
                .toList();
    }

    private boolean isCurrent(BatchJournal.Entry entry, Task task, Map<String, Optional<String>> installed) {
        try {
            if (!BatchJournal.Version.of(task.item().input()).equals(entry.source())
                    || !digest(task).equals(entry.settings())) {
                return false;
            }
            for (Map.Entry<String, Long> result : entry.results().entrySet()) {
                Path file = plan.folder().resolve(result.getKey());
                if (!Files.isRegularFile(file) || Files.size(file) != result.getValue()) {
                    return false;
                }
            }
            String plugin = task.cleaner().pluginId();
            return entry.networks().entrySet().stream().allMatch(network -> installed
                    .computeIfAbsent(plugin + " " + network.getKey(), key -> sha256(plugin, network.getKey()))
                    .equals(Optional.of(network.getValue())));
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns the digest of the network that a plugin would get now. */
    private Optional<String> sha256(String plugin, String asked) {
        try {
            return Optional.of(
                    CallContext.installed(unfog, settings, plugin, asked).card().sha256());
        } catch (UnfogException e) {
            try {
                return Optional.of(unfog.models().at(Path.of(asked)).card().sha256());
            } catch (UnfogException neither) {
                return Optional.empty();
            }
        }
    }

    /** Returns a digest of all that decides what the result is, but for the input and the networks. */
    private String digest(Task task) {
        Map<String, String> facts = new TreeMap<>();
        facts.put("unfog", Installation.VERSION);
        facts.put("plugin", task.cleaner().pluginId());
        facts.put(
                "version", unfog.plugins().versionOf(task.cleaner().pluginId()).orElse(""));
        facts.put("seed", Long.toString(settings.seed()));
        facts.put("device", settings.device().toString());
        facts.put("jpegQuality", options.jpegQuality().toString());
        facts.put("result", String.valueOf(task.item().output().getFileName()));
        task.parameters().asMap().forEach((name, value) -> facts.put("--" + name, text(value)));
        return digests.computeIfAbsent(facts.toString(), FileDigests::ofText);
    }

    private static String text(Object value) {
        if (value instanceof Path file) {
            try {
                return file.toAbsolutePath() + " " + BatchJournal.Version.of(file);
            } catch (IOException e) {
                return file.toAbsolutePath() + " which cannot be read";
            }
        }
        return value.toString();
    }

    /**
     * Cleans files and returns when all are done, or given up.
     *
     * @param tasks the files, in the order in which they are begun
     * @param jobs how many are worked on at once, at least 1
     * @param isJournaled whether a journal is kept, so that {@link #remaining} can tell what was done
     * @param stopsOnError whether no file is begun after one has failed; those at work are finished
     * @param listener told what becomes of each file that is begun
     * @param cancellation asked whether to go on; files at work are then given up
     * @throws UnfogException with {@link ErrorCode#OUTPUT_NOT_WRITABLE} if no journal can be kept
     */
    public void run(
            List<Task> tasks,
            int jobs,
            boolean isJournaled,
            boolean stopsOnError,
            Listener listener,
            Cancellation cancellation) {
        Set<Path> folders = new LinkedHashSet<>();
        tasks.forEach(task -> folders.add(task.item().output().toAbsolutePath().getParent()));
        folders.forEach(ResultFiles::sweep);
        List<String> places =
                tasks.stream().map(task -> plan.place(task.item())).toList();
        try (BatchJournal journal = isJournaled ? BatchJournal.open(plan.folder(), places) : null) {
            if (tasks.size() >= FEWEST_TO_SHARE * jobs) {
                unfog.shareThreads(jobs);
            }
            new Run(journal, stopsOnError, listener, cancellation).work(tasks, jobs);
        }
    }

    /** One run, and what its threads share. */
    private final class Run {
        private final @Nullable BatchJournal journal;
        private final boolean stopsOnError;
        private final Listener listener;
        private final Cancellation cancellation;
        /** Shared by files that are worked on side by side, held alone by one that needs all the memory. */
        private final ReadWriteLock memory = new ReentrantReadWriteLock(true);

        private volatile boolean isStopped;

        Run(@Nullable BatchJournal journal, boolean stopsOnError, Listener listener, Cancellation cancellation) {
            this.journal = journal;
            this.stopsOnError = stopsOnError;
            this.listener = listener;
            this.cancellation = cancellation;
        }

        void work(List<Task> tasks, int jobs) {
            int count = Math.max(1, Math.min(jobs, tasks.size()));
            ExecutorService threads = Executors.newFixedThreadPool(count, runnable -> new Thread(runnable, "clean"));
            try {
                List<Future<?>> futures = new ArrayList<>();
                tasks.forEach(task -> futures.add(threads.submit(() -> work(task, count > 1))));
                for (Future<?> future : futures) {
                    future.get();
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("What happens to a file is told to the listener", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                isStopped = true;
                threads.shutdown();
            }
        }

        private void work(Task task, boolean isBesideOthers) {
            if (isStopped || cancellation.isCancelled()) {
                return;
            }
            CleanJob.Listener progress = listener.began(task);
            try {
                listener.done(task, isBesideOthers ? cleanBesideOthers(task, progress) : clean(task, progress));
            } catch (UnfogException e) {
                isStopped |= stopsOnError && e.code() != ErrorCode.CANCELLED;
                listener.failed(task, e);
            }
        }

        private CleanJob.Result cleanBesideOthers(Task task, CleanJob.Listener progress) {
            memory.readLock().lock();
            try {
                return clean(task, progress);
            } catch (UnfogException e) {
                if (e.code() != ErrorCode.OUT_OF_MEMORY) {
                    throw e;
                }
            } finally {
                memory.readLock().unlock();
            }
            return cleanAlone(task, progress);
        }

        private CleanJob.Result cleanAlone(Task task, CleanJob.Listener progress) {
            memory.writeLock().lock();
            try {
                return clean(task, progress);
            } finally {
                memory.writeLock().unlock();
            }
        }

        private CleanJob.Result clean(Task task, CleanJob.Listener progress) {
            Path input = task.item().input();
            BatchJournal.Version before = journal == null ? null : version(input);
            CleanJob.Result result;
            try {
                result = new CleanJob(unfog, task.cleaner(), settings, options)
                        .run(input, task.item().output(), task.parameters(), progress, cancellation);
            } catch (UnfogException e) {
                throw e;
            } catch (RuntimeException | OutOfMemoryError e) {
                throw unforeseen(input, e);
            }
            if (journal != null && before != null) {
                journal.add(new BatchJournal.Entry(
                        plan.place(task.item()), before, digest(task), result.networks(), sizes(result.outputs())));
            }
            return result;
        }
    }

    /** A file that trips over a fault is that file's misfortune, not the batch's. */
    private static UnfogException unforeseen(Path input, Throwable thrown) {
        return thrown instanceof OutOfMemoryError
                ? new UnfogException(
                        ErrorCode.OUT_OF_MEMORY,
                        input.toString(),
                        "there is not enough memory for it",
                        "give Java more with UNFOG_JAVA_OPTIONS=-Xmx4g",
                        thrown)
                : new UnfogException(
                        ErrorCode.INTERNAL,
                        input.toString(),
                        "an unforeseen error: " + thrown,
                        "report it with what --debug shows",
                        thrown);
    }

    /** Returns what a file is before it is read; null if that cannot be told, which opening it will explain. */
    private static BatchJournal.@Nullable Version version(Path file) {
        try {
            return BatchJournal.Version.of(file);
        } catch (IOException e) {
            return null;
        }
    }

    private Map<String, Long> sizes(List<Path> results) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        Path folder = plan.folder().toAbsolutePath().normalize();
        for (Path result : results) {
            try {
                Path place = folder.relativize(result.toAbsolutePath().normalize());
                sizes.put(OutputPlan.slashed(place), Files.size(result));
            } catch (IOException e) {
                throw new UnfogException(
                        ErrorCode.OUTPUT_NOT_WRITABLE,
                        result.toString(),
                        "it vanished once it was written: " + e.getMessage(),
                        "keep other programs from changing the results of a batch at work",
                        e);
            }
        }
        return sizes;
    }
}
