package dev.unfog.api.sde;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the processes check about their constants and how they name them. */
final class ProcessConstants {
    private ProcessConstants() {}

    static double positive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " must be positive and finite, not " + value);
        }
        return value;
    }

    static void increasing(String lowName, double low, String highName, double high) {
        if (!(low < high)) {
            throw new IllegalArgumentException(
                    lowName + " (" + low + ") must be below " + highName + " (" + high + ")");
        }
    }

    static Map<String, Double> of(Object... namesAndValues) {
        Map<String, Double> constants = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            constants.put((String) namesAndValues[i], ((Number) namesAndValues[i + 1]).doubleValue());
        }
        return Collections.unmodifiableMap(constants);
    }
}
