package dev.unfog.core.job;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.Rows;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Fitter;
import dev.unfog.api.plugin.Samples;
import dev.unfog.core.media.rows.SelectedColumns;
import dev.unfog.core.plugin.PluginExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Has a plugin learn what is normal, and puts the model in its place once it is whole.
 *
 * @param unfog the host
 * @param fitter what learns
 * @param parameters its parameters
 * @param settings how it is run
 */
public record FitJob(Unfog unfog, PluginExtension<Fitter> fitter, ParameterValues parameters, RunSettings settings) {

    /**
     * Fits a model and leaves the choice of what to calibrate on to the plugin.
     *
     * @param normals files of one kind, at least one
     * @param ignored for tables, the names of columns to leave out
     * @param model the file to write, replaced if it is there
     * @throws UnfogException what the plugin throws, or with {@link ErrorCode#OUTPUT_NOT_WRITABLE}; the model is then as it was
     */
    public void fit(List<Path> normals, Set<String> ignored, Path model, Progress progress, Cancellation cancellation) {
        fit(normals, List.of(), ignored, model, progress, cancellation);
    }

    /**
     * Fits a model.
     *
     * @param normals files of one kind, at least one
     * @param calibration normal samples of the same kind to calibrate on; empty to leave the choice to the plugin
     * @param ignored for tables, the names of columns to leave out
     * @param model the file to write, replaced if it is there
     * @throws UnfogException what the plugin throws, or with {@link ErrorCode#OUTPUT_NOT_WRITABLE}; the model is then as it was
     */
    public void fit(
            List<Path> normals,
            List<Path> calibration,
            Set<String> ignored,
            Path model,
            Progress progress,
            Cancellation cancellation) {
        Path target = model.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(target)) {
            throw notWritable(model, "there is no such folder, or it is a folder itself", null);
        }
        try (TemporaryFolder temporary = TemporaryFolder.create()) {
            CallContext context = new CallContext(
                    unfog, fitter.pluginId(), settings, progress, cancellation, temporary.subfolder("plugin"));
            Samples samples = new FileSamples(unfog, normals, calibration, ignored, temporary.subfolder("media"));
            Path half = folder.resolve("." + target.getFileName() + ".part");
            try {
                fitter.run(called -> called.fit(samples, half, parameters, context));
                cancellation.throwIfCancelled();
                Files.move(half, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(half);
            }
        } catch (IOException e) {
            throw notWritable(model, "it cannot be written: " + e.getMessage(), e);
        }
    }

    private static UnfogException notWritable(
            Path model, String problem, @org.jspecify.annotations.Nullable Throwable e) {
        return new UnfogException(
                ErrorCode.OUTPUT_NOT_WRITABLE, model.toString(), problem, "name a file in a folder of your own", e);
    }

    /** Files, each opened when it is asked for. */
    private record FileSamples(
            Unfog unfog, List<Path> files, List<Path> aside, Set<String> ignored, Path temporaryDirectory)
            implements Samples {
        @Override
        public int count() {
            return files.size();
        }

        @Override
        public Media open(int index) {
            Media media = unfog.open(files.get(index), temporaryDirectory);
            return media instanceof Rows rows && !ignored.isEmpty() ? SelectedColumns.without(rows, ignored) : media;
        }

        @Override
        public Optional<Samples> calibration() {
            return aside.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new FileSamples(unfog, aside, List.of(), ignored, temporaryDirectory));
        }
    }
}
