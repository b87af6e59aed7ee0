package dev.unfog.plugins.anomaly;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is found out about one column while all normal rows go by once. For one thread. */
final class ColumnProfile {
    /** More different words than this are no category: names, dates, free text. */
    static final int MOST_WORDS = 100;

    private final String name;
    private final Map<String, Long> words = new TreeMap<>();
    private long rows;
    private long missing;
    private long numbers;
    private double mean;
    private double squares;
    private long firstWordRow;
    private String firstWord = "";

    ColumnProfile(String name) {
        this.name = name;
    }

    /** Takes note of the next row's cell. */
    void add(String cell) {
        rows++;
        if (CellText.isMissing(cell)) {
            missing++;
            return;
        }
        double value = CellText.number(cell);
        if (Double.isInfinite(value)) {
            // Nothing can be learned from it; a row to be scored may well hold one.
            missing++;
        } else if (Double.isNaN(value)) {
            if (firstWordRow == 0) {
                firstWordRow = rows;
                firstWord = cell;
            }
            if (words.size() <= MOST_WORDS || words.containsKey(cell)) {
                words.merge(cell, 1L, Long::sum);
            }
        } else {
            numbers++;
            double difference = value - mean;
            mean += difference / numbers;
            squares += difference * (value - mean);
            if (words.size() <= MOST_WORDS || words.containsKey(cell)) {
                words.merge(cell, 1L, Long::sum);
            }
        }
    }

    /**
     * Returns the column; nothing if no row has a value.
     *
     * @param table what an error names
     * @throws UnfogException if the column is neither numbers nor categories
     */
    Optional<TableColumn> column(String table) {
        if (missing == rows) {
            return Optional.empty();
        }
        long present = rows - missing;
        if (numbers == present) {
            return Optional.of(new TableColumn.Numbers(name, mean, deviation(), (double) missing / rows));
        }
        if (2 * numbers > present) {
            throw new UnfogException(
                    ErrorCode.UNREADABLE_MEDIA,
                    table,
                    "column '" + name + "' holds numbers, but '" + firstWord + "' in row " + firstWordRow,
                    "correct that cell, or leave the column out with --ignore " + name);
        }
        if (words.size() > MOST_WORDS) {
            throw new UnfogException(
                    ErrorCode.UNREADABLE_MEDIA,
                    table,
                    "column '" + name + "' holds more than " + MOST_WORDS + " different words, such as '" + firstWord
                            + "', which are no categories",
                    "leave the column out with --ignore " + name);
        }
        List<String> known = new ArrayList<>(words.keySet());
        List<Double> shares = new ArrayList<>();
        known.forEach(word -> shares.add((double) words.get(word) / rows));
        if (missing > 0) {
            known.add("");
            shares.add((double) missing / rows);
        }
        return Optional.of(new TableColumn.Words(name, known, shares));
    }

    /** A constant column has no deviation: any other value is unusual, measured by the constant's own size where that is small. */
    private double deviation() {
        double deviation = Math.sqrt(squares / numbers);
        if (deviation > 1e-9 * Math.abs(mean) && deviation > 1e-12) {
            return deviation;
        }
        return mean == 0 ? 1 : Math.min(1, Math.abs(mean));
    }
}
