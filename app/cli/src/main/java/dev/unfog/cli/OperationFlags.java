package dev.unfog.cli;

import dev.unfog.api.param.Parameter;
import dev.unfog.api.plugin.Operation;
import dev.unfog.core.plugin.PluginExtension;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Finds out which flags the installed fitters or scorers take. */
final class OperationFlags {
    private OperationFlags() {}

    /**
     * Returns the flags of all operations of a type.
     *
     * @param type such as {@code Fitter.class}
     * @param filter which parameters the user may set
     */
    static <T extends Operation> ParameterFlags declared(
            Session session, Class<T> type, Predicate<Parameter<?>> filter) {
        Map<String, List<Parameter<?>>> declared = new LinkedHashMap<>();
        for (PluginExtension<T> operation : session.unfog().plugins().operations(type)) {
            List<Parameter<?>> parameters = declared.computeIfAbsent(operation.pluginId(), id -> new ArrayList<>());
            operation.<List<Parameter<?>>>call(called -> called.parameters()).stream()
                    .filter(filter)
                    .forEach(parameters::add);
        }
        return new ParameterFlags(declared);
    }
}
