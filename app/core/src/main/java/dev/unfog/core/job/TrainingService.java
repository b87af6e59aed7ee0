package dev.unfog.core.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.train.ScoreTraining;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * The training service, which a distribution may lack: its jars and natives are large, and few train.
 *
 * <p>Its jars are loaded by a loader of their own, once a process, because native code cannot be loaded twice.
 */
public final class TrainingService {
    private static final Map<Installation, ScoreTraining> LOADED = new HashMap<>();

    private TrainingService() {}

    /**
     * Returns the training service.
     *
     * @param installation where its jars lie
     * @throws UnfogException with {@link ErrorCode#PLUGIN_NOT_FOUND} if it is not installed, {@link ErrorCode#PLUGIN_BROKEN} if it
     *     does not load
     */
    public static ScoreTraining of(Installation installation) {
        synchronized (LOADED) {
            return LOADED.computeIfAbsent(installation, TrainingService::load);
        }
    }

    @SuppressWarnings("resource") // Open for the life of the process: natives cannot be let go of.
    private static ScoreTraining load(Installation installation) {
        List<URL> jars = new ArrayList<>();
        for (Path folder : installation.trainingDirectories()) {
            if (jars.isEmpty()) {
                jars.addAll(jarsIn(folder));
            }
        }
        ClassLoader loader =
                new URLClassLoader("training", jars.toArray(URL[]::new), TrainingService.class.getClassLoader());
        try {
            return ServiceLoader.load(ScoreTraining.class, loader)
                    .findFirst()
                    .orElseThrow(() -> new UnfogException(
                            ErrorCode.PLUGIN_NOT_FOUND,
                            "training",
                            "the training service is not installed",
                            "unpack unfog-" + Installation.VERSION
                                    + "-training-*.zip, the download for this system beside Unfog's own, into "
                                    + installation.home()));
        } catch (ServiceConfigurationError | LinkageError e) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    "training",
                    "the training service does not load: " + e.getMessage(),
                    "copy the folder training of the same version of Unfog again",
                    e);
        }
    }

    private static List<URL> jarsIn(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<URL> jars = new ArrayList<>();
            for (Path jar : files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList()) {
                jars.add(url(jar));
            }
            return jars;
        } catch (IOException e) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    folder.toString(),
                    "the training service cannot be read: " + e.getMessage(),
                    "check the folder's permissions",
                    e);
        }
    }

    private static URL url(Path jar) throws MalformedURLException {
        return jar.toUri().toURL();
    }
}
