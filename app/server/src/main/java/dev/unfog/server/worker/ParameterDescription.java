package dev.unfog.server.worker;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parameter's declaration as data.
 *
 * @param name in kebab case
 * @param type its type and range
 * @param defaultText the default as a user would write it; null if there is none
 * @param unit its unit; may be empty
 * @param help one line for people
 */
public record ParameterDescription(
        String name, Type type, @Nullable String defaultText, String unit, String help) {

    /** A type and its range. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Real.class, name = "real"),
        @JsonSubTypes.Type(value = Whole.class, name = "whole"),
        @JsonSubTypes.Type(value = Choice.class, name = "choice"),
        @JsonSubTypes.Type(value = Flag.class, name = "flag"),
        @JsonSubTypes.Type(value = MediaFile.class, name = "media-file")
    })
    public sealed interface Type {}

    /** A number with a fraction. */
    public record Real(double minimum, double maximum) implements Type {}

    /** A whole number. */
    public record Whole(long minimum, long maximum) implements Type {}

    /** One of a few words. */
    public record Choice(List<String> options) implements Type {}

    /** Yes or no. */
    public record Flag() implements Type {}

    /** A file of a kind of media. */
    public record MediaFile(String kind) implements Type {}

    static ParameterDescription of(Parameter<?> parameter) {
        return new ParameterDescription(
                parameter.name(),
                type(parameter.type()),
                parameter.optionalDefault().map(Object::toString).orElse(null),
                parameter.unit(),
                parameter.help());
    }

    private static Type type(ParameterType<?> type) {
        if (type instanceof ParameterType.Real real) {
            return new Real(real.minimum(), real.maximum());
        }
        if (type instanceof ParameterType.Whole whole) {
            return new Whole(whole.minimum(), whole.maximum());
        }
        if (type instanceof ParameterType.Choice choice) {
            return new Choice(choice.options());
        }
        if (type instanceof ParameterType.MediaFile file) {
            return new MediaFile(file.kind().name());
        }
        return new Flag();
    }

    /** Returns the declaration that a user's text is checked against. */
    public Parameter<?> declaration() {
        if (type instanceof Real real) {
            return declaration(new ParameterType.Real(real.minimum(), real.maximum()));
        }
        if (type instanceof Whole whole) {
            return declaration(new ParameterType.Whole(whole.minimum(), whole.maximum()));
        }
        if (type instanceof Choice choice) {
            return declaration(new ParameterType.Choice(choice.options()));
        }
        if (type instanceof MediaFile file) {
            return declaration(new ParameterType.MediaFile(new MediaKind(file.kind())));
        }
        return declaration(new ParameterType.Flag());
    }

    private <T> Parameter<T> declaration(ParameterType<T> declared) {
        return new Parameter<>(name, declared, defaultText == null ? null : declared.parse(defaultText), unit, help);
    }
}
