package dev.unfog.cli;

import dev.unfog.api.media.MediaKind;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.core.plugin.PluginExtension;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Finds out which flags the installed cleaners take. */
final class CleanerFlags {
    private CleanerFlags() {}

    /** Returns the flags of all cleaners. */
    static ParameterFlags declared(Session session) {
        return declared(session, kind -> true, parameter -> true);
    }

    /** Returns those flags that pass a filter, of the cleaners that accept a kind of media. */
    static ParameterFlags declared(Session session, Predicate<MediaKind> kinds, Predicate<Parameter<?>> filter) {
        Map<String, List<Parameter<?>>> declared = new LinkedHashMap<>();
        for (PluginExtension<Cleaner> cleaner : session.unfog().plugins().operations(Cleaner.class)) {
            List<Parameter<?>> parameters = declared.computeIfAbsent(cleaner.pluginId(), id -> new ArrayList<>());
            cleaner.run(called -> {
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
