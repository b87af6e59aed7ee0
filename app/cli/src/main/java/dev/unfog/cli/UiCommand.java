package dev.unfog.cli;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code unfog ui}. */
@Command(
        name = "ui",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Start the web page and open it in the browser.",
        description = "%nThe same as 'unfog serve', with the browser opened. Ctrl-C ends it.",
        optionListHeading = "%nOptions:%n")
final class UiCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private ServeOptions server = new ServeOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    UiCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        return server.run(session, page -> {
            session.terminal().out().println("Unfog is at " + page + " (Ctrl-C ends it)");
            open(page);
        });
    }

    /** Asks the system's own opener, since AWT would load a desktop that may not be there. */
    private void open(URI page) {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        List<String> command = system.contains("win")
                ? List.of("rundll32", "url.dll,FileProtocolHandler", page.toString())
                : List.of(system.contains("mac") ? "open" : "xdg-open", page.toString());
        try {
            new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            session.terminal().err().println("unfog: no browser could be started; open the address above in one");
        }
    }
}
