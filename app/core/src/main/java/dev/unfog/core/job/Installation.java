package dev.unfog.core.job;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Properties;

/**
 * Where Unfog lies, and where the user's own plugins, models and settings lie. Neither folder need exist.
 *
 * @param directory the unpacked distribution, which is never written to
 * @param home the user's own folder
 */
public record Installation(Path directory, Path home) {
    /** The version of Unfog. */
    public static final String VERSION = readVersion();

    /**
     * Returns the installation of this process. The launcher names the distribution in the system property {@code
     * unfog.installation}; otherwise it is where this jar's folder lies. The user names their folder in the environment variable
     * {@code UNFOG_HOME}; otherwise it is {@code .unfog} in their home.
     */
    public static Installation ofProcess() {
        String told = System.getProperty("unfog.installation", "");
        String home = System.getenv("UNFOG_HOME");
        return new Installation(
                told.isEmpty() ? aroundThisJar() : Path.of(told),
                home == null || home.isBlank() ? Path.of(System.getProperty("user.home"), ".unfog") : Path.of(home));
    }

    private static Path aroundThisJar() {
        CodeSource source = Installation.class.getProtectionDomain().getCodeSource();
        try {
            Path jar = source == null ? null : Path.of(source.getLocation().toURI());
            Path folder = jar == null ? null : jar.getParent();
            Path around = folder == null ? null : folder.getParent();
            return around == null ? Path.of("") : around;
        } catch (URISyntaxException e) {
            throw new IllegalStateException("A jar lies at a URI", e);
        }
    }

    /** Returns the folders that hold plugins, the user's first. */
    public List<Path> pluginDirectories() {
        return List.of(home.resolve("plugins"), directory.resolve("plugins"));
    }

    /** Returns the folder in which plugins are unpacked. */
    public Path pluginCache() {
        return home.resolve("cache").resolve("plugins");
    }

    /** Returns the folders that hold the jars of the training service, the user's first. */
    public List<Path> trainingDirectories() {
        return List.of(home.resolve("training"), directory.resolve("training"));
    }

    /** Returns the folder of the user's own networks, one folder each. */
    public Path userModels() {
        return home.resolve("models");
    }

    /** Returns the folder of the networks that came with Unfog, one folder each. */
    public Path distributionModels() {
        return directory.resolve("models");
    }

    /** Returns the user's settings file. */
    public Path configurationFile() {
        return home.resolve("config");
    }

    private static String readVersion() {
        try (InputStream in = Installation.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("version.properties is missing from the jar");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
