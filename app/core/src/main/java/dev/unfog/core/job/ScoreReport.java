package dev.unfog.core.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Rows;
import dev.unfog.api.plugin.Scorer;
import dev.unfog.core.measure.Drift;
import dev.unfog.core.measure.FalseDiscoveryRate;
import dev.unfog.core.media.rows.CsvTable;
import dev.unfog.core.media.rows.CsvTableWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The scores of a batch as they are reported: one line a sample, each flagged or not.
 *
 * <p>With a false discovery rate no line can be flagged before all are known; they wait in a file meanwhile, so that memory grows by eight
 * bytes a sample only. For one thread.
 */
public final class ScoreReport implements AutoCloseable {
    /** What a line says, in this order; a cell is empty where it does not apply. */
    public static final List<String> COLUMNS =
            List.of("file", "row", "score", "p_value", "flag", "level", "where", "error", "model_sha256");

    private static final int FLAG = 4;
    private static final int RECENT = 500;

    private final double threshold;
    private final boolean isRate;
    private final String modelSha256;
    private final Consumer<String[]> lines;
    private final TemporaryFolder temporary;
    private final CsvTableWriter waiting;
    private final double[] recent = new double[RECENT];
    private double[] pValues = new double[0];
    private int scored;
    private long flagged;
    private long unreadable;

    /**
     * Begins a report.
     *
     * @param threshold flags p-values at most this, or aims at this share of false discoveries
     * @param isRate whether it is a false discovery rate
     * @param modelSha256 of the model file
     * @param lines receives the lines in order, the cells as {@link #COLUMNS} names them
     */
    public ScoreReport(double threshold, boolean isRate, String modelSha256, Consumer<String[]> lines) {
        if (!(threshold > 0 && threshold < 1)) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    isRate ? "--fdr" : "--alpha",
                    threshold + " is no share between 0 and 1",
                    "give one such as 0.05");
        }
        this.threshold = threshold;
        this.isRate = isRate;
        this.modelSha256 = modelSha256;
        this.lines = lines;
        temporary = TemporaryFolder.create();
        waiting = new CsvTableWriter(temporary.path().resolve("waiting.csv"), COLUMNS);
    }

    /**
     * Adds a sample.
     *
     * @param file where it stands
     * @param row from 1 in a table; 0 for a file that is one sample
     */
    public void add(String file, long row, Scorer.Score score) {
        Map<String, Object> details = score.details();
        boolean isScored = !Double.isNaN(score.pValue());
        String[] line = {
            file,
            row == 0 ? "" : Long.toString(row),
            isScored ? Float.toString((float) score.value()) : "",
            isScored ? Float.toString((float) score.pValue()) : "",
            "",
            details.get("level") instanceof Number level ? Float.toString(level.floatValue()) : "",
            where(details),
            details.get("error") instanceof String error ? error : "",
            modelSha256
        };
        if (!isScored) {
            unreadable++;
        } else {
            recent[scored % RECENT] = score.pValue();
            if (isRate) {
                if (scored == pValues.length) {
                    pValues = Arrays.copyOf(pValues, Math.max(1024, 2 * scored));
                }
                pValues[scored] = score.pValue();
            }
            scored++;
        }
        if (isRate) {
            waiting.write(line);
        } else {
            emit(line, isScored && score.pValue() <= threshold);
        }
    }

    /** The columns or the regions that speak. */
    private static String where(Map<String, Object> details) {
        Object places = details.containsKey("columns") ? details.get("columns") : details.get("regions");
        if (places instanceof List<?> list) {
            StringBuilder text = new StringBuilder();
            list.forEach(place -> text.append(text.isEmpty() ? "" : "; ").append(place));
            return text.toString();
        }
        return "";
    }

    private void emit(String[] line, boolean isFlagged) {
        line[FLAG] = isFlagged ? "1" : "0";
        flagged += isFlagged ? 1 : 0;
        lines.accept(line);
    }

    /** Ends the report: with a false discovery rate the lines come now. */
    public void finish() {
        waiting.close();
        if (isRate) {
            double largest = FalseDiscoveryRate.threshold(Arrays.copyOf(pValues, scored), threshold);
            String[] line = new String[COLUMNS.size()];
            try (CsvTable table = CsvTable.open(temporary.path().resolve("waiting.csv"));
                    Rows.Reader reader = table.open()) {
                int next = 0;
                while (reader.next(line)) {
                    boolean isScored = !line[3].isEmpty();
                    emit(line, isScored && pValues[next] <= largest);
                    next += isScored ? 1 : 0;
                }
            }
        }
    }

    /** Returns how many samples were scored. */
    public int scored() {
        return scored;
    }

    /** Returns how many were flagged; final once the report is finished. */
    public long flagged() {
        return flagged;
    }

    /** Returns how many could not be scored. */
    public long unreadable() {
        return unreadable;
    }

    /**
     * Returns what the user should know about the p-values.
     *
     * @param calibration how many samples they are calibrated on
     */
    public List<String> remarks(int calibration) {
        List<String> remarks = new ArrayList<>();
        double smallest = 1.0 / (calibration + 1);
        remarks.add(String.format(
                Locale.ROOT, "the smallest p-value that %d calibration samples allow is %.2g", calibration, smallest));
        if (isRate && scored > 0) {
            long needed = FalseDiscoveryRate.needed(scored, calibration, threshold);
            if (needed > scored) {
                remarks.add("warning: no discovery is possible at --fdr " + threshold
                        + ": fit to more normal samples, at least "
                        + (long) Math.ceil(1 / threshold / 0.2));
            } else if (needed > 1) {
                remarks.add("at --fdr " + threshold + " at least " + needed + " of " + scored
                        + " samples must have that smallest p-value before any is flagged");
            }
        } else if (!isRate && smallest > threshold) {
            remarks.add("warning: nothing can be flagged at --alpha " + threshold + ": fit to more normal samples");
        }
        double[] last = Arrays.copyOf(recent, Math.min(scored, RECENT));
        if (Drift.significance(last, calibration) < 1e-3) {
            remarks.add(
                    "warning: the p-values of the last " + last.length
                            + " samples are not spread evenly, as those of normal samples are; what is normal may have changed: fit again");
        }
        return remarks;
    }

    @Override
    public void close() {
        waiting.close();
        temporary.close();
    }
}
