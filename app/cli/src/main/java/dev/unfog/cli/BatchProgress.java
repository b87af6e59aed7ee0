package dev.unfog.cli;

import dev.unfog.api.media.Audio;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.Picture;
import dev.unfog.core.job.CleanJob;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The progress of several files as one line: how much of all their bytes is done, which file, and how fast it goes.
 *
 * <p>Where nobody watches, a batch says when it begins each file. Safe for use by many threads, for one file at a time.
 */
final class BatchProgress implements CleanJob.Listener, AutoCloseable {
    private final Terminal terminal;
    private final ProgressLine line;
    private final List<Long> sizes;
    private final double total;
    private final LongSupplier nanoTime;
    private final long began;
    private long openedAt;
    private double units = Double.NaN;
    private String unit = "";
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
        this(terminal, sizes, System::nanoTime);
    }

    BatchProgress(Terminal terminal, List<Long> sizes, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
        this.line = new ProgressLine(terminal, nanoTime);
        this.sizes = List.copyOf(sizes);
        this.total = sizes.stream().mapToLong(Long::longValue).sum();
    }

    /** Says that the next file begins. */
    synchronized void begin(String file) {
        index++;
        units = Double.NaN;
        name = sizes.size() > 1 ? String.format(Locale.ROOT, "%d/%d %s", index + 1, sizes.size(), file) : file;
        if (!terminal.interactive() && sizes.size() > 1) {
            terminal.err().println(name);
        }
        report(0, "");
    }

    @Override
    public synchronized void opened(Media media) {
        openedAt = nanoTime.getAsLong();
        if (media instanceof Picture picture) {
            units = picture.layout().pixels() / 1e6;
            unit = "MP/s";
        } else if (media instanceof Audio audio && audio.layout().frames() > 0) {
            units = (double) audio.layout().frames() / audio.layout().sampleRate();
            unit = "times real time";
        }
    }

    /** Says that the file has ended, well or not. */
    synchronized void end() {
        before += sizes.get(index);
    }

    @Override
    public synchronized void report(double fraction, String message) {
        double here = Double.isNaN(fraction) ? 0 : Math.max(0, Math.min(1, fraction));
        double share = total == 0 ? Double.NaN : (before + here * sizes.get(index)) / total;
        line.report(
                share,
                Stream.of(name, rate(here), message)
                        .filter(part -> !part.isEmpty())
                        .collect(Collectors.joining("  ")));
    }

    private String rate(double done) {
        double seconds = (nanoTime.getAsLong() - openedAt) / 1e9;
        return Double.isNaN(units) || done <= 0 || seconds <= 0
                ? ""
                : String.format(Locale.ROOT, "%.2g %s", units * done / seconds, unit);
    }

    /** Takes the line away for whoever is about to print. */
    void clear() {
        line.clear();
    }

    /** Returns how long it has taken so far. */
    double seconds() {
        return (nanoTime.getAsLong() - began) / 1e9;
    }

    @Override
    public void close() {
        line.close();
    }
}
