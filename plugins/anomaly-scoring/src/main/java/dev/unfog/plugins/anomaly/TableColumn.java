package dev.unfog.plugins.anomaly;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How one column of a table becomes numbers of mean 0 and deviation about 1 over normal rows, called features. */
sealed interface TableColumn {
    /** No feature lies further from 0; a cell that holds an infinity lies there. */
    float LIMIT = 1e5f;

    /**
     * What a yes-or-no feature is divided by at least. A rare yes is unusual, but it must not outweigh everything else; one that
     * normal rows never have comes to 5.
     */
    double SMALLEST_SHARE_DEVIATION = 0.2;

    /** Returns the name by which the column is found in a table. */
    String name();

    /** Returns how many features it becomes. */
    int features();

    /**
     * Writes a cell's features.
     *
     * @return whether the cell could be understood: a number where numbers are expected, or a missing value
     */
    boolean encode(String cell, float[] features, int offset);

    /** Returns what {@link #of} needs to make the column again. */
    Map<String, Object> describe();

    /** A share of yes among normal rows, as a feature: mean 0, and deviation 1 unless yes or no is rare. */
    private static float share(boolean yes, double share) {
        double deviation = Math.max(SMALLEST_SHARE_DEVIATION, Math.sqrt(share * (1 - share)));
        return (float) (((yes ? 1 : 0) - share) / deviation);
    }

    /**
     * A column of numbers.
     *
     * @param mean of the normal rows; stands for a missing value
     * @param deviation of the normal rows, above 0
     * @param missingShare the share of normal rows that lack a value; if above 0, one more feature says whether it is missing
     */
    record Numbers(String name, double mean, double deviation, double missingShare) implements TableColumn {
        @Override
        public int features() {
            return missingShare > 0 ? 2 : 1;
        }

        @Override
        public boolean encode(String cell, float[] features, int offset) {
            double value = CellText.number(cell);
            boolean isNumber = !Double.isNaN(value);
            double standardised = isNumber ? (value - mean) / deviation : 0;
            features[offset] = (float) Math.max(-LIMIT, Math.min(LIMIT, standardised));
            if (missingShare > 0) {
                features[offset + 1] = share(!isNumber, missingShare);
            }
            return isNumber || CellText.isMissing(cell);
        }

        @Override
        public Map<String, Object> describe() {
            Map<String, Object> description = new LinkedHashMap<>();
            description.put("name", name);
            description.put("mean", mean);
            description.put("deviation", deviation);
            description.put("missingShare", missingShare);
            return description;
        }
    }

    /**
     * A column of words: a feature for each, and one for all others, a missing value among them unless it was seen.
     *
     * @param words those of the normal rows, the empty word for a missing value
     * @param shares how large a share of the normal rows has each
     */
    record Words(String name, List<String> words, List<Double> shares) implements TableColumn {
        public Words {
            words = List.copyOf(words);
            shares = List.copyOf(shares);
        }

        @Override
        public int features() {
            return words.size() + 1;
        }

        @Override
        public boolean encode(String cell, float[] features, int offset) {
            String word = CellText.isMissing(cell) ? "" : cell;
            boolean isKnown = false;
            for (int i = 0; i < words.size(); i++) {
                boolean is = word.equals(words.get(i));
                features[offset + i] = share(is, shares.get(i));
                isKnown |= is;
            }
            features[offset + words.size()] = share(!isKnown, 0);
            return true;
        }

        @Override
        public Map<String, Object> describe() {
            Map<String, Object> description = new LinkedHashMap<>();
            description.put("name", name);
            description.put("words", words);
            description.put("shares", shares);
            return description;
        }
    }

    /** Makes a column from its description. */
    static TableColumn of(ModelDescription description) {
        String name = description.text("name");
        if (description.has("words")) {
            List<String> words = new ArrayList<>();
            description.list("words").forEach(word -> words.add(String.valueOf(word)));
            return new Words(name, words, description.numbers("shares"));
        }
        return new Numbers(
                name, description.number("mean"), description.number("deviation"), description.number("missingShare"));
    }
}
