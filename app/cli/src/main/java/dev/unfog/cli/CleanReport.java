package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.core.job.CleanBatch;
import dev.unfog.core.job.CleanJob;
import dev.unfog.core.job.OutputPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Tells the user what becomes of each file: errors and warnings at once, results in the order of the plan, whichever is done first,
 * and at the end how many there were of which and what failed.
 *
 * <p>Safe for use by many threads once a round has begun.
 */
final class CleanReport implements CleanBatch.Listener, AutoCloseable {
    private final Session session;
    private final ErrorReport errors;
    private final String output;
    private final boolean isJson;
    /** Whether each result is an object of its own, since there may be no end at which to print them all. */
    private final boolean isEndless;

    private final long began = System.nanoTime();
    private final List<Map<String, Object>> results = new ArrayList<>();
    private final Map<Path, UnfogException> failures = new LinkedHashMap<>();
    private int done;
    private int skipped;
    private int undone;

    private BatchProgress progress;
    private List<OutputPlan.Item> order = List.of();
    private final Map<OutputPlan.Item, Runnable> waiting = new HashMap<>();
    private final Map<OutputPlan.Item, BatchProgress.FileProgress> atWork = new HashMap<>();
    private int next;

    /**
     * Creates a report.
     *
     * @param output where results go, as the user wrote it
     * @param isJson whether results are printed for machines
     * @param isEndless whether there are rounds without end
     */
    CleanReport(Session session, String output, boolean isJson, boolean isEndless) {
        this.session = session;
        this.errors = new ErrorReport(session);
        this.output = output;
        this.isJson = isJson;
        this.isEndless = isEndless;
        this.progress = new BatchProgress(session.terminal(), 0, 0);
    }

    /** Begins a round of files. */
    synchronized void begin(Collection<CleanBatch.Task> tasks, List<OutputPlan.Item> inOrder) {
        progress.close();
        long bytes = tasks.stream().mapToLong(task -> size(task.item().input())).sum();
        progress = new BatchProgress(session.terminal(), tasks.size(), bytes);
        order = List.copyOf(inOrder);
        waiting.clear();
        next = 0;
        undone += tasks.size();
    }

    /** Says that a file was done by an earlier run. */
    synchronized void skipped(OutputPlan.Item item) {
        skipped++;
        inTurn(item, () -> {});
    }

    /** Says that a file cannot even be begun. */
    synchronized void obstacle(OutputPlan.Item item, UnfogException error) {
        undone++;
        failed(item, error);
    }

    @Override
    public synchronized CleanJob.Listener began(CleanBatch.Task task) {
        Path input = task.item().input();
        BatchProgress.FileProgress file = progress.begin(input.toString(), size(input));
        atWork.put(task.item(), file);
        return file;
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public synchronized void done(CleanBatch.Task task, CleanJob.Result result) {
        OutputPlan.Item item = task.item();
        end(item);
        done++;
        undone--;
        failures.remove(item.input());
        progress.aside(() -> {
            session.tellDevice();
            warnings(item, result).forEach(warning -> session.terminal().err().println(item.input() + ": " + warning));
            inTurn(item, () -> print(item, result));
        });
    }

    @Override
    public void failed(CleanBatch.Task task, UnfogException error) {
        failed(task.item(), error);
    }

    private synchronized void failed(OutputPlan.Item item, UnfogException error) {
        end(item);
        boolean isCancelled = error.code() == ErrorCode.CANCELLED;
        if (!isCancelled) {
            undone--;
            failures.put(item.input(), error);
        }
        progress.aside(() -> {
            if (!isCancelled) {
                errors.print(error);
            }
            inTurn(item, () -> add(json(item.input(), isCancelled ? "cancelled" : "failed", error)));
        });
    }

    private void end(OutputPlan.Item item) {
        BatchProgress.FileProgress file = atWork.remove(item);
        if (file != null) {
            file.end();
        }
    }

    /** Prints something when its turn has come. */
    private void inTurn(OutputPlan.Item item, Runnable printing) {
        waiting.put(item, printing);
        while (next < order.size() && waiting.containsKey(order.get(next))) {
            waiting.remove(order.get(next)).run();
            next++;
        }
    }

    private void print(OutputPlan.Item item, CleanJob.Result result) {
        if (!isJson) {
            result.outputs().forEach(session.terminal().out()::println);
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("input", item.input().toString());
        object.put("status", "done");
        object.put("outputs", result.outputs().stream().map(Path::toString).toList());
        object.put("plugin", result.plugin());
        object.put("seconds", result.seconds());
        object.put("notes", result.notes());
        object.put("warnings", result.warnings());
        add(object);
    }

    private void add(Map<String, Object> object) {
        if (isJson && isEndless) {
            session.terminal().out().println(Json.write(object));
        } else if (isJson) {
            results.add(object);
        }
    }

    private static Map<String, Object> json(Path input, String status, UnfogException error) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("input", input.toString());
        object.put("status", status);
        object.put("error", Json.error(error));
        return object;
    }

    private List<String> warnings(OutputPlan.Item item, CleanJob.Result result) {
        List<String> warnings = new ArrayList<>();
        String wanted = extension(item.input());
        if (!extension(item.output()).equalsIgnoreCase(wanted)
                && !extension(Path.of(output)).equals(extension(item.output()))) {
            warnings.add("files of this format cannot be written, so the result is " + item.output());
        }
        warnings.addAll(result.warnings());
        return warnings;
    }

    private static String extension(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Returns how many files have failed. */
    synchronized int failed() {
        return failures.size();
    }

    /**
     * Says what there was and returns the exit code.
     *
     * @param canResume whether what was not done can be done by {@code --resume}
     */
    synchronized int finish(boolean canResume) {
        progress.close();
        // Of files that were not begun nothing is printed, but of those after them.
        order.stream().map(waiting::remove).filter(printing -> printing != null).forEach(Runnable::run);
        boolean isCancelled = session.cancellation().isCancelled();
        if (isJson) {
            Map<String, Object> object = new LinkedHashMap<>();
            if (!isEndless) {
                object.put("results", results);
            }
            object.put("done", done);
            object.put("failed", failures.size());
            object.put("skipped", skipped);
            session.terminal().out().println(Json.write(object));
        }
        if (isCancelled && !isEndless) {
            errors.print(new UnfogException(
                    ErrorCode.CANCELLED,
                    "work",
                    "it was cancelled",
                    canResume ? "the same command with --resume does the rest" : "start it again to have its result"));
        }
        if (done + failures.size() + skipped + undone > 1 || isEndless) {
            summary();
        }
        if (isCancelled) {
            return isEndless ? ExitCode.DONE : ExitCode.CANCELLED;
        }
        return ExitCode.of(done + skipped, failures.size());
    }

    private void summary() {
        StringBuilder text = new StringBuilder();
        text.append(done).append(" cleaned, ").append(failures.size()).append(" failed");
        if (skipped > 0) {
            text.append(", ").append(skipped).append(" done before");
        }
        if (undone > 0) {
            text.append(", ").append(undone).append(" not done");
        }
        text.append(" in ").append(ProgressLine.duration((System.nanoTime() - began) / 1e9));
        session.terminal().err().println(text);
        failures.forEach((file, error) -> session.terminal()
                .err()
                .println(String.format(Locale.ROOT, "  %s: %s; %s", file, error.problem(), error.remedy())));
    }

    @Override
    public synchronized void close() {
        progress.close();
    }
}
