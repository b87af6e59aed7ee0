package dev.unfog.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unfog models}: leads to its commands. */
@Command(
        name = "models",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Show, check, import and remove score networks.",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class ModelsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
