package dev.unfog.server.rest;

import dev.unfog.server.worker.ParameterDescription;
import dev.unfog.server.worker.ParameterDescription.Choice;
import dev.unfog.server.worker.ParameterDescription.MediaFile;
import dev.unfog.server.worker.ParameterDescription.Real;
import dev.unfog.server.worker.ParameterDescription.Whole;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON Schema (2020-12) of an operation's parameters, made from their declarations. */
final class ParameterSchema {
    private ParameterSchema() {}

    /**
     * Returns the schema of an object with one property per parameter. A media file is a string of format {@code binary} with its
     * kind in {@code contentKind}; a unit is in {@code unit}.
     */
    static Map<String, Object> of(List<ParameterDescription> parameters) {
        Map<String, Object> properties = new LinkedHashMap<>();
        parameters.forEach(parameter -> properties.put(parameter.name(), property(parameter)));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("type", "object");
        schema.put("properties", properties);
        schema.put("additionalProperties", false);
        return schema;
    }

    private static Map<String, Object> property(ParameterDescription parameter) {
        Map<String, Object> property = new LinkedHashMap<>();
        String text = parameter.defaultText();
        if (parameter.type() instanceof Real real) {
            property.put("type", "number");
            bound(property, "minimum", real.minimum());
            bound(property, "maximum", real.maximum());
            if (text != null) {
                property.put("default", Double.valueOf(text));
            }
        } else if (parameter.type() instanceof Whole whole) {
            property.put("type", "integer");
            property.put("minimum", whole.minimum());
            property.put("maximum", whole.maximum());
            if (text != null) {
                property.put("default", Long.valueOf(text));
            }
        } else if (parameter.type() instanceof Choice choice) {
            property.put("type", "string");
            property.put("enum", choice.options());
            if (text != null) {
                property.put("default", text);
            }
        } else if (parameter.type() instanceof MediaFile file) {
            property.put("type", "string");
            property.put("format", "binary");
            property.put("contentKind", file.kind());
        } else {
            property.put("type", "boolean");
            property.put("default", Boolean.valueOf(text));
        }
        property.put("description", parameter.help());
        if (!parameter.unit().isEmpty()) {
            property.put("unit", parameter.unit());
        }
        return property;
    }

    private static void bound(Map<String, Object> property, String name, double value) {
        if (Double.isFinite(value)) {
            property.put(name, value);
        }
    }
}
