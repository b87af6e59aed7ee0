package dev.unfog.plugins.anomaly;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A JSON object of a model, read key by key.
 *
 * @param values what the JSON parser made of it
 */
record ModelDescription(Map<?, ?> values) {
    boolean has(String key) {
        return values.containsKey(key);
    }

    String text(String key) {
        return value(key, String.class);
    }

    double number(String key) {
        return value(key, Number.class).doubleValue();
    }

    int count(String key) {
        return value(key, Number.class).intValue();
    }

    List<?> list(String key) {
        return value(key, List.class);
    }

    List<Double> numbers(String key) {
        List<Double> numbers = new ArrayList<>();
        for (Object number : list(key)) {
            if (!(number instanceof Number value)) {
                throw new IllegalArgumentException("\"" + key + "\" holds something that is not a number");
            }
            numbers.add(value.doubleValue());
        }
        return numbers;
    }

    List<ModelDescription> objects(String key) {
        List<ModelDescription> objects = new ArrayList<>();
        for (Object object : list(key)) {
            if (!(object instanceof Map<?, ?> map)) {
                throw new IllegalArgumentException("\"" + key + "\" holds something that is not an object");
            }
            objects.add(new ModelDescription(map));
        }
        return objects;
    }

    private <T> T value(String key, Class<T> type) {
        Object value = values.get(key);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("\"" + key + "\" is missing or of another type");
        }
        return type.cast(value);
    }
}
