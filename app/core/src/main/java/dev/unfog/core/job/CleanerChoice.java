package dev.unfog.core.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.core.plugin.PluginExtension;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides which plugin cleans a sample, from the kind of media.
 *
 * <p>Those that the user named come first, then the only one that accepts the kind, then the one that the settings name. Where
 * that leaves several, nothing is guessed. Immutable; safe for use by many threads.
 */
public final class CleanerChoice {
    private final List<PluginExtension<Cleaner>> cleaners;
    private final Set<String> named;
    private final Configuration configuration;

    /**
     * Creates the choice.
     *
     * @param cleaners all that there are
     * @param named the plugins that the user named; empty if they named none
     * @param configuration the user's settings
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if a named plugin is not there or cleans nothing
     */
    public CleanerChoice(List<PluginExtension<Cleaner>> cleaners, List<String> named, Configuration configuration) {
        this.cleaners = List.copyOf(cleaners);
        this.named = new HashSet<>(named);
        this.configuration = configuration;
        for (String plugin : named) {
            if (cleaners.stream().noneMatch(cleaner -> cleaner.pluginId().equals(plugin))) {
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        "--plugin " + plugin,
                        "no plugin of that name cleans anything",
                        cleaners.isEmpty() ? "install one; see unfog plugins list" : "give one of " + names(cleaners));
            }
        }
    }

    /**
     * Returns the cleaner for a kind of media.
     *
     * @throws UnfogException with {@link ErrorCode#PLUGIN_NOT_FOUND} if none accepts it, with {@link ErrorCode#BAD_PARAMETER} if
     *     several do and nothing says which is meant
     */
    public PluginExtension<Cleaner> of(MediaKind kind) {
        List<PluginExtension<Cleaner>> accepting = cleaners.stream()
                .filter(cleaner ->
                        cleaner.<Boolean>call(called -> called.accepts().contains(kind)))
                .toList();
        List<PluginExtension<Cleaner>> candidates = accepting.stream()
                .filter(cleaner -> named.isEmpty() || named.contains(cleaner.pluginId()))
                .toList();
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        if (candidates.isEmpty()) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_NOT_FOUND,
                    "files of kind " + kind,
                    named.isEmpty() ? "no plugin cleans them" : "the plugins named by --plugin do not clean them",
                    accepting.isEmpty()
                            ? "install a plugin that does; see unfog plugins list"
                            : "give one of " + names(accepting));
        }
        return configuration
                .cleanerOf(kind)
                .flatMap(wanted -> candidates.stream()
                        .filter(cleaner -> cleaner.pluginId().equals(wanted))
                        .findFirst())
                .orElseThrow(() -> new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        "files of kind " + kind,
                        "several plugins clean them: " + names(candidates),
                        "give --plugin NAME, or set clean." + kind + " = NAME in the file config of UNFOG_HOME"));
    }

    private static String names(List<PluginExtension<Cleaner>> cleaners) {
        return cleaners.stream()
                .map(PluginExtension::pluginId)
                .distinct()
                .sorted(Comparator.naturalOrder())
                .collect(Collectors.joining(", "));
    }
}
