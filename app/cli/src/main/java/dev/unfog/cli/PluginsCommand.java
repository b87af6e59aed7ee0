package dev.unfog.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unfog plugins}: leads to its commands. */
@Command(
        name = "plugins",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Show, install, check and make plugins.",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class PluginsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
