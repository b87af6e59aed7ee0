package dev.unfog.core.job;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders in which files appear that are to be worked on: hands out each once it has stopped growing, and again when it has changed.
 *
 * <p>The system's notices make it look at once; it looks by itself now and then, since not every file system gives notice. For one
 * thread.
 */
public final class HotFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HotFolder.class);

    /** A file is whole when it has not changed for this long. */
    private static final Duration SETTLING = Duration.ofSeconds(1);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);
    private static final long WAKE_UP_MILLIS = 100;
    /** How often in a row the folders may fail to be listed, as they do when a file vanishes meanwhile. */
    private static final int MOST_FAILURES = 10;

    private final List<Path> folders;
    private final Supplier<OutputPlan> plans;
    private final WatchService notices;
    private final Set<Path> watched = new HashSet<>();
    private final Map<Path, BatchJournal.Version> handedOut = new HashMap<>();
    private Map<Path, BatchJournal.Version> seen = Map.of();
    private long seenAt = Long.MIN_VALUE;
    private int failures;

    /**
     * Begins to watch.
     *
     * @param folders the folders, with all in them
     * @param plans lists the files that are in them now, and where their results go
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if one is no folder
     */
    HotFolder(List<Path> folders, Supplier<OutputPlan> plans) {
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        folder.toString(),
                        "it is no folder, and only folders can be watched",
                        "name a folder, or leave out --watch");
            }
        }
        this.folders = List.copyOf(folders);
        this.plans = plans;
        try {
            notices = folders.get(0).getFileSystem().newWatchService();
        } catch (IOException e) {
            throw new UnfogException(
                    ErrorCode.UNREADABLE_MEDIA,
                    folders.get(0).toString(),
                    "the system cannot watch it: " + e.getMessage(),
                    "start the command now and then without --watch",
                    e);
        }
    }

    /** Returns what there is now and where results go; results may be the same file. */
    public OutputPlan plan() {
        return plans.get();
    }

    /**
     * Waits for files.
     *
     * @param cancellation ends the waiting
     * @return files that are whole and were not handed out as they are now; empty once it is cancelled
     * @throws UnfogException if the folders can no longer be listed
     */
    public List<OutputPlan.Item> next(Cancellation cancellation) {
        while (!cancellation.isCancelled()) {
            watchNewFolders();
            List<OutputPlan.Item> whole = new ArrayList<>();
            boolean isGrowing = look(whole);
            if (!whole.isEmpty()) {
                return whole;
            }
            sleep(isGrowing ? SETTLING : LOOK_AGAIN, !isGrowing, cancellation);
        }
        return List.of();
    }

    /** Finds the files that are whole; returns whether there are others that may be growing. */
    private boolean look(List<OutputPlan.Item> whole) {
        List<OutputPlan.Item> items;
        try {
            items = plans.get().items();
            failures = 0;
        } catch (UnfogException e) {
            if (e.code() != ErrorCode.UNREADABLE_MEDIA || ++failures > MOST_FAILURES) {
                throw e;
            }
            return true;
        }
        long now = System.nanoTime();
        boolean isLongAgo = seenAt != Long.MIN_VALUE && now - seenAt >= SETTLING.toNanos();
        boolean isGrowing = false;
        Map<Path, BatchJournal.Version> there = new HashMap<>();
        for (OutputPlan.Item item : items) {
            BatchJournal.Version version;
            try {
                version = BatchJournal.Version.of(item.input());
            } catch (IOException e) {
                continue;
            }
            there.put(item.input(), version);
            if (version.equals(handedOut.get(item.input()))) {
                continue;
            }
            if (isLongAgo && version.equals(seen.get(item.input()))) {
                handedOut.put(item.input(), version);
                whole.add(item);
            } else {
                isGrowing = true;
            }
        }
        if (isLongAgo || seenAt == Long.MIN_VALUE) {
            seen = there;
            seenAt = now;
        }
        handedOut.keySet().retainAll(there.keySet());
        return isGrowing;
    }

    private void watchNewFolders() {
        for (Path folder : folders) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : (Iterable<Path>) all.filter(Files::isDirectory)::iterator) {
                    if (watched.add(path)) {
                        path.register(
                                notices, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
                    }
                }
            } catch (IOException | UncheckedIOException e) {
                LOG.debug("{}: no notices of some changes in it: {}", folder, e.toString());
            }
        }
    }

    private void sleep(Duration time, boolean untilNotice, Cancellation cancellation) {
        long end = System.nanoTime() + time.toNanos();
        try {
            while (System.nanoTime() < end && !cancellation.isCancelled()) {
                WatchKey notice = notices.poll(WAKE_UP_MILLIS, TimeUnit.MILLISECONDS);
                if (notice != null) {
                    notice.pollEvents();
                    if (!notice.reset()) {
                        watched.removeIf(folder -> !Files.isDirectory(folder));
                    }
                    if (untilNotice) {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnfogException(
                    ErrorCode.CANCELLED, "work", "it was interrupted", "start it again to have its result", e);
        }
    }

    @Override
    public void close() {
        try {
            notices.close();
        } catch (IOException e) {
            LOG.debug("Notices cannot be ended: {}", e.toString());
        }
    }
}
