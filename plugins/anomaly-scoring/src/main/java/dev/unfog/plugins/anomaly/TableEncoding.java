package dev.unfog.plugins.anomaly;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a row of a table becomes the features that networks and distances work on. Immutable. */
final class TableEncoding {
    private final List<TableColumn> columns;
    private final int[] offsets;
    private final int features;

    TableEncoding(List<TableColumn> columns) {
        this.columns = List.copyOf(columns);
        offsets = new int[columns.size() + 1];
        for (int i = 0; i < columns.size(); i++) {
            offsets[i + 1] = offsets[i] + columns.get(i).features();
        }
        features = offsets[columns.size()];
    }

    List<TableColumn> columns() {
        return columns;
    }

    /** Returns how many features a row becomes. */
    int features() {
        return features;
    }

    /**
     * Finds the columns in a table by their names.
     *
     * @return for each column, its place in the table
     * @throws UnfogException if one is missing
     */
    int[] places(String table, List<String> names) {
        int[] places = new int[columns.size()];
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            places[i] = names.indexOf(columns.get(i).name());
            if (places[i] < 0) {
                missing.add("'" + columns.get(i).name() + "'");
            }
        }
        if (!missing.isEmpty()) {
            throw new UnfogException(
                    ErrorCode.UNSUPPORTED_MEDIA,
                    table,
                    "it lacks " + (missing.size() == 1 ? "the column " : "the columns ")
                            + missing.stream().limit(5).collect(Collectors.joining(", "))
                            + (missing.size() > 5 ? " and " + (missing.size() - 5) + " more" : "")
                            + ", which the model was fitted to",
                    "give a table with the same columns, in any order");
        }
        return places;
    }

    /**
     * Writes a row's features.
     *
     * @param places from {@link #places}
     * @return what is wrong with the row, if a cell holds a word where numbers are expected
     */
    Optional<String> encode(String[] cells, int[] places, float[] into, int offset) {
        for (int i = 0; i < places.length; i++) {
            String cell = cells[places[i]];
            if (!columns.get(i).encode(cell, into, offset + offsets[i])) {
                return Optional.of("column '" + columns.get(i).name() + "' holds numbers, but here '" + cell + "'");
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the names of the columns that a vector over the features is longest in, longest first.
     *
     * @param vector over the features, from {@code offset}
     * @param most how many names at most
     */
    List<String> longest(float[] vector, int offset, int most) {
        int[] places = new int[Math.min(most, columns.size())];
        double[] lengths = new double[places.length];
        for (int column = 0; column < columns.size(); column++) {
            double length = 0;
            for (int i = offsets[column]; i < offsets[column + 1]; i++) {
                length += (double) vector[offset + i] * vector[offset + i];
            }
            int place = Math.min(column, places.length);
            while (place > 0 && length > lengths[place - 1]) {
                if (place < places.length) {
                    lengths[place] = lengths[place - 1];
                    places[place] = places[place - 1];
                }
                place--;
            }
            if (place < places.length) {
                lengths[place] = length;
                places[place] = column;
            }
        }
        List<String> names = new ArrayList<>(places.length);
        for (int place : places) {
            names.add(columns.get(place).name());
        }
        return names;
    }
}
