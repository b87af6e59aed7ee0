package dev.unfog.api.param;

import dev.unfog.api.media.MediaKind;
import java.nio.file.Path;
import java.util.List;

/**
 * The type and range of a parameter.
 *
 * @param <T> the Java type of its values
 * @since 0.1.0
 */
public sealed interface ParameterType<T> {
    /**
     * Turns a user's text into a value.
     *
     * @param text as the user wrote it
     * @return the value
     * @throws IllegalArgumentException if the text is not of this type or out of range; the message says what would be
     */
    T parse(String text);

    /** {@return what a value looks like, for a help text: {@code 0..255}, {@code one of heun, ddim}} */
    String describe();

    /**
     * A number with a fraction.
     *
     * @param minimum the smallest value allowed
     * @param maximum the largest value allowed
     * @since 0.1.0
     */
    record Real(double minimum, double maximum) implements ParameterType<Double> {
        @Override
        public Double parse(String text) {
            double value;
            try {
                value = Double.parseDouble(text.strip());
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + text + "' is not a number; give one in " + describe(), e);
            }
            if (!(value >= minimum && value <= maximum)) {
                throw new IllegalArgumentException(text + " is out of range; give a number in " + describe());
            }
            return value;
        }

        @Override
        public String describe() {
            return plain(minimum) + ".." + plain(maximum);
        }

        private static String plain(double value) {
            return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : "" + value;
        }
    }

    /**
     * A whole number.
     *
     * @param minimum the smallest value allowed
     * @param maximum the largest value allowed
     * @since 0.1.0
     */
    record Whole(long minimum, long maximum) implements ParameterType<Long> {
        @Override
        public Long parse(String text) {
            long value;
            try {
                value = Long.parseLong(text.strip());
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not a whole number; give one in " + describe(), e);
            }
            if (value < minimum || value > maximum) {
                throw new IllegalArgumentException(text + " is out of range; give a whole number in " + describe());
            }
            return value;
        }

        @Override
        public String describe() {
            return minimum + ".." + maximum;
        }
    }

    /**
     * One of a few words.
     *
     * @param options the words allowed
     * @since 0.1.0
     */
    record Choice(List<String> options) implements ParameterType<String> {
        /**
         * Copies the words, so that the type cannot change.
         *
         * @param options the words allowed
         */
        public Choice {
            options = List.copyOf(options);
        }

        @Override
        public String parse(String text) {
            if (!options.contains(text)) {
                throw new IllegalArgumentException("'" + text + "' is not a choice; give " + describe());
            }
            return text;
        }

        @Override
        public String describe() {
            return "one of " + String.join(", ", options);
        }
    }

    /**
     * Yes or no.
     *
     * @since 0.1.0
     */
    record Flag() implements ParameterType<Boolean> {
        @Override
        public Boolean parse(String text) {
            return switch (text.strip()) {
                case "true", "yes", "on", "" -> true;
                case "false", "no", "off" -> false;
                default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
            };
        }

        @Override
        public String describe() {
            return "true or false";
        }
    }

    /**
     * A media file, which the plugin opens through its context.
     *
     * @param kind the kind of media that it must hold
     * @since 0.1.0
     */
    record MediaFile(MediaKind kind) implements ParameterType<Path> {
        @Override
        public Path parse(String text) {
            if (text.isBlank()) {
                throw new IllegalArgumentException("no file is named; give " + describe());
            }
            return Path.of(text);
        }

        @Override
        public String describe() {
            return "a file of kind " + kind;
        }
    }
}
