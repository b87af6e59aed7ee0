package dev.unfog.cli;

import dev.unfog.api.Progress;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how far work has come on standard error: one line that is redrawn where a person watches, else a line now and then.
 *
 * <p>Time left is what the share done so far extrapolates to. Safe for use by many threads.
 */
final class ProgressLine implements Progress, AutoCloseable {
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final long SPARSE_NANOS = 10_000_000_000L;
    private static final int BAR = 20;
    private static final String CLEAR = "\r\u001b[K";

    private final Terminal terminal;
    private final LongSupplier nanoTime;
    private final long began;
    private long shown;
    private double highest;
    private boolean drawn;

    ProgressLine(Terminal terminal) {
        this(terminal, System::nanoTime);
    }

    ProgressLine(Terminal terminal, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
        // A person sees at once that something is going on; a log is spared what takes a moment.
        this.shown = terminal.interactive() ? began - REDRAW_NANOS : began;
    }

    @Override
    public synchronized void report(double fraction, String message) {
        if (!Double.isNaN(fraction)) {
            highest = Math.max(highest, Math.min(1, fraction));
        }
        long now = nanoTime.getAsLong();
        if (now - shown < (terminal.interactive() ? REDRAW_NANOS : SPARSE_NANOS)) {
            return;
        }
        shown = now;
        double seconds = (now - began) / 1e9;
        if (terminal.interactive()) {
            int filled = (int) Math.round(highest * BAR);
            String bar = "[" + "#".repeat(filled) + "-".repeat(BAR - filled) + "] ";
            String line = bar + numbers(seconds) + "  " + message;
            terminal.err().print(CLEAR + line.substring(0, Math.min(line.length(), terminal.columns() - 1)));
            terminal.err().flush();
            drawn = true;
        } else {
            terminal.err().println(numbers(seconds).strip() + "  " + message);
        }
    }

    private String numbers(double seconds) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%3d%%", (int) (highest * 100)));
        if (highest > 0.01 && highest < 1) {
            text.append("  ")
                    .append(duration(seconds * (1 - highest) / highest))
                    .append(" left");
        }
        return text.toString();
    }

    /** Prints a message on a line of its own; the progress goes on below it. */
    synchronized void message(String text) {
        clear();
        terminal.err().println(text);
    }

    /** Takes the line away for whoever is about to print; the next report draws it again. */
    synchronized void clear() {
        if (drawn) {
            terminal.err().print(CLEAR);
            terminal.err().flush();
            drawn = false;
        }
    }

    /** Takes the line away. */
    @Override
    public void close() {
        clear();
    }

    /** Returns a length of time as people write it: {@code 0:07}, {@code 1:02:03}. */
    static String duration(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}
