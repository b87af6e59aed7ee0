package dev.unfog.server.worker;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.api.plugin.Operation;
import dev.unfog.core.job.CleanJob;
import dev.unfog.core.job.CleanerChoice;
import dev.unfog.core.job.RunSettings;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.media.PictureFormat;
import dev.unfog.core.media.ResultOptions;
import dev.unfog.core.media.audio.AudioContainer;
import dev.unfog.core.onnx.DevicePolicy;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Carries out one order. For one thread. */
final class JobWork {
    private final Unfog unfog;
    private final Order.Run order;
    private final Cancellation cancellation;
    private final RunSettings settings;

    /** What came of a file. */
    record Outcome(List<String> outputs, Map<String, Object> notes, List<String> warnings, double seconds) {}

    /** Follows the work. */
    interface Listener {
        void begun(int file);

        Progress progress(int file);

        void done(int file, String kind, Outcome outcome);

        void failed(int file, @Nullable String kind, UnfogException error);
    }

    JobWork(Unfog unfog, Order.Run order, Cancellation cancellation) {
        this.unfog = unfog;
        this.order = order;
        this.cancellation = cancellation;
        this.settings = new RunSettings(Optional.empty(), DevicePolicy.AUTO, order.seed());
    }

    /**
     * Does it.
     *
     * @return names of files in the output folder that belong to the job as a whole
     * @throws UnfogException whatever keeps the whole job from being done
     */
    List<String> run(Listener listener) {
        return switch (order.verb()) {
            case "clean" -> clean(listener);
            default ->
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER, order.verb(), "there is no such operation", "choose clean");
        };
    }

    private List<String> clean(Listener listener) {
        CleanerChoice cleaners = unfog.cleaners(order.plugin() == null ? List.of() : List.of(order.plugin()));
        for (int i = 0; i < order.inputs().size(); i++) {
            cancellation.throwIfCancelled();
            listener.begun(i);
            Path input = Path.of(order.inputs().get(i).path());
            String kind = null;
            try {
                MediaKind found = unfog.kindOf(input);
                kind = found.name();
                PluginExtension<Cleaner> cleaner = cleaners.of(found);
                ParameterValues values = values(cleaner);
                Path output = Path.of(order.outputFolder()).resolve(i + "." + extension(found, input));
                CleanJob.Result result = new CleanJob(unfog, cleaner, settings, ResultOptions.DEFAULT)
                        .run(input, output, values, listener.progress(i)::report, cancellation);
                listener.done(i, kind, outcome(result));
            } catch (UnfogException e) {
                cancellation.throwIfCancelled();
                listener.failed(i, kind, e);
            }
        }
        return List.of();
    }

    /** A parameter goes to every plugin at work that declares it. */
    private ParameterValues values(PluginExtension<? extends Operation> operation) {
        List<Parameter<?>> declared = operation.call(Operation::parameters);
        Map<String, String> given = new LinkedHashMap<>();
        for (Parameter<?> parameter : declared) {
            String text = order.parameters().get(parameter.name());
            if (text != null) {
                given.put(parameter.name(), text);
            }
        }
        return ParameterValues.parse(declared, given);
    }

    /** A result keeps the format of its input if that can be written. */
    private static String extension(MediaKind kind, Path input) {
        String name = String.valueOf(input.getFileName());
        String extension = name.substring(name.lastIndexOf('.') + 1);
        if (kind.equals(MediaKind.AUDIO)) {
            return AudioContainer.ofExtension(extension)
                    .filter(AudioContainer::isWritable)
                    .map(container -> extension)
                    .orElse("wav");
        }
        if (kind.equals(MediaKind.PICTURE)) {
            return PictureFormat.ofExtension(extension)
                    .filter(PictureFormat::isWritable)
                    .map(format -> extension)
                    .orElse("png");
        }
        return extension;
    }

    private static Outcome outcome(CleanJob.Result result) {
        return new Outcome(
                result.outputs().stream()
                        .map(file -> String.valueOf(file.getFileName()))
                        .toList(),
                result.notes(),
                result.warnings(),
                result.seconds());
    }

    /** Returns an error in which the files are called what people call them. */
    Problem named(UnfogException error) {
        Problem problem = Problem.of(error);
        for (Order.Input input : order.inputs()) {
            problem = problem.replacing(input.path(), input.name());
        }
        for (Map.Entry<String, String> parameter : order.parameters().entrySet()) {
            if (parameter.getValue().startsWith("/") || Path.of(parameter.getValue()).isAbsolute()) {
                problem = problem.replacing(parameter.getValue(), "--" + parameter.getKey());
            }
        }
        return problem.replacing(order.outputFolder() + "/", "result ");
    }
}
