package dev.unfog.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code unfog plugins enable}. */
@Command(
        name = "enable",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Switch a plugin on again.",
        optionListHeading = "%nOptions:%n")
final class PluginsEnableCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "ID", description = "Its id, from 'unfog plugins list'.")
    private String id = "";

    @Mixin
    private CommonOptions common = new CommonOptions();

    PluginsEnableCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.unfog().pluginStore().enable(id, true);
        session.terminal().out().println(common.json ? Json.write(Map.of("id", id, "enabled", true)) : id + " is on");
        return ExitCode.DONE;
    }
}
