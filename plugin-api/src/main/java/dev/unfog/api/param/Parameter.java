package dev.unfog.api.param;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One parameter of a plugin: declared once, offered everywhere.
 *
 * @param name in kebab case, as in {@code --keep-noise}; unique in its plugin
 * @param type its type and range
 * @param defaultValue the value when the user gives none; null where none is a choice of its own, such as "estimate it"
 * @param unit the unit to show, such as {@code dB}; empty where there is none
 * @param help one line for people, without a full stop
 * @param <T> the Java type of its values
 * @since 0.1.0
 */
public record Parameter<T>(
        String name, ParameterType<T> type, @Nullable T defaultValue, String unit, String help) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

    /**
     * Requires a name in kebab case and a help text.
     *
     * @param name in kebab case, as in {@code --keep-noise}; unique in its plugin
     * @param type its type and range
     * @param defaultValue the value when the user gives none; null where none is a choice of its own, such as "estimate it"
     * @param unit the unit to show, such as {@code dB}; empty where there is none
     * @param help one line for people, without a full stop
     */
    public Parameter {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("A parameter is named in kebab case, not '" + name + "'");
        }
        if (help.isBlank()) {
            throw new IllegalArgumentException("The parameter " + name + " has no help text");
        }
    }

    /** {@return the default value, if there is one} */
    public Optional<T> optionalDefault() {
        return Optional.ofNullable(defaultValue);
    }
}
