package dev.unfog.cli;

import dev.unfog.api.media.MediaKind;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.plugin.Operation;
import dev.unfog.core.plugin.PluginExtension;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Finds out which flags the installed cleaners, fitters or scorers take. */
final class OperationFlags {
    private OperationFlags() {}

    /**
     * Returns the flags of all operations of a type.
     *
     * @param type such as {@code Cleaner.class}
     * @param filter which parameters the user may set
     */
    static <T extends Operation> ParameterFlags declared(
            Session session, Class<T> type, Predicate<Parameter<?>> filter) {
        return declared(session, type, kind -> true, filter);
    }

    /**
     * Returns the flags of the operations of a type that accept some kinds of media.
     *
     * @param kinds an operation that accepts one of them is asked
     */
    static <T extends Operation> ParameterFlags declared(
            Session session, Class<T> type, Predicate<MediaKind> kinds, Predicate<Parameter<?>> filter) {
        Map<String, List<Parameter<?>>> declared = new LinkedHashMap<>();
        for (PluginExtension<T> operation : session.unfog().plugins().operations(type)) {
            List<Parameter<?>> parameters = declared.computeIfAbsent(operation.pluginId(), id -> new ArrayList<>());
            operation.run(called -> {
                if (called.accepts().stream().anyMatch(kinds)) {
                    called.parameters().stream()
                            .filter(filter)
                            .filter(parameter -> parameters.stream()
                                    .noneMatch(known -> known.name().equals(parameter.name())))
                            .forEach(parameters::add);
                }
            });
        }
        return new ParameterFlags(declared);
    }
}
