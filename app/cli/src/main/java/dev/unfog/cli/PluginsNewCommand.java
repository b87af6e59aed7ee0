package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.api.plugin.Operation;
import dev.unfog.core.job.Installation;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.model.InstalledModel;
import dev.unfog.core.plugin.InstalledPlugin;
import dev.unfog.core.plugin.NetworkPlugin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code unfog plugins new}. */
@Command(
        name = "new",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Make a plugin of an ONNX score network, without writing code.",
        description =
                "%nThe plugin lends its network to an installed one, which cleans with it as with its own. A name that ends in .zip "
                        + "gives a plugin ready to install, any other a folder to go on with, which can be installed as it is.",
        optionListHeading = "%nOptions:%n")
final class PluginsNewCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            description = "The folder or zip to make; its name is the plugin's id.")
    private Path target = Path.of("");

    @Option(
            names = "--from-onnx",
            paramLabel = "FILE",
            required = true,
            description = "A score network: an ONNX file that brings its card, or has it beside it as FILE.json.")
    private Path network = Path.of("");

    @Option(
            names = "--with",
            paramLabel = "ID",
            description = "The installed plugin that runs it (default: the only one).")
    private @Nullable String lender;

    @Option(names = "--provider", paramLabel = "NAME", defaultValue = "", description = "Who makes it.")
    private String provider = "";

    @Option(
            names = "--description",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "One line that says what it is.")
    private String description = "";

    @Mixin
    private CommonOptions common = new CommonOptions();

    PluginsNewCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Unfog unfog = session.unfog();
        InstalledModel model = new NetworkCheck(session).check(network);
        String runner = runner(unfog, model.card().kind());
        String id = target.toAbsolutePath().normalize().getFileName().toString().replaceFirst("\\.zip$", "");
        String line = description.isEmpty()
                ? "What " + runner + " does, with the network " + model.card().id()
                : description;
        new NetworkPlugin(id, "0.1.0", line, provider, runner, Installation.VERSION)
                .write(target, model.network(), unfog.models().cardText(model));
        session.terminal()
                .out()
                .println(
                        common.json
                                ? Json.write(Map.of("id", id, "path", target.toString(), "with", runner))
                                : "wrote " + target + "; next: unfog plugins install " + target
                                        + " --trust, then unfog clean " + "FILE -o OUT --plugin " + id);
        return ExitCode.DONE;
    }

    private String runner(Unfog unfog, MediaKind kind) {
        List<String> candidates = unfog.plugins().plugins().stream()
                .filter(plugin -> plugin.network().isEmpty())
                .filter(plugin -> plugin.operations().stream().anyMatch(operation -> cleans(operation, kind)))
                .map(InstalledPlugin::id)
                .filter(id -> lender == null || id.equals(lender))
                .toList();
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        throw new UnfogException(
                ErrorCode.PLUGIN_NOT_FOUND,
                lender == null ? "kind " + kind : lender,
                candidates.isEmpty()
                        ? "no installed plugin of that name cleans samples of kind " + kind
                        : "several plugins clean samples of that kind: " + String.join(", ", candidates),
                candidates.isEmpty() ? "see unfog plugins list" : "name one with --with");
    }

    private static boolean cleans(Operation operation, MediaKind kind) {
        return operation instanceof Cleaner && operation.accepts().contains(kind);
    }
}
