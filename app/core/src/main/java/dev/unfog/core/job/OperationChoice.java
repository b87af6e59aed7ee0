package dev.unfog.core.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.plugin.Operation;
import dev.unfog.core.plugin.PluginExtension;
import java.util.List;
import java.util.stream.Collectors;

/** Decides which plugin fits or scores a kind of media: the only one that does, or the one that the user names. */
public final class OperationChoice {
    private OperationChoice() {}

    /**
     * Returns the one plugin that is meant.
     *
     * @param operations all that there are
     * @param named the plugins that the user named; empty if they named none
     * @param kind the kind of media that it must accept
     * @throws UnfogException with {@link ErrorCode#PLUGIN_NOT_FOUND} if there is none, {@link ErrorCode#BAD_PARAMETER} if there
     *     are several
     */
    public static <T extends Operation> PluginExtension<T> of(
            List<PluginExtension<T>> operations, List<String> named, MediaKind kind) {
        List<PluginExtension<T>> candidates = operations.stream()
                .filter(operation -> named.isEmpty() || named.contains(operation.pluginId()))
                .filter(operation ->
                        operation.<Boolean>call(called -> called.accepts().contains(kind)))
                .toList();
        if (candidates.isEmpty()) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_NOT_FOUND,
                    "samples of kind " + kind,
                    (named.isEmpty() ? "no plugin" : "none of the plugins named") + " learns from them or scores them",
                    "install one that does; see unfog plugins list");
        }
        if (candidates.size() > 1) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "samples of kind " + kind,
                    "several plugins learn from them or score them",
                    "give --plugin with one of "
                            + candidates.stream().map(PluginExtension::pluginId).collect(Collectors.joining(", ")));
        }
        return candidates.get(0);
    }
}
