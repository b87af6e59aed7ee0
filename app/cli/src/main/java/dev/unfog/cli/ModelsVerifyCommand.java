package dev.unfog.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code unfog models verify}. */
@Command(
        name = "verify",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Check that every score network is the one that its card speaks of.",
        description = "%nThe SHA-256 of each file is compared with its card. A network that fails is never run.",
        optionListHeading = "%nOptions:%n")
final class ModelsVerifyCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private CommonOptions common = new CommonOptions();

    ModelsVerifyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return new ModelsReport(session).print(session.unfog().models().verify(), true);
    }
}
