package dev.unfog.core.plugin;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Codec;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.plugin.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pf4j.PluginDependency;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginState;
import org.pf4j.PluginWrapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugins of one run: loaded once, isolated from each other and from the host, unloaded on close.
 *
 * <p>A plugin is a zip or a folder in PF4J's layout ({@code plugin.properties}, {@code classes/}, {@code lib/*.jar}), or a
 * jar whose manifest describes it. Directories are searched in order, each by file name. A plugin in an earlier
 * directory takes the place of one with the same id in a later one; two with one id in the same directory are both
 * refused, since nothing says which is meant. What is wrong with one plugin never keeps another from loading.
 *
 * <p>Loading is for one thread; afterwards everything but {@link #close()} is safe for use by many.
 */
public final class PluginHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginHost.class);

    private final ApiPluginManager manager;
    private final List<InstalledPlugin> plugins;
    private final List<UnfogException> failures;

    private PluginHost(ApiPluginManager manager, List<InstalledPlugin> plugins, List<UnfogException> failures) {
        this.manager = manager;
        this.plugins = List.copyOf(plugins);
        this.failures = List.copyOf(failures);
    }

    /**
     * Loads every plugin that can be loaded.
     *
     * @param directories where to look, the user's first; one that does not exist is skipped; nothing is written there
     * @param cache where zips are unpacked, made if need be
     * @param hostVersion the version that a plugin's {@code requires} is held against, such as {@code 0.1.0}
     */
    public static PluginHost load(List<Path> directories, Path cache, String hostVersion) {
        ApiPluginManager manager = new ApiPluginManager(directories, hostVersion);
        List<UnfogException> failures = new ArrayList<>();
        Map<String, Candidate> chosen = new LinkedHashMap<>();
        for (Path directory : directories) {
            choose(candidates(manager, directory, cache, failures), chosen, failures);
        }
        Loading loading = new Loading(manager, failures);
        List<InstalledPlugin> plugins = loading.load(List.copyOf(chosen.values()));
        return new PluginHost(manager, plugins, failures);
    }

    /** Returns the plugins that are ready, in the order in which they were found. */
    public List<InstalledPlugin> plugins() {
        return plugins;
    }

    /** Returns the version of a plugin that is ready. */
    public Optional<String> versionOf(String plugin) {
        return plugins.stream()
                .filter(installed -> installed.id().equals(plugin))
                .map(InstalledPlugin::version)
                .findFirst();
    }

    /** Returns what kept other plugins from loading; each names the file and what to do. */
    public List<UnfogException> failures() {
        return failures;
    }

    /**
     * Returns the operations of one kind, in the order of their plugins.
     *
     * @param type an extension point, such as {@code Cleaner.class}
     */
    public <T extends Operation> List<PluginExtension<T>> operations(Class<T> type) {
        List<PluginExtension<T>> operations = new ArrayList<>();
        for (InstalledPlugin plugin : plugins) {
            for (Operation operation : plugin.operations()) {
                if (type.isInstance(operation)) {
                    operations.add(new PluginExtension<>(plugin.id(), type.cast(operation)));
                }
            }
        }
        return operations;
    }

    /** Returns the file formats that plugins add, in the order of the plugins. */
    public List<PluginExtension<Codec>> codecs() {
        List<PluginExtension<Codec>> codecs = new ArrayList<>();
        for (InstalledPlugin plugin : plugins) {
            plugin.codecs().forEach(codec -> codecs.add(new PluginExtension<>(plugin.id(), codec)));
        }
        return codecs;
    }

    /** Stops and unloads all plugins; their classes must not be used afterwards. Closing twice is harmless. */
    @Override
    public void close() {
        // One at a time: PF4J's own way to stop all of them changes the list that it walks.
        for (PluginWrapper plugin : manager.getPlugins()) {
            unload(manager, plugin.getPluginId());
        }
    }

    private static void unload(ApiPluginManager manager, String id) {
        try {
            manager.unloadPlugin(id);
        } catch (RuntimeException | Error exception) {
            // A plugin that fails to stop must not keep the others, or the program, from ending.
            LOG.debug("The plugin {} does not stop", id, exception);
        }
    }

    private record Candidate(
            PluginFile file,
            PluginDescriptor descriptor,
            @Nullable Path replaces) {
        Path path() {
            return file.path();
        }

        String id() {
            return descriptor.getPluginId();
        }
    }

    private static List<Candidate> candidates(
            ApiPluginManager manager, Path directory, Path cache, List<UnfogException> failures) {
        List<Candidate> candidates = new ArrayList<>();
        for (Path path : entries(directory, failures)) {
            try {
                PluginFile file = PluginFile.open(path, cache);
                candidates.add(new Candidate(file, descriptor(manager, file), null));
            } catch (UnfogException exception) {
                failures.add(exception);
            }
        }
        return candidates;
    }

    private static List<Path> entries(Path directory, List<UnfogException> failures) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(PluginFile::looksLikeOne).sorted().toList();
        } catch (IOException exception) {
            failures.add(new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    directory.toString(),
                    "this folder of plugins cannot be read: " + PluginExtension.describe(exception),
                    "make it readable",
                    exception));
            return List.of();
        }
    }

    private static PluginDescriptor descriptor(ApiPluginManager manager, PluginFile file) {
        try {
            return manager.describe(file.contents());
        } catch (RuntimeException exception) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    file.path().toString(),
                    "it has no usable plugin descriptor: " + PluginExtension.describe(exception),
                    "give it a plugin.properties, or a manifest with Plugin-Id and Plugin-Version, or remove it",
                    exception);
        }
    }

    private static void choose(
            List<Candidate> candidates, Map<String, Candidate> chosen, List<UnfogException> failures) {
        Map<String, Candidate> here = new LinkedHashMap<>();
        Set<String> ambiguous = new HashSet<>();
        for (Candidate candidate : candidates) {
            Candidate other = here.putIfAbsent(candidate.id(), candidate);
            if (other != null) {
                ambiguous.add(candidate.id());
                failures.add(new UnfogException(
                        ErrorCode.PLUGIN_BROKEN,
                        candidate.path().toString(),
                        "it has the id " + candidate.id() + ", and so has " + other.path(),
                        "remove one of the two; until then neither is loaded"));
            }
        }
        here.keySet().removeAll(ambiguous);
        here.forEach((id, candidate) -> {
            Candidate earlier = chosen.putIfAbsent(id, candidate);
            if (earlier != null && earlier.replaces() == null) {
                chosen.put(id, new Candidate(earlier.file(), earlier.descriptor(), candidate.path()));
            }
        });
    }

    /** One pass over the chosen plugins. */
    private record Loading(ApiPluginManager manager, List<UnfogException> failures) {

        List<InstalledPlugin> load(List<Candidate> candidates) {
            List<Candidate> loaded = new ArrayList<>();
            for (Candidate candidate : candidates) {
                attempt(candidate, () -> {
                    requireCompatible(candidate);
                    manager.load(candidate.file().contents());
                    loaded.add(candidate);
                });
            }
            manager.resolve();
            List<InstalledPlugin> plugins = new ArrayList<>();
            for (Candidate candidate : loaded) {
                attempt(candidate, () -> plugins.add(start(candidate)));
            }
            return plugins;
        }

        private void attempt(Candidate candidate, Runnable step) {
            try {
                step.run();
            } catch (Throwable thrown) {
                failures.add(explain(candidate, thrown));
                if (manager.getPlugin(candidate.id()) != null) {
                    unload(manager, candidate.id());
                }
            }
        }

        private static UnfogException explain(Candidate candidate, Throwable thrown) {
            if (thrown instanceof UnfogException foreseen) {
                return foreseen;
            }
            Throwable root = thrown;
            while (root.getCause() != null && !(root instanceof LinkageError)) {
                root = root.getCause();
            }
            String problem = root == thrown
                    ? PluginExtension.describe(thrown)
                    : thrown.getMessage() + " (" + PluginExtension.describe(root) + ")";
            String remedy = root instanceof LinkageError || root instanceof ClassNotFoundException
                    ? "update it, or have its provider pack the classes that it needs"
                    : "update or remove it, or tell its provider what --debug shows";
            return new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    candidate.path().toString(),
                    "it does not load: " + problem,
                    remedy,
                    thrown);
        }

        private void requireCompatible(Candidate candidate) {
            String requires = candidate.descriptor().getRequires();
            boolean isCompatible;
            try {
                isCompatible = manager.isCompatible(candidate.descriptor());
            } catch (RuntimeException exception) {
                throw new UnfogException(
                        ErrorCode.PLUGIN_BROKEN,
                        candidate.path().toString(),
                        "its requirement '" + requires + "' is no version range",
                        "write one such as 0.1.0 or '>=0.1.0 & <0.3.0'",
                        exception);
            }
            if (!isCompatible) {
                throw new UnfogException(
                        ErrorCode.PLUGIN_INCOMPATIBLE,
                        candidate.path().toString(),
                        "it requires Unfog " + requires + ", and this is " + manager.getSystemVersion(),
                        "install that version of Unfog, or a version of the plugin made for this one");
            }
        }

        private InstalledPlugin start(Candidate candidate) {
            PluginWrapper wrapper = manager.getPlugin(candidate.id());
            if (wrapper == null || !manager.getResolvedPlugins().contains(wrapper)) {
                List<String> needed = candidate.descriptor().getDependencies().stream()
                        .map(PluginDependency::toString)
                        .toList();
                throw new UnfogException(
                        ErrorCode.PLUGIN_BROKEN,
                        candidate.path().toString(),
                        "it needs other plugins that are not there: " + needed,
                        "install them too");
            }
            if (manager.startPlugin(candidate.id()) != PluginState.STARTED) {
                throw Objects.requireNonNullElseGet(
                        asRuntimeException(wrapper.getFailedException()),
                        () -> new IllegalStateException("it did not start"));
            }
            List<Operation> operations = new ArrayList<>();
            List<Codec> codecs = new ArrayList<>();
            for (String name : new TreeSet<>(manager.getExtensionClassNames(candidate.id()))) {
                Object extension = extension(candidate, wrapper.getPluginClassLoader(), name);
                if (extension instanceof Operation operation) {
                    operations.add(operation);
                }
                if (extension instanceof Codec codec) {
                    codecs.add(codec);
                }
            }
            if (operations.isEmpty() && codecs.isEmpty()) {
                throw new UnfogException(
                        ErrorCode.PLUGIN_BROKEN,
                        candidate.path().toString(),
                        "it lists no extension",
                        "annotate its operations with @Extension and compile with PF4J's annotation processor (-proc:full)");
            }
            PluginDescriptor descriptor = candidate.descriptor();
            return new InstalledPlugin(
                    descriptor.getPluginId(),
                    descriptor.getVersion(),
                    Objects.requireNonNullElse(descriptor.getPluginDescription(), ""),
                    Objects.requireNonNullElse(descriptor.getProvider(), ""),
                    candidate.path(),
                    candidate.file().models(),
                    operations,
                    codecs,
                    Optional.ofNullable(candidate.replaces()));
        }

        private static @Nullable RuntimeException asRuntimeException(@Nullable Throwable failure) {
            if (failure == null || failure instanceof RuntimeException) {
                return (RuntimeException) failure;
            }
            return new IllegalStateException("its start fails", failure);
        }

        private Object extension(Candidate candidate, ClassLoader loader, String name) {
            Class<?> type;
            try {
                type = loader.loadClass(name);
            } catch (ClassNotFoundException exception) {
                throw new IllegalStateException("the extension " + name + " is not there", exception);
            }
            if (!Operation.class.isAssignableFrom(type) && !Codec.class.isAssignableFrom(type)) {
                throw new UnfogException(
                        ErrorCode.PLUGIN_BROKEN,
                        candidate.path().toString(),
                        "its extension " + name + " implements no extension point of Unfog",
                        "implement one of Cleaner, LiveCleaner, Scorer, Fitter and Codec");
            }
            Object extension = manager.getExtensionFactory().create(type);
            if (extension instanceof Operation operation) {
                requireDeclarations(candidate, operation);
            }
            return extension;
        }

        private static void requireDeclarations(Candidate candidate, Operation operation) {
            Set<String> names = new HashSet<>();
            for (Parameter<?> parameter : operation.parameters()) {
                if (!names.add(parameter.name())) {
                    throw new UnfogException(
                            ErrorCode.PLUGIN_BROKEN,
                            candidate.path().toString(),
                            operation.getClass().getName() + " declares the parameter " + parameter.name() + " twice",
                            "update the plugin");
                }
            }
            if (operation.accepts().isEmpty() || operation.summary().isBlank()) {
                throw new UnfogException(
                        ErrorCode.PLUGIN_BROKEN,
                        candidate.path().toString(),
                        operation.getClass().getName() + " names no media kind, or has no summary",
                        "update the plugin");
            }
        }
    }
}
