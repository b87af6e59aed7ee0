package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.core.job.BatchJournal;
import dev.unfog.core.job.CleanBatch;
import dev.unfog.core.job.HotFolder;
import dev.unfog.core.job.OperationChoice;
import dev.unfog.core.job.OutputPlan;
import dev.unfog.core.job.RunSettings;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.media.ResultOptions;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
                    + "from being cleaned. Several files are worked on at once; the results are the same as one by one. "
                    + "What is done of a folder is on record in OUT/" + BatchJournal.NAME + ", for --resume."
        },
        customSynopsis = {"unfog clean IN... -o OUT [OPTIONS]"},
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "%nExamples:",
            "  unfog clean photo.jpg -o clean.png          the extension chooses the format",
            "  unfog clean a.jpg b.png -o cleaned/         several files go into a folder",
            "  unfog clean scans -o cleaned --recursive    a folder keeps its tree",
            "  unfog clean scans -o cleaned -r --resume    go on after a power cut, or do only what is new",
            "  unfog clean inbox -o cleaned -r --watch     clean whatever is put into a folder, until Ctrl-C",
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

    @Option(
            names = "--jobs",
            paramLabel = "N",
            order = 3,
            description = "Work on this many files at once (default: as processors and free memory allow).")
    private @Nullable Integer jobs;

    @Option(
            names = "--on-error",
            paramLabel = "WORD",
            defaultValue = "skip",
            order = 4,
            description =
                    "After a file that fails, skip it or stop and begin no other: ${COMPLETION-CANDIDATES} (default skip).")
    private OnError onError = OnError.skip;

    @Option(
            names = "--resume",
            order = 5,
            description = "Do only what an earlier run has not done with the same files and settings.")
    private boolean resume;

    @Option(names = "--dry-run", order = 6, description = "Print what would be done, and do nothing.")
    private boolean dryRun;

    @Option(
            names = "--watch",
            order = 7,
            description =
                    "Go on with what is put into the folders or changed in them, until Ctrl-C; goes on as --resume does.")
    private boolean watch;

    @Option(names = "--overwrite", order = 8, description = "Let a result replace its own input.")
    private boolean overwrite;

    @Option(
            names = "--jpeg-quality",
            paramLabel = "N",
            order = 9,
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
            flags = OperationFlags.declared(session, Cleaner.class, parameter -> true);
            flags.addTo(command.getCommandSpec());
        }
        return command;
    }

    /** What to do after a file has failed; named as the user writes it. */
    private enum OnError {
        skip,
        stop
    }

    /** A file with what cleans it, or why nothing can. */
    private record Choice(
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
        OperationChoice<Cleaner> cleaners = unfog.cleaners(network.plugins);
        if (watch && !dryRun) {
            return watch(unfog, settings, options, cleaners);
        }
        OutputPlan plan = unfog.plan(inputs, output, recursive);
        List<Choice> choices = new ArrayList<>();
        for (OutputPlan.Item item : plan.items()) {
            Choice choice = choice(unfog, item, cleaners);
            // A mistake in the command line ends the run before anything is done; anything else is this file's own.
            if (choice.obstacle() != null && choice.obstacle().code() == ErrorCode.BAD_PARAMETER) {
                throw choice.obstacle();
            }
            choices.add(choice);
        }
        Map<String, ParameterValues> values = values(choices.stream()
                .map(Choice::cleaner)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList());
        if (resume) {
            plan.items().forEach(CleanCommand::requireAnotherFile);
        }
        boolean isBatch = resume || choices.size() > 1 || inputs.stream().anyMatch(Files::isDirectory);
        CleanBatch batch = new CleanBatch(unfog, settings, options, plan);
        if (dryRun) {
            return dryRun(errors, batch, choices, values);
        }
        try (CleanReport report = new CleanReport(session, output, common.json, false)) {
            clean(batch, choices, values, isBatch, report);
            return report.finish(isBatch);
        }
    }

    private static Choice choice(Unfog unfog, OutputPlan.Item item, OperationChoice<Cleaner> cleaners) {
        try {
            return new Choice(item, cleaners.of(unfog.kindOf(item.input())), null);
        } catch (UnfogException e) {
            return new Choice(item, null, e);
        }
    }

    /** One that replaces its input leaves no trace by which to tell whether it is done. */
    private static void requireAnotherFile(OutputPlan.Item item) {
        if (item.input()
                .toAbsolutePath()
                .normalize()
                .equals(item.output().toAbsolutePath().normalize())) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    item.input().toString(),
                    "its result would replace it, so that it might be cleaned twice",
                    "name another folder for the results");
        }
    }

    private static List<CleanBatch.Task> tasks(List<Choice> choices, Map<String, ParameterValues> values) {
        List<CleanBatch.Task> tasks = new ArrayList<>();
        for (Choice choice : choices) {
            if (choice.cleaner() != null) {
                tasks.add(new CleanBatch.Task(
                        choice.item(),
                        choice.cleaner(),
                        Objects.requireNonNull(values.get(choice.cleaner().pluginId()))));
            }
        }
        return tasks;
    }

    private void clean(
            CleanBatch batch,
            List<Choice> choices,
            Map<String, ParameterValues> values,
            boolean isBatch,
            CleanReport report) {
        List<CleanBatch.Task> tasks = tasks(choices, values);
        List<CleanBatch.Task> remaining = resume || watch ? batch.remaining(tasks) : tasks;
        report.begin(remaining, choices.stream().map(Choice::item).toList());
        Set<CleanBatch.Task> left = new HashSet<>(remaining);
        tasks.stream().filter(task -> !left.contains(task)).forEach(task -> report.skipped(task.item()));
        for (Choice choice : choices) {
            if (choice.obstacle() != null && !isStopped(report)) {
                report.obstacle(choice.item(), choice.obstacle());
            }
        }
        if (!remaining.isEmpty() && !isStopped(report)) {
            int atOnce = jobs == null ? CleanBatch.defaultJobs() : jobs;
            batch.run(remaining, atOnce, isBatch, onError == OnError.stop, report, session.cancellation());
        }
    }

    private boolean isStopped(CleanReport report) {
        return onError == OnError.stop && report.failed() > 0;
    }

    private int watch(Unfog unfog, RunSettings settings, ResultOptions options, OperationChoice<Cleaner> cleaners) {
        Map<String, ParameterValues> values = values(cleaners.candidates());
        for (Path folder : inputs) {
            requireAnotherFile(new OutputPlan.Item(folder, Path.of(output)));
        }
        if (!recursive) {
            throw new UnfogException(ErrorCode.BAD_PARAMETER, "--watch", "it watches whole folders", "add --recursive");
        }
        try (HotFolder folder = unfog.watch(inputs, output);
                CleanReport report = new CleanReport(session, output, common.json, true)) {
            CleanBatch batch = new CleanBatch(unfog, settings, options, folder.plan());
            Map<Path, Path> claimed = new HashMap<>();
            session.terminal().err().println("unfog: watching " + names(inputs) + "; Ctrl-C ends");
            while (!session.cancellation().isCancelled() && !isStopped(report)) {
                List<Choice> choices = new ArrayList<>();
                for (OutputPlan.Item item : folder.next(session.cancellation())) {
                    Path other = claimed.putIfAbsent(item.output(), item.input());
                    choices.add(
                            other == null || other.equals(item.input())
                                    ? choice(unfog, item, cleaners)
                                    : new Choice(item, null, OutputPlan.collision(item, other)));
                }
                clean(batch, choices, values, true, report);
            }
            return report.finish(true);
        }
    }

    private static String names(List<Path> paths) {
        return paths.stream().map(Path::toString).collect(Collectors.joining(", "));
    }

    private int dryRun(
            ErrorReport errors, CleanBatch batch, List<Choice> choices, Map<String, ParameterValues> values) {
        List<CleanBatch.Task> tasks = tasks(choices, values);
        Set<OutputPlan.Item> left = new HashSet<>();
        (resume || watch ? batch.remaining(tasks) : tasks).forEach(task -> left.add(task.item()));
        List<Map<String, Object>> entries = new ArrayList<>();
        int failing = 0;
        for (Choice choice : choices) {
            OutputPlan.Item item = choice.item();
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("input", item.input().toString());
            entry.put("output", item.output().toString());
            if (choice.obstacle() != null) {
                failing++;
                errors.print(choice.obstacle());
                entry.put("action", "fail");
                entry.put("error", Json.error(choice.obstacle()));
            } else if (choice.cleaner() != null) {
                entry.put("action", left.contains(item) ? "clean" : "skip");
                entry.put("plugin", choice.cleaner().pluginId());
                if (!common.json) {
                    String how = left.contains(item) ? choice.cleaner().pluginId() : "done before";
                    session.terminal().out().println(item.input() + " -> " + item.output() + " (" + how + ")");
                }
            }
            entries.add(entry);
        }
        if (common.json) {
            session.terminal().out().println(Json.write(Map.of("plan", entries)));
        }
        session.terminal()
                .err()
                .println(left.size() + " to clean, " + (tasks.size() - left.size()) + " done before, " + failing
                        + " cannot be cleaned");
        return ExitCode.of(tasks.size(), failing);
    }

    private Map<String, ParameterValues> values(List<PluginExtension<Cleaner>> cleaners) {
        Map<String, PluginExtension<Cleaner>> atWork = new LinkedHashMap<>();
        cleaners.forEach(cleaner -> atWork.put(cleaner.pluginId(), cleaner));
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
        if (jobs != null && jobs < 1) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER, "--jobs", jobs + " is below 1", "give a number from 1 on");
        }
        if (jpegQuality != null && (jpegQuality < 1 || jpegQuality > 100)) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--jpeg-quality",
                    jpegQuality + " is out of range",
                    "give a whole number in 1..100");
        }
        return new ResultOptions(jpegQuality == null ? OptionalInt.empty() : OptionalInt.of(jpegQuality), overwrite);
    }
}
