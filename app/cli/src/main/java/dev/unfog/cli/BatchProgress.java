package dev.unfog.cli;

import dev.unfog.api.Progress;
import java.util.List;
import java.util.Locale;

/**
 * The progress of several files as one line: which file, and how much of all their bytes is done.
 *
 * <p>Where nobody watches, a batch says when it begins each file. Safe for use by many threads, for one file at a time.
 */
final class BatchProgress implements Progress, AutoCloseable {
    private final Terminal terminal;
    private final ProgressLine line;
    private final List<Long> sizes;
    private final double total;
    private final long began = System.nanoTime();
    private int index = -1;
    private double before;
    private String name = "";

    /**
     * Creates the progress.
     *
     * @param terminal where it is shown
     * @param sizes the size of each file in bytes, 0 for those that are not worked on
     */
    BatchProgress(Terminal terminal, List<Long> sizes) {
        this.terminal = terminal;
        this.line = new ProgressLine(terminal);
        this.sizes = List.copyOf(sizes);
        this.total = sizes.stream().mapToLong(Long::longValue).sum();
        line.setAmount(total / 1e6, "MB");
    }

    /** Says that the next file begins. */
    synchronized void begin(String file) {
        index++;
        name = sizes.size() > 1 ? String.format(Locale.ROOT, "%d/%d %s", index + 1, sizes.size(), file) : file;
        if (!terminal.interactive() && sizes.size() > 1) {
            terminal.err().println(name);
        }
        report(0, "");
    }

    /** Says that the file has ended, well or not. */
    synchronized void end() {
        before += sizes.get(index);
    }

    @Override
    public synchronized void report(double fraction, String message) {
        double here = Double.isNaN(fraction) ? 0 : Math.max(0, Math.min(1, fraction));
        double share = total == 0 ? Double.NaN : (before + here * sizes.get(index)) / total;
        line.report(share, message.isEmpty() ? name : name + "  " + message);
    }

    /** Takes the line away for whoever is about to print. */
    void clear() {
        line.clear();
    }

    /** Returns how long it has taken so far. */
    double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    @Override
    public void close() {
        line.close();
    }
}
