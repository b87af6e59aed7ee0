package dev.unfog.server.worker;

import dev.unfog.api.media.MediaKind;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.api.plugin.Fitter;
import dev.unfog.api.plugin.Operation;
import dev.unfog.api.plugin.Scorer;
import dev.unfog.core.plugin.InstalledPlugin;
import dev.unfog.core.plugin.PluginExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A plugin and what it can do, as data, so that the server need not load it.
 *
 * @param id its name
 * @param version its version
 * @param description one line for people; may be empty
 * @param provider who made it; may be empty
 * @param operations what it can do
 */
public record PluginDescription(
        String id, String version, String description, String provider, List<OperationDescription> operations) {

    /**
     * One thing that a plugin can do.
     *
     * @param verb {@code clean}, {@code fit} or {@code score}
     * @param summary one line for people
     * @param accepts the kinds of media that it takes, sorted
     * @param parameters its parameters, in the order in which people should see them
     */
    public record OperationDescription(
            String verb, String summary, List<String> accepts, List<ParameterDescription> parameters) {}

    static PluginDescription of(InstalledPlugin plugin) {
        List<OperationDescription> operations = new ArrayList<>();
        for (Operation operation : plugin.operations()) {
            Optional<String> verb = verb(operation);
            if (verb.isPresent()) {
                operations.add(new PluginExtension<>(plugin.id(), operation)
                        .call(called -> new OperationDescription(
                                verb.get(),
                                called.summary(),
                                called.accepts().stream()
                                        .map(MediaKind::name)
                                        .sorted()
                                        .toList(),
                                called.parameters().stream()
                                        .map(ParameterDescription::of)
                                        .toList())));
            }
        }
        return new PluginDescription(
                plugin.id(), plugin.version(), plugin.description(), plugin.provider(), operations);
    }

    private static Optional<String> verb(Operation operation) {
        if (operation instanceof Cleaner) {
            return Optional.of("clean");
        }
        if (operation instanceof Scorer) {
            return Optional.of("score");
        }
        return operation instanceof Fitter ? Optional.of("fit") : Optional.empty();
    }
}
