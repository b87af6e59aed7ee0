package dev.unfog.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code unfog plugins disable}. */
@Command(
        name = "disable",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Switch a plugin off; it stays where it is and is not loaded.",
        optionListHeading = "%nOptions:%n")
final class PluginsDisableCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "ID", description = "Its id, from 'unfog plugins list'.")
    private String id = "";

    @Mixin
    private CommonOptions common = new CommonOptions();

    PluginsDisableCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.unfog().pluginStore().enable(id, false);
        session.terminal().out().println(common.json ? Json.write(Map.of("id", id, "enabled", false)) : id + " is off");
        return ExitCode.DONE;
    }
}
