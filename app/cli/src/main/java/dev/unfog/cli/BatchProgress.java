package dev.unfog.cli;

import dev.unfog.api.media.Audio;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.Picture;
import dev.unfog.core.job.CleanJob;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The progress of several files, some at once, as one line: how much of all their bytes is done and how long the rest will take at
 * that, how many files are done, which are at work, and how fast it goes.
 *
 * <p>Where nobody watches, a batch says when it begins each file. Safe for use by many threads.
 */
final class BatchProgress implements AutoCloseable {
    private final Terminal terminal;
    private final ProgressLine line;
    private final int files;
    private final double bytes;
    private final LongSupplier nanoTime;
    private final long began;
    private final Set<FileProgress> atWork = new LinkedHashSet<>();
    /** How much has been done in all, by unit. */
    private final TreeMap<String, Double> units = new TreeMap<>();

    private long firstOpened = Long.MIN_VALUE;
    private int begun;
    private int ended;
    private double endedBytes;

    /**
     * Creates the progress.
     *
     * @param terminal where it is shown
     * @param files how many there are
     * @param bytes how large they are together
     */
    BatchProgress(Terminal terminal, int files, long bytes) {
        this(terminal, files, bytes, System::nanoTime);
    }

    BatchProgress(Terminal terminal, int files, long bytes, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.files = files;
        this.bytes = bytes;
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
        this.line = new ProgressLine(terminal, nanoTime);
    }

    /** One file at work. */
    final class FileProgress implements CleanJob.Listener {
        private final String name;
        private final long size;
        private double fraction;
        private double units = Double.NaN;
        private String unit = "";
        private String message = "";

        private FileProgress(String name, long size) {
            this.name = name;
            this.size = size;
        }

        @Override
        public void opened(Media media) {
            synchronized (BatchProgress.this) {
                if (firstOpened == Long.MIN_VALUE) {
                    firstOpened = nanoTime.getAsLong();
                }
                if (media instanceof Picture picture) {
                    units = picture.layout().pixels() / 1e6;
                    unit = "MP/s";
                } else if (media instanceof Audio audio && audio.layout().frames() > 0) {
                    units = (double) audio.layout().frames() / audio.layout().sampleRate();
                    unit = "times real time";
                }
            }
        }

        @Override
        public void report(double share, String doing) {
            synchronized (BatchProgress.this) {
                // A plugin that begins again, for want of memory, takes back nothing.
                fraction = Double.isNaN(share) ? fraction : Math.max(fraction, Math.min(1, share));
                message = doing;
                draw();
            }
        }

        /** Says that the file has ended, well or not. */
        void end() {
            synchronized (BatchProgress.this) {
                if (atWork.remove(this)) {
                    ended++;
                    endedBytes += size;
                    if (!Double.isNaN(units)) {
                        BatchProgress.this.units.merge(unit, units, Double::sum);
                    }
                    draw();
                }
            }
        }
    }

    /** Says that the next file begins, of a size in bytes. */
    synchronized FileProgress begin(String file, long size) {
        begun++;
        FileProgress progress = new FileProgress(file, size);
        atWork.add(progress);
        if (!terminal.interactive() && files > 1) {
            terminal.err().println(begun + "/" + files + " " + file);
        }
        draw();
        return progress;
    }

    private void draw() {
        double here =
                atWork.stream().mapToDouble(file -> file.fraction * file.size).sum();
        FileProgress first = atWork.stream().findFirst().orElse(null);
        line.report(
                bytes == 0 ? Double.NaN : (endedBytes + here) / bytes,
                Stream.of(
                                files > 1 ? ended + "/" + files + " done" : "",
                                first == null ? "" : first.name,
                                atWork.size() > 1 ? "and " + (atWork.size() - 1) + " more" : "",
                                rate(endedBytes + here),
                                first == null || atWork.size() > 1 ? "" : first.message)
                        .filter(part -> !part.isEmpty())
                        .collect(Collectors.joining("  ")));
    }

    /** Returns how fast it goes, in megapixels or in real time; in bytes, where both are at work. */
    private String rate(double doneBytes) {
        TreeMap<String, Double> done = new TreeMap<>(units);
        for (FileProgress file : atWork) {
            if (!Double.isNaN(file.units)) {
                done.merge(file.unit, file.units * file.fraction, Double::sum);
            }
        }
        double seconds = (nanoTime.getAsLong() - firstOpened) / 1e9;
        if (firstOpened == Long.MIN_VALUE || seconds <= 0 || done.isEmpty()) {
            return "";
        }
        double amount = done.size() == 1 ? done.firstEntry().getValue() : doneBytes / 1e6;
        return amount <= 0
                ? ""
                : String.format(
                        Locale.ROOT, "%s %s", rounded(amount / seconds), done.size() == 1 ? done.firstKey() : "MB/s");
    }

    private static String rounded(double rate) {
        return String.format(Locale.ROOT, rate < 10 ? "%.2g" : "%.0f", rate);
    }

    /** Takes the line away while something else is printed. */
    synchronized void aside(Runnable printing) {
        line.clear();
        printing.run();
    }

    /** Returns how long it has taken so far. */
    double seconds() {
        return (nanoTime.getAsLong() - began) / 1e9;
    }

    @Override
    public synchronized void close() {
        line.close();
    }
}
