package dev.unfog.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code unfog completion}. */
@Command(
        name = "completion",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Print a script that teaches bash or zsh to complete unfog's commands and flags.",
        description =
                "%nFlags of the plugins that are installed now are among them; print it anew after installing another.",
        optionListHeading = "%nOptions:%n",
        footer = {"%nExample:", "  source <(unfog completion)    in ~/.bashrc or ~/.zshrc"})
final class CompletionCommand implements Callable<Integer> {
    private final Session session;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common = new CommonOptions();

    CompletionCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.terminal().out().print(AutoComplete.bash("unfog", spec.root().commandLine()));
        return ExitCode.DONE;
    }
}
