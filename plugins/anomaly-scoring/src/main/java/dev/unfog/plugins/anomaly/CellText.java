package dev.unfog.plugins.anomaly;

import java.util.Set;

/** What the text of a cell means: a number, a missing value, or a word. */
final class CellText {
    /** Numbers beyond this are as good as infinite: their squares would not add up. */
    static final double LARGEST = 1e30;

    private static final Set<String> MISSING =
            Set.of("", "NA", "N/A", "na", "n/a", "NaN", "nan", "NAN", "null", "NULL", "None", "none", "?");
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18
    };

    private CellText() {}

    /** Returns whether a cell has no value. */
    static boolean isMissing(String cell) {
        return cell.length() <= 4 && MISSING.contains(cell);
    }

    /**
     * Returns the number that a cell holds, NaN if it is not a number. What is infinite or beyond {@value #LARGEST} comes back as
     * an infinity.
     */
    static double number(String cell) {
        double value = plain(cell);
        if (Double.isNaN(value)) {
            value = general(cell);
        }
        return Math.abs(value) > LARGEST ? Math.copySign(Double.POSITIVE_INFINITY, value) : value;
    }

    /** Up to 15 digits with or without a point: exact by one division, and much faster than the general way. */
    private static double plain(String cell) {
        int length = cell.length();
        int at = 0;
        boolean isNegative = false;
        if (length > 0 && (cell.charAt(0) == '-' || cell.charAt(0) == '+')) {
            isNegative = cell.charAt(0) == '-';
            at = 1;
        }
        if (length - at > 16) {
            return Double.NaN;
        }
        long digits = 0;
        int count = 0;
        int point = -1;
        for (; at < length; at++) {
            char c = cell.charAt(at);
            if (c >= '0' && c <= '9') {
                digits = 10 * digits + (c - '0');
                count++;
            } else if (c == '.' && point < 0) {
                point = count;
            } else {
                return Double.NaN;
            }
        }
        if (count == 0 || count > 15) {
            return Double.NaN;
        }
        double value = point < 0 ? digits : digits / POWERS[count - point];
        return isNegative ? -value : value;
    }

    private static double general(String cell) {
        if (cell.isEmpty()) {
            return Double.NaN;
        }
        switch (cell) {
            case "inf", "Inf", "+inf", "Infinity", "+Infinity" -> {
                return Double.POSITIVE_INFINITY;
            }
            case "-inf", "-Inf", "-Infinity" -> {
                return Double.NEGATIVE_INFINITY;
            }
            default -> {
                // Java would take 7d and 0x1p3 for numbers too.
                char last = cell.charAt(cell.length() - 1);
                boolean mayBeNumber = (last >= '0' && last <= '9') || last == '.';
                if (!mayBeNumber || cell.indexOf('x') >= 0 || cell.indexOf('X') >= 0) {
                    return Double.NaN;
                }
                try {
                    return Double.parseDouble(cell);
                } catch (NumberFormatException e) {
                    return Double.NaN;
                }
            }
        }
    }
}
