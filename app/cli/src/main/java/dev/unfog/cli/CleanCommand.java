package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.core.job.CleanJob;
import dev.unfog.core.job.CleanerChoice;
import dev.unfog.core.job.OutputPlan;
import dev.unfog.core.job.RunSettings;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.media.ResultOptions;
import dev.unfog.core.plugin.PluginExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unfog clean}. */
@Command(
        name = "clean",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Clean pictures, recordings and whatever else a plugin accepts.",
        description = {
            "%nThe plugin is chosen by the kind of media. Metadata are kept, and how a result was made is added to them. "
                    + "Nothing appears under its final name before it is whole. A file that fails does not keep the others "
                    + "from being cleaned."
        },
        customSynopsis = {"unfog clean IN... -o OUT [OPTIONS]"},
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "%nExamples:",
            "  unfog clean photo.jpg -o clean.png          the extension chooses the format",
            "  unfog clean a.jpg b.png -o cleaned/         several files go into a folder",
            "  unfog clean scans -o cleaned --recursive    a folder keeps its tree",
            "  unfog clean photo.jpg -o clean.jpg --json   for scripts: one JSON object",
        })
final class CleanCommand implements Callable<Integer> {
    private final Session session;
    private ParameterFlags flags = new ParameterFlags(Map.of());

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "IN", description = "Files to clean; with --recursive also folders.")
    private List<Path> inputs = List.of();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT",
            order = 1,
            description =
                    "The file to write, or a folder: one that exists, ends with '/', or is to hold several results.")
    private String output = "";

    @Option(
            names = {"-r", "--recursive"},
            order = 2,
            description = "Clean everything in the folders that are named, and mirror their trees.")
    private boolean recursive;

    @Option(names = "--overwrite", order = 3, description = "Let a result replace its own input.")
    private boolean overwrite;

    @Option(
            names = "--jpeg-quality",
            paramLabel = "N",
            order = 4,
            description = "Quality of results that are JPEGs, 1 to 100 (default: as the input's, or 95).")
    private @Nullable Integer jpegQuality;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    CleanCommand(Session session) {
        this.session = session;
    }

    /** Returns the command, with the flags of the installed plugins if they are wanted. */
    CommandLine commandLine(boolean withFlags) {
        CommandLine command = new CommandLine(this);
        if (withFlags) {
            flags = CleanerFlags.declared(session);
            flags.addTo(command.getCommandSpec());
        }
        return command;
    }

    /** A file with what is to be done to it, or why nothing can be. */
    private record Task(
            OutputPlan.Item item,
            @Nullable PluginExtension<Cleaner> cleaner,
            @Nullable UnfogException obstacle) {}

    @Override
    public Integer call() {
        Unfog unfog = session.unfog();
        ErrorReport errors = new ErrorReport(session);
        unfog.plugins().failures().forEach(errors::warn);
        RunSettings settings = network.settings(unfog);
        ResultOptions options = options();
        CleanerChoice cleaners = unfog.cleaners(network.plugins);
        OutputPlan plan = unfog.plan(inputs, output, recursive);
        List<Task> tasks = tasks(unfog, plan, cleaners);
        Map<String, ParameterValues> values = values(tasks);

        List<Map<String, Object>> results = new ArrayList<>();
        int done = 0;
        int failed = 0;
        BatchProgress progress = new BatchProgress(session.terminal(), sizes(tasks));
        try (progress) {
            for (Task task : tasks) {
                if (session.cancellation().isCancelled()) {
                    break;
                }
                Path input = task.item().input();
                progress.begin(input.toString());
                try {
                    if (task.cleaner() == null) {
                        throw Objects.requireNonNull(task.obstacle());
                    }
                    String plugin = task.cleaner().pluginId();
                    CleanJob.Result result = new CleanJob(unfog, task.cleaner(), settings, options)
                            .run(
                                    input,
                                    task.item().output(),
                                    Objects.requireNonNull(values.get(plugin)),
                                    progress,
                                    session.cancellation());
                    done++;
                    progress.clear();
                    session.tellDevice();
                    warnings(task.item(), result)
                            .forEach(warning -> session.terminal().err().println(input + ": " + warning));
                    if (!common.json) {
                        result.outputs().forEach(session.terminal().out()::println);
                    }
                    results.add(json(input, result));
                } catch (UnfogException e) {
                    failed++;
                    progress.clear();
                    errors.print(e);
                    results.add(json(input, e));
                }
                progress.end();
            }
        }
        int open = tasks.size() - done - failed;
        if (common.json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("results", results);
            object.put("done", done);
            object.put("failed", failed);
            session.terminal().out().println(Json.write(object));
        }
        if (tasks.size() > 1) {
            session.terminal()
                    .err()
                    .println(String.format(
                            Locale.ROOT,
                            "%d cleaned, %d failed%s in %s",
                            done,
                            failed,
                            open > 0 ? ", " + open + " not begun" : "",
                            ProgressLine.duration(progress.seconds())));
        }
        return session.cancellation().isCancelled() ? ExitCode.CANCELLED : ExitCode.of(done, failed);
    }

    private static List<Task> tasks(Unfog unfog, OutputPlan plan, CleanerChoice cleaners) {
        List<Task> tasks = new ArrayList<>();
        for (OutputPlan.Item item : plan.items()) {
            try {
                tasks.add(new Task(item, cleaners.of(unfog.kindOf(item.input())), null));
            } catch (UnfogException e) {
                // A mistake in the command line ends the run before anything is done; anything else is this file's own.
                if (e.code() == ErrorCode.BAD_PARAMETER) {
                    throw e;
                }
                tasks.add(new Task(item, null, e));
            }
        }
        return tasks;
    }

    private Map<String, ParameterValues> values(List<Task> tasks) {
        Map<String, PluginExtension<Cleaner>> atWork = new LinkedHashMap<>();
        for (Task task : tasks) {
            if (task.cleaner() != null) {
                atWork.put(task.cleaner().pluginId(), task.cleaner());
            }
        }
        Set<String> plugins = new LinkedHashSet<>(atWork.keySet());
        Map<String, Map<String, String>> texts =
                plugins.isEmpty() ? Map.of() : flags.texts(spec.commandLine().getParseResult(), plugins);
        Map<String, ParameterValues> values = new LinkedHashMap<>();
        texts.forEach((plugin, given) -> values.put(
                plugin,
                ParameterValues.parse(
                        Objects.requireNonNull(atWork.get(plugin)).call(called -> called.parameters()), given)));
        return values;
    }

    private ResultOptions options() {
        if (jpegQuality != null && (jpegQuality < 1 || jpegQuality > 100)) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--jpeg-quality",
                    jpegQuality + " is out of range",
                    "give a whole number in 1..100");
        }
        return new ResultOptions(jpegQuality == null ? OptionalInt.empty() : OptionalInt.of(jpegQuality), overwrite);
    }

    private List<String> warnings(OutputPlan.Item item, CleanJob.Result result) {
        List<String> warnings = new ArrayList<>();
        String wanted = extension(item.input());
        if (!extension(item.output()).equalsIgnoreCase(wanted)
                && !extension(Path.of(output)).equals(extension(item.output()))) {
            warnings.add("files of this format cannot be written, so the result is " + item.output());
        }
        warnings.addAll(result.warnings());
        return warnings;
    }

    private static String extension(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static List<Long> sizes(List<Task> tasks) {
        List<Long> sizes = new ArrayList<>();
        for (Task task : tasks) {
            try {
                sizes.add(task.cleaner() == null ? 0 : Files.size(task.item().input()));
            } catch (IOException e) {
                sizes.add(0L);
            }
        }
        return sizes;
    }

    private static Map<String, Object> json(Path input, CleanJob.Result result) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("input", input.toString());
        object.put("status", "done");
        object.put("outputs", result.outputs().stream().map(Path::toString).toList());
        object.put("plugin", result.plugin());
        object.put("seconds", result.seconds());
        object.put("notes", result.notes());
        object.put("warnings", result.warnings());
        return object;
    }

    private static Map<String, Object> json(Path input, UnfogException error) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("input", input.toString());
        object.put("status", "failed");
        object.put("error", Json.error(error));
        return object;
    }
}
