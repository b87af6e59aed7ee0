package dev.unfog.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.unfog.api.UnfogException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes results for machines. */
final class Json {
    private static final JsonMapper MAPPER = new JsonMapper();

    private Json() {}

    /**
     * Returns a value as JSON on one line.
     *
     * @param value maps, lists, texts, booleans and finite numbers
     */
    static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not a JSON value: " + e.getOriginalMessage(), e);
        }
    }

    /** Returns an error as an object: {@code code}, {@code subject}, {@code problem}, {@code remedy}. */
    static Map<String, Object> error(UnfogException error) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("code", error.code().label());
        object.put("subject", error.subject());
        object.put("problem", error.problem());
        object.put("remedy", error.remedy());
        return object;
    }
}
