package dev.unfog.api.param;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The values of a plugin's parameters for one run, checked against their declarations.
 *
 * <p>Immutable; safe for use by many threads.
 *
 * @since 0.1.0
 */
public final class ParameterValues {
    private final Map<Parameter<?>, Object> values;

    private ParameterValues(Map<Parameter<?>, Object> values) {
        this.values = values;
    }

    /**
     * Checks a user's texts against declarations and fills in the defaults.
     *
     * @param declared what the plugin declares
     * @param given the user's texts by parameter name
     * @return the values
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if a name is not declared or a text is not a value
     */
    public static ParameterValues parse(Collection<Parameter<?>> declared, Map<String, String> given) {
        Map<Parameter<?>, Object> values = new LinkedHashMap<>();
        Map<String, String> rest = new LinkedHashMap<>(given);
        for (Parameter<?> parameter : declared) {
            String text = rest.remove(parameter.name());
            if (text != null) {
                try {
                    values.put(parameter, parameter.type().parse(text));
                } catch (IllegalArgumentException e) {
                    throw new UnfogException(
                            ErrorCode.BAD_PARAMETER,
                            "--" + parameter.name(),
                            e.getMessage(),
                            "see --help of the command",
                            e);
                }
            } else if (parameter.defaultValue() != null) {
                values.put(parameter, parameter.defaultValue());
            }
        }
        if (!rest.isEmpty()) {
            String name = rest.keySet().iterator().next();
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER, "--" + name, "no such parameter", "see --help of the command");
        }
        return new ParameterValues(values);
    }

    /**
     * {@return the value of a parameter}
     *
     * @param <T> the Java type of its values
     * @param parameter one that the plugin declares
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if the user gave none and it has no default
     */
    public <T> T get(Parameter<T> parameter) {
        return find(parameter)
                .orElseThrow(() -> new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        "--" + parameter.name(),
                        "no value was given",
                        "give " + parameter.type().describe()));
    }

    /**
     * {@return the value of a parameter, or nothing if the user gave none and it has no default}
     *
     * @param <T> the Java type of its values
     * @param parameter one that the plugin declares
     */
    @SuppressWarnings("unchecked")
    public <T> Optional<T> find(Parameter<T> parameter) {
        return Optional.ofNullable((T) values.get(parameter));
    }

    /** {@return all values that are set, by parameter name, in the order of their declaration} */
    public Map<String, Object> asMap() {
        Map<String, Object> named = new LinkedHashMap<>();
        values.forEach((parameter, value) -> named.put(parameter.name(), value));
        return Collections.unmodifiableMap(named);
    }
}
