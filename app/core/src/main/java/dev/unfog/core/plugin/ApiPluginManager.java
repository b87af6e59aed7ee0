package dev.unfog.core.plugin;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import org.pf4j.AbstractPluginManager;
import org.pf4j.BasePluginLoader;
import org.pf4j.ClassLoadingStrategy;
import org.pf4j.CompoundPluginDescriptorFinder;
import org.pf4j.CompoundPluginLoader;
import org.pf4j.DefaultExtensionFactory;
import org.pf4j.DefaultExtensionFinder;
import org.pf4j.DefaultPluginClasspath;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ExtensionFactory;
import org.pf4j.ExtensionFinder;
import org.pf4j.JarPluginLoader;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.Plugin;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginRepository;
import org.pf4j.PluginRuntimeException;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PluginWrapper;
import org.pf4j.PropertiesPluginDescriptorFinder;
import org.pf4j.VersionManager;

/**
 * PF4J as Unfog uses it: plugins see {@link ApiClassLoader} alone, nothing is written beside them, and a plugin whose
 * constructor throws says so.
 */
final class ApiPluginManager extends AbstractPluginManager {
    private static final ClassLoader API = new ApiClassLoader(ApiPluginManager.class.getClassLoader());

    ApiPluginManager(List<Path> directories, String hostVersion) {
        super(directories);
        setSystemVersion(hostVersion);
        setResolveRecoveryStrategy(ResolveRecoveryStrategy.IGNORE_PLUGIN_AND_CONTINUE);
    }

    PluginDescriptor describe(Path contents) {
        PluginDescriptor descriptor = getPluginDescriptorFinder().find(contents);
        validatePluginDescriptor(descriptor);
        return descriptor;
    }

    PluginWrapper load(Path contents) {
        return loadPluginFromPath(contents);
    }

    void resolve() {
        resolvePlugins();
    }

    /** Whether the host is new enough for the plugin; a malformed requirement throws. */
    boolean isCompatible(PluginDescriptor descriptor) {
        String requires = descriptor.getRequires().trim();
        // A bare version means "or newer", as PF4J has it.
        String constraint = requires.matches("\\d+(\\.\\d+)*") ? ">=" + requires : requires;
        return constraint.equals("*") || getVersionManager().checkVersionConstraint(getSystemVersion(), constraint);
    }

    @Override
    protected PluginRepository createPluginRepository() {
        return new PluginRepository() {
            @Override
            public List<Path> getPluginPaths() {
                return List.of();
            }

            @Override
            public boolean deletePluginPath(Path pluginPath) {
                return false;
            }
        };
    }

    @Override
    protected PluginFactory createPluginFactory() {
        return ApiPluginManager::create;
    }

    private static Plugin create(PluginWrapper wrapper) {
        String name = wrapper.getDescriptor().getPluginClass();
        try {
            Class<?> type = wrapper.getPluginClassLoader().loadClass(name);
            for (Constructor<?> constructor : type.getConstructors()) {
                if (constructor.getParameterCount() == 0) {
                    return (Plugin) constructor.newInstance();
                }
            }
            return (Plugin) type.getConstructor(PluginWrapper.class).newInstance(wrapper);
        } catch (InvocationTargetException exception) {
            Throwable cause = exception.getCause();
            throw new PluginRuntimeException(cause, "{} throws in its constructor", name);
        } catch (ReflectiveOperationException | ClassCastException exception) {
            throw new PluginRuntimeException(exception, "{} cannot be made", name);
        }
    }

    @Override
    protected ExtensionFactory createExtensionFactory() {
        return new DefaultExtensionFactory();
    }

    @Override
    protected PluginDescriptorFinder createPluginDescriptorFinder() {
        return new CompoundPluginDescriptorFinder()
                .add(new PropertiesPluginDescriptorFinder())
                .add(new ManifestPluginDescriptorFinder());
    }

    @Override
    protected ExtensionFinder createExtensionFinder() {
        return new DefaultExtensionFinder(this);
    }

    @Override
    protected PluginStatusProvider createPluginStatusProvider() {
        return new PluginStatusProvider() {
            @Override
            public boolean isPluginDisabled(String pluginId) {
                return false;
            }

            @Override
            public void disablePlugin(String pluginId) {}

            @Override
            public void enablePlugin(String pluginId) {}
        };
    }

    @Override
    protected PluginLoader createPluginLoader() {
        PluginLoader folders = new BasePluginLoader(this, new DefaultPluginClasspath()) {
            @Override
            protected PluginClassLoader createPluginClassLoader(Path path, PluginDescriptor descriptor) {
                return classLoader(descriptor);
            }
        };
        PluginLoader jars = new JarPluginLoader(this) {
            @Override
            protected PluginClassLoader createPluginClassLoader(Path path, PluginDescriptor descriptor) {
                return classLoader(descriptor);
            }
        };
        return new CompoundPluginLoader().add(jars).add(folders);
    }

    private PluginClassLoader classLoader(PluginDescriptor descriptor) {
        // Shared packages always come from the host, even where a plugin wrongly brings a copy: hence parent first. The
        // parent shows nothing else, so whatever else a plugin brings is its own.
        return new PluginClassLoader(this, descriptor, API, ClassLoadingStrategy.APD);
    }

    @Override
    protected VersionManager createVersionManager() {
        return new DefaultVersionManager();
    }
}
