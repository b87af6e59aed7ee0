package dev.unfog.cli;

import dev.unfog.core.model.UserModels;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code unfog models remove}. */
@Command(
        name = "remove",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Take one of your score networks away.",
        optionListHeading = "%nOptions:%n")
final class ModelsRemoveCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "NAME", description = "Its name, from 'unfog models list'.")
    private String name = "";

    @Mixin
    private CommonOptions common = new CommonOptions();

    ModelsRemoveCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Path removed = new UserModels(session.installation().userModels()).remove(name);
        session.terminal()
                .out()
                .println(common.json ? Json.write(Map.of("removed", removed.toString())) : "removed " + removed);
        return ExitCode.DONE;
    }
}
