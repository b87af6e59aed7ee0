package dev.unfog.core.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * The user's settings, {@code $UNFOG_HOME/config}: lines such as {@code clean.picture = image-restoration}.
 *
 * <p>Immutable; safe for use by many threads.
 */
public final class Configuration {
    private static final Pattern SETTING = Pattern.compile("(clean|fit|score)\\..+");

    private final Properties properties;

    private Configuration(Properties properties) {
        this.properties = properties;
    }

    /**
     * Reads a settings file.
     *
     * @param file the file; where it does not exist nothing is set
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if it cannot be read or holds a setting that there is not
     */
    public static Configuration read(Path file) {
        Properties properties = new Properties();
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                properties.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        file.toString(),
                        "the settings cannot be read: " + e.getMessage(),
                        "write lines such as clean.picture = image-restoration",
                        e);
            }
        }
        for (String name : properties.stringPropertyNames()) {
            if (!SETTING.matcher(name).matches()) {
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        file.toString(),
                        "there is no setting " + name,
                        "remove the line; a setting is clean.KIND, fit.KIND or score.KIND, such as clean.picture");
            }
        }
        return new Configuration(properties);
    }

    /**
     * Returns the plugin that does something with a kind of media where several could, if the user has chosen one.
     *
     * @param verb {@code clean}, {@code fit} or {@code score}
     */
    Optional<String> pluginFor(String verb, MediaKind kind) {
        return Optional.ofNullable(properties.getProperty(verb + "." + kind.name()))
                .map(String::strip);
    }
}
