package dev.unfog.core.plugin;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Codec;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.api.plugin.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
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
 * <p>A plugin without classes lends a network to another: it needs exactly one other plugin and brings exactly one network. It cleans
 * what that plugin cleans, as that does, with its own network.
 *
 * <p>A plugin that throws, hangs or does not say what it is when it is started is left out and named. Loading is for one thread; afterwards everything but {@link #close()} is safe for use by many.
 */
public final class PluginHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginHost.class);
    /** A plugin that has not started by then is left out; a sound one takes milliseconds, even where a machine is much too busy. */
    private static final Duration START = Duration.ofSeconds(60);
    /** A plugin that has not stopped by then is left behind. */
    private static final Duration STOP = Duration.ofSeconds(5);

    private final ApiPluginManager manager;
    private final List<InstalledPlugin> plugins;
    private final List<UnfogException> failures;
    private final List<SwitchedOff> switchedOff;

    /**
     * A plugin that the user has switched off.
     *
     * @param id its name
     * @param version its version
     * @param path the zip, jar or folder
     */
    public record SwitchedOff(String id, String version, Path path) {}

    private PluginHost(
            ApiPluginManager manager,
            List<InstalledPlugin> plugins,
            List<UnfogException> failures,
            List<SwitchedOff> switchedOff) {
        this.manager = manager;
        this.switchedOff = List.copyOf(switchedOff);
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
        return load(directories, cache, hostVersion, Set.of());
    }

    /**
     * Loads every plugin that can be loaded and is not switched off.
     *
     * @param directories where to look, the user's first; one that does not exist is skipped; nothing is written there
     * @param cache where zips are unpacked, made if need be
     * @param hostVersion the version that a plugin's {@code requires} is held against, such as {@code 0.1.0}
     * @param disabled the ids of plugins that are left alone
     */
    public static PluginHost load(List<Path> directories, Path cache, String hostVersion, Set<String> disabled) {
        return load(directories, cache, hostVersion, disabled, START);
    }

    static PluginHost load(
            List<Path> directories, Path cache, String hostVersion, Set<String> disabled, Duration patience) {
        ApiPluginManager manager = new ApiPluginManager(directories, hostVersion);
        List<UnfogException> failures = new ArrayList<>();
        Map<String, Candidate> chosen = new LinkedHashMap<>();
        List<SwitchedOff> switchedOff = new ArrayList<>();
        for (Path directory : directories) {
            List<Candidate> candidates = candidates(manager, directory, cache, failures);
            for (Candidate candidate : candidates) {
                if (disabled.contains(candidate.id())) {
                    switchedOff.add(new SwitchedOff(
                            candidate.id(), candidate.descriptor().getVersion(), candidate.path()));
                }
            }
            candidates.removeIf(candidate -> disabled.contains(candidate.id()));
            choose(candidates, chosen, failures);
        }
        Loading loading = new Loading(manager, failures, patience);
        List<InstalledPlugin> plugins = loading.load(List.copyOf(chosen.values()));
        return new PluginHost(manager, plugins, failures, switchedOff);
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

    /** Returns the network that takes the place of those that a plugin's operations ask for, if the plugin is one that lends its network. */
    public Optional<String> networkOf(String plugin) {
        return plugins.stream()
                .filter(installed -> installed.id().equals(plugin))
                .flatMap(installed -> installed.network().stream())
                .findFirst();
    }

    /** Returns the plugins that the user has switched off. */
    public List<SwitchedOff> switchedOff() {
        return switchedOff;
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
            PluginCalls.within(STOP, id, () -> manager.unloadPlugin(id));
        } catch (Throwable exception) {
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
    private record Loading(ApiPluginManager manager, List<UnfogException> failures, Duration patience) {

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
            Map<String, InstalledPlugin> started = new LinkedHashMap<>();
            // Those that lend a network need the operations of another, which may come later.
            for (boolean lends : new boolean[] {false, true}) {
                for (Candidate candidate : loaded) {
                    if (lendsNetwork(candidate) == lends) {
                        attempt(candidate, () -> {
                            InstalledPlugin plugin =
                                    PluginCalls.within(patience, candidate.id(), () -> start(candidate, started));
                            started.put(candidate.id(), plugin);
                        });
                    }
                }
            }
            return loaded.stream()
                    .flatMap(candidate -> Optional.ofNullable(started.get(candidate.id())).stream())
                    .toList();
        }

        private static boolean lendsNetwork(Candidate candidate) {
            Path contents = candidate.file().contents();
            return candidate.file().models().isPresent()
                    && candidate.descriptor().getDependencies().size() == 1
                    && Files.isDirectory(contents)
                    && !Files.exists(contents.resolve("classes"))
                    && !Files.exists(contents.resolve("lib"));
        }

        private interface Step {
            void run() throws Throwable;
        }

        private void attempt(Candidate candidate, Step step) {
            try {
                step.run();
            } catch (Throwable thrown) {
                failures.add(explain(candidate, thrown));
                if (manager.getPlugin(candidate.id()) != null) {
                    unload(manager, candidate.id());
                }
            }
        }

        private UnfogException explain(Candidate candidate, Throwable thrown) {
            if (thrown instanceof UnfogException foreseen) {
                return foreseen;
            }
            if (thrown instanceof TimeoutException) {
                return new UnfogException(
                        ErrorCode.PLUGIN_BROKEN,
                        candidate.path().toString(),
                        "it hangs when it is started: nothing came of it in " + patience.toMillis() / 1000.0
                                + " seconds",
                        "update or remove it (unfog plugins remove " + candidate.id() + "), or tell its provider",
                        thrown);
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

        private InstalledPlugin start(Candidate candidate, Map<String, InstalledPlugin> started) {
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
                Class<?> type = extensionType(wrapper.getPluginClassLoader(), name);
                if (type.getClassLoader() != wrapper.getPluginClassLoader()) {
                    // PF4J lists the extensions of the plugins that this one needs, too.
                    continue;
                }
                Object extension = extension(candidate, type);
                if (extension instanceof Operation operation) {
                    operations.add(operation);
                }
                if (extension instanceof Codec codec) {
                    codecs.add(codec);
                }
            }
            Optional<String> network = Optional.empty();
            if (lendsNetwork(candidate)) {
                network = Optional.of(onlyNetwork(candidate));
                operations.addAll(cleaners(candidate, started));
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
                    network,
                    Optional.ofNullable(candidate.replaces()));
        }

        private static String onlyNetwork(Candidate candidate) {
            List<String> names;
            try (Stream<Path> folders = Files.list(candidate.file().models().orElseThrow())) {
                names = folders.filter(Files::isDirectory)
                        .map(folder -> folder.getFileName().toString())
                        .sorted()
                        .toList();
            } catch (IOException exception) {
                throw new java.io.UncheckedIOException(exception);
            }
            if (names.size() != 1) {
                throw new UnfogException(
                        ErrorCode.PLUGIN_BROKEN,
                        candidate.path().toString(),
                        "it has no classes, and so lends its network, but brings " + names.size() + " networks: "
                                + names,
                        "make a plugin of each");
            }
            return names.get(0);
        }

        private static List<Operation> cleaners(Candidate candidate, Map<String, InstalledPlugin> started) {
            String lender = candidate.descriptor().getDependencies().get(0).getPluginId();
            InstalledPlugin other = started.get(lender);
            List<Operation> cleaners = other == null
                    ? List.of()
                    : other.operations().stream()
                            .filter(Cleaner.class::isInstance)
                            .toList();
            if (cleaners.isEmpty()) {
                throw new UnfogException(
                        ErrorCode.PLUGIN_BROKEN,
                        candidate.path().toString(),
                        "it lends its network to " + lender + ", which is not ready or cleans nothing",
                        "see what is wrong with " + lender + ", or install it");
            }
            return cleaners;
        }

        private static @Nullable RuntimeException asRuntimeException(@Nullable Throwable failure) {
            if (failure == null || failure instanceof RuntimeException) {
                return (RuntimeException) failure;
            }
            return new IllegalStateException("its start fails", failure);
        }

        private static Class<?> extensionType(ClassLoader loader, String name) {
            try {
                return loader.loadClass(name);
            } catch (ClassNotFoundException exception) {
                throw new IllegalStateException("the extension " + name + " is not there", exception);
            }
        }

        private Object extension(Candidate candidate, Class<?> type) {
            if (!Operation.class.isAssignableFrom(type) && !Codec.class.isAssignableFrom(type)) {
                throw new UnfogException(
                        ErrorCode.PLUGIN_BROKEN,
                        candidate.path().toString(),
                        "its extension " + type.getName() + " implements no extension point of Unfog",
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
