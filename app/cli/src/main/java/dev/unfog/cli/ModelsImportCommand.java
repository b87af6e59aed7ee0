package dev.unfog.cli;

import dev.unfog.core.model.InstalledModel;
import dev.unfog.core.model.ModelStore;
import dev.unfog.core.model.UserModels;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code unfog models import}. */
@Command(
        name = "import",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Put a score network of your own among yours, having checked it.",
        description =
                "%nAn ONNX file that satisfies the score-network contract; its card is within, or beside it as NAME.json. What is "
                        + "wrong or missing is named. Then every plugin can use it: --model NAME.",
        optionListHeading = "%nOptions:%n")
final class ModelsImportCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "An ONNX file, or a folder with model.onnx and model.json.")
    private Path file = Path.of("");

    @Option(names = "--as", paramLabel = "NAME", description = "The name that it gets (default: the one on its card).")
    private @Nullable String name;

    @Mixin
    private CommonOptions common = new CommonOptions();

    ModelsImportCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        ModelStore store = session.unfog().models();
        InstalledModel model = new NetworkCheck(session).check(file);
        String id = name == null ? model.card().id() : name;
        Path folder = new UserModels(session.installation().userModels()).add(store, model, id);
        session.terminal()
                .out()
                .println(
                        common.json
                                ? Json.write(Map.of(
                                        "id", id,
                                        "directory", folder.toString(),
                                        "sha256", model.card().sha256()))
                                : "imported " + id + " into " + folder + "; use it with --model " + id);
        return ExitCode.DONE;
    }
}
