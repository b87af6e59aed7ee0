package dev.unfog.cli;

import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Fitter;
import dev.unfog.core.job.FitInputs;
import dev.unfog.core.job.FitJob;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.model.FileDigests;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unfog fit}. */
@Command(
        name = "fit",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Learn what is normal, from normal samples.",
        description = {
            "%nThe result is one file, with which 'unfog score' says of other samples how far they are from normal. Part of the "
                    + "normal samples is kept aside to calibrate on. Learning needs the training libraries, unless it is --quick; scoring never does."
        },
        customSynopsis = {"unfog fit --normal X... -o FILE [OPTIONS]"},
        optionListHeading = "%nOptions:%n",
        footer = {
            "%nExamples:",
            "  unfog fit --normal parts.csv -o parts.unfog",
            "  unfog fit --normal parts.csv --ignore serial --ignore date -o parts.unfog",
            "  unfog fit --normal good-scans --quick -o cloth.unfog",
            "  unfog score new.csv --with parts.unfog -o report.csv",
        })
final class FitCommand implements Callable<Integer> {
    private final Session session;
    private ParameterFlags flags = new ParameterFlags(Map.of());

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--normal",
            required = true,
            arity = "1..*",
            paramLabel = "X",
            order = 1,
            description = "Normal samples: tables, or folders of samples of one kind.")
    private List<Path> normals = List.of();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            order = 2,
            description = "The model to write.")
    private Path output = Path.of("");

    @Option(
            names = "--calibration",
            arity = "1..*",
            paramLabel = "X",
            order = 3,
            description =
                    "Normal samples to calibrate on, none of them among those to learn from (default: a fifth of those).")
    private List<Path> calibration = List.of();

    @Option(
            names = "--ignore",
            paramLabel = "COLUMN",
            order = 4,
            description = "Leave this column of tables out; may be given more than once.")
    private Set<String> ignored = new LinkedHashSet<>();

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    FitCommand(Session session) {
        this.session = session;
    }

    /** Returns the command, with the flags of the installed plugins if they are wanted. */
    CommandLine commandLine(boolean withFlags) {
        CommandLine command = new CommandLine(this);
        if (withFlags) {
            flags = OperationFlags.declared(session, Fitter.class, parameter -> true);
            flags.addTo(command.getCommandSpec());
        }
        return command;
    }

    @Override
    public Integer call() {
        Unfog unfog = session.unfog(new ErrorReport(session));
        FitInputs inputs = FitInputs.of(unfog, normals);
        List<Path> aside = calibration.isEmpty()
                ? List.of()
                : FitInputs.of(unfog, calibration, inputs.kind()).files();
        PluginExtension<Fitter> fitter = unfog.fitters(network.plugins).of(inputs.kind());
        Map<String, String> texts = flags.textsOf(spec.commandLine().getParseResult(), fitter.pluginId());
        ParameterValues values = ParameterValues.parse(fitter.call(called -> called.parameters()), texts);
        long began = System.nanoTime();
        try (ProgressLine progress = new ProgressLine(session.terminal())) {
            new FitJob(unfog, fitter, values, network.settings(unfog))
                    .fit(inputs.files(), aside, ignored, output, progress, session.cancellation());
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        if (common.json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("model", output.toString());
            object.put("sha256", FileDigests.of(output));
            object.put("plugin", fitter.pluginId());
            object.put("kind", inputs.kind().name());
            object.put("seconds", seconds);
            session.terminal().out().println(Json.write(object));
        } else {
            session.terminal().out().println(output);
            session.terminal().err().println("fitted in " + ProgressLine.duration(seconds));
        }
        return ExitCode.DONE;
    }
}
