package dev.unfog.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code unfog models list}. */
@Command(
        name = "list",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Show which score networks are installed.",
        description =
                "%nNetworks are folders in UNFOG_HOME/models, in plugins, and in the installation's models folder, "
                        + "found in this order.",
        optionListHeading = "%nOptions:%n")
final class ModelsListCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private CommonOptions common = new CommonOptions();

    ModelsListCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return new ModelsReport(session).print(session.unfog().models().list(), false);
    }
}
