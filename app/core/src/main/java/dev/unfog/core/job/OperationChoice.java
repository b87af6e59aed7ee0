package dev.unfog.core.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.plugin.Operation;
import dev.unfog.core.plugin.PluginExtension;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides which plugin works on a sample, from the kind of media.
 *
 * <p>Those that the user named come first, then the only one that accepts the kind, then the one that the settings name. Where
 * that leaves several, nothing is guessed. Immutable; safe for use by many threads.
 *
 * @param <T> what is to be done, such as {@link dev.unfog.api.plugin.Cleaner}
 */
public final class OperationChoice<T extends Operation> {
    private final String verb;
    private final List<PluginExtension<T>> operations;
    private final Set<String> named;
    private final Configuration configuration;

    /**
     * Creates the choice.
     *
     * @param verb the command that does it: {@code clean}, {@code fit} or {@code score}
     * @param operations all that there are
     * @param named the plugins that the user named; empty if they named none
     * @param configuration the user's settings
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if a named plugin is not there or does no such thing
     */
    public OperationChoice(
            String verb, List<PluginExtension<T>> operations, List<String> named, Configuration configuration) {
        this.verb = verb;
        this.operations = List.copyOf(operations);
        this.named = Set.copyOf(named);
        this.configuration = configuration;
        for (String plugin : named) {
            if (operations.stream().noneMatch(operation -> operation.pluginId().equals(plugin))) {
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        "--plugin " + plugin,
                        "no plugin of that name " + verb + "s anything",
                        operations.isEmpty()
                                ? "install one; see unfog plugins list"
                                : "give one of " + names(operations));
            }
        }
    }

    /** Returns those among which the choice is made: the ones that the user named, or all. */
    public List<PluginExtension<T>> candidates() {
        return operations.stream().filter(this::isNamed).toList();
    }

    private boolean isNamed(PluginExtension<T> operation) {
        return named.isEmpty() || named.contains(operation.pluginId());
    }

    /**
     * Returns the plugin for a kind of media.
     *
     * @throws UnfogException with {@link ErrorCode#PLUGIN_NOT_FOUND} if none accepts it, with {@link ErrorCode#BAD_PARAMETER} if
     *     several do and nothing says which is meant
     */
    public PluginExtension<T> of(MediaKind kind) {
        List<PluginExtension<T>> accepting = operations.stream()
                .filter(operation ->
                        operation.<Boolean>call(called -> called.accepts().contains(kind)))
                .toList();
        List<PluginExtension<T>> candidates =
                accepting.stream().filter(this::isNamed).toList();
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        if (candidates.isEmpty()) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_NOT_FOUND,
                    "files of kind " + kind,
                    (accepting.isEmpty() ? "no plugin " : "none of the plugins that are named ") + verb + "s them",
                    accepting.isEmpty()
                            ? "install one that does; see unfog plugins list"
                            : "give one of " + names(accepting));
        }
        return configuration
                .pluginFor(verb, kind)
                .flatMap(wanted -> candidates.stream()
                        .filter(operation -> operation.pluginId().equals(wanted))
                        .findFirst())
                .orElseThrow(() -> new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        "files of kind " + kind,
                        "several plugins " + verb + " them: " + names(candidates),
                        "give --plugin NAME, or set " + verb + "." + kind
                                + " = NAME in the file config of UNFOG_HOME"));
    }

    private static <T> String names(List<PluginExtension<T>> operations) {
        return operations.stream()
                .map(PluginExtension::pluginId)
                .distinct()
                .sorted(Comparator.naturalOrder())
                .collect(Collectors.joining(", "));
    }
}
