package dev.unfog.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code unfog plugins remove}. */
@Command(
        name = "remove",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Take one of your plugins away.",
        optionListHeading = "%nOptions:%n")
final class PluginsRemoveCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "ID", description = "Its id, from 'unfog plugins list'.")
    private String id = "";

    @Mixin
    private CommonOptions common = new CommonOptions();

    PluginsRemoveCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Path removed = session.unfog().pluginStore().remove(id);
        session.terminal()
                .out()
                .println(common.json ? Json.write(Map.of("removed", removed.toString())) : "removed " + removed);
        return ExitCode.DONE;
    }
}
