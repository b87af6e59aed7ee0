package dev.unfog.core.plugin;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which plugins are at work in this process, so that one that hangs, or takes the process with it, can be named.
 *
 * <p>Safe for use by many threads.
 */
public final class PluginCalls {
    private static final Map<Thread, String> AT_WORK = new ConcurrentHashMap<>();
    private static volatile @Nullable Consumer<String> follower;
    private static volatile String toldLast = "";

    private PluginCalls() {}

    /** Returns the plugins that some thread has called, and that have not returned. */
    public static SortedSet<String> atWork() {
        return new TreeSet<>(AT_WORK.values());
    }

    /** Returns the plugin that is ending this process, if one is. */
    public static Optional<String> endingTheProcess() {
        return AT_WORK.entrySet().stream()
                .filter(call -> Arrays.stream(call.getKey().getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals("java.lang.Runtime")
                                && frame.getMethodName().equals("exit")))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /**
     * Has someone told which plugin is called from now on, before it is, and not again until another is.
     *
     * @param told hears the plugin's id, in the thread that calls it
     */
    public static void follow(Consumer<String> told) {
        follower = told;
        toldLast = "";
    }

    /** Says that this thread calls a plugin; returns what {@link #end} needs. */
    static @Nullable String begin(String plugin) {
        String outer = AT_WORK.put(Thread.currentThread(), plugin);
        Consumer<String> told = follower;
        if (told != null && !plugin.equals(toldLast)) {
            toldLast = plugin;
            told.accept(plugin);
        }
        return outer;
    }

    /** Says that the plugin has returned. */
    static void end(@Nullable String outer) {
        if (outer == null) {
            AT_WORK.remove(Thread.currentThread());
        } else {
            AT_WORK.put(Thread.currentThread(), outer);
        }
    }

    /**
     * Calls a plugin in a thread of its own, and goes on without it if it does not return.
     *
     * @param plugin the plugin
     * @param patience how long it may take
     * @param call calls it; whatever it throws is thrown here
     * @return what the call returns
     * @throws TimeoutException if it does not return in time; it may still be at work then
     */
    static <R> R within(Duration patience, String plugin, Callable<R> call) throws Throwable {
        FutureTask<R> task = new FutureTask<>(() -> {
            String outer = begin(plugin);
            try {
                return call.call();
            } finally {
                end(outer);
            }
        });
        Thread thread = new Thread(task, "plugin " + plugin);
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException exception) {
            throw Objects.requireNonNull(exception.getCause());
        }
    }
}
