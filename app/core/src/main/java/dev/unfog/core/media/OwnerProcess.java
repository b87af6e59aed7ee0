package dev.unfog.core.media;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Marks temporary files with the process that they belong to, so that what a killed one left can be told from what is in use.
 *
 * <p>A mark is the process's number and the second in which it began, since numbers are given out again.
 */
public final class OwnerProcess {
    /** What a mark looks like; for use inside other patterns. */
    public static final String MARK = "\\d+-\\d+";

    private static final Pattern PARTS = Pattern.compile("(\\d{1,18})-(\\d{1,18})");
    /** Two processes do not always compute the same second for the same beginning. */
    private static final Duration CLOCK_ERROR = Duration.ofMinutes(1);

    private OwnerProcess() {}

    /** Returns the mark of this process. */
    public static String mark() {
        return mark(ProcessHandle.current());
    }

    static String mark(ProcessHandle process) {
        long began = process.info().startInstant().map(Instant::getEpochSecond).orElse(0L);
        return process.pid() + "-" + began;
    }

    /** Returns whether a mark is that of a process that no longer runs; false where that cannot be told. */
    public static boolean isDead(String mark) {
        Matcher parts = PARTS.matcher(mark);
        if (!parts.matches() || mark.equals(mark())) {
            return false;
        }
        Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(parts.group(1)));
        if (process.isEmpty() || !process.get().isAlive()) {
            return true;
        }
        Optional<Instant> began = process.get().info().startInstant();
        long told = Long.parseLong(parts.group(2));
        return told > 0
                && began.isPresent()
                && Duration.between(Instant.ofEpochSecond(told), began.get())
                                .abs()
                                .compareTo(CLOCK_ERROR)
                        > 0;
    }
}
