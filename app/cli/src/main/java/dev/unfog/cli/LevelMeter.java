package dev.unfog.cli;

import dev.unfog.core.job.LiveJob;
import java.util.Locale;

/** Shows on standard error how loud it is before and after cleaning: one line that is redrawn where a person watches. */
final class LevelMeter implements LiveJob.Listener, AutoCloseable {
    private static final int BAR = 20;
    private static final double QUIETEST_DECIBELS = -60;
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final String CLEAR = "\r\u001b[K";

    private final Terminal terminal;
    private final String sources;
    private long shown = System.nanoTime();
    private boolean drawn;

    /**
     * @param sources where sound comes from and where it goes, for people
     */
    LevelMeter(Terminal terminal, String sources) {
        this.terminal = terminal;
        this.sources = sources;
    }

    @Override
    public void begun(double blockSeconds, double latencySeconds) {
        terminal.err()
                .println(String.format(
                        Locale.ROOT,
                        "unfog: %s; latency %.0f ms (block %.0f ms); Ctrl-C ends",
                        sources,
                        1000 * latencySeconds,
                        1000 * blockSeconds));
    }

    @Override
    public void heard(LiveJob.Status status) {
        long now = System.nanoTime();
        if (!terminal.interactive() || now - shown < REDRAW_NANOS) {
            return;
        }
        shown = now;
        String line = bar("in", status.inputDecibels()) + "  " + bar("out", status.outputDecibels())
                + (status.lateBlocks() == 0 ? "" : "  late " + status.lateBlocks() + " of " + status.blocks());
        terminal.err().print(CLEAR + line.substring(0, Math.min(line.length(), terminal.columns() - 1)));
        terminal.err().flush();
        drawn = true;
    }

    private static String bar(String name, double decibels) {
        int filled = (int) Math.round(BAR * Math.max(0, Math.min(1, 1 - decibels / QUIETEST_DECIBELS)));
        return String.format(
                Locale.ROOT, "%s [%s%s] %4.0f dB", name, "#".repeat(filled), "-".repeat(BAR - filled), decibels);
    }

    @Override
    public void close() {
        if (drawn) {
            terminal.err().print(CLEAR);
            terminal.err().flush();
        }
    }
}
