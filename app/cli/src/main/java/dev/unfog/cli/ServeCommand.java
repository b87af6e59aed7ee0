package dev.unfog.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code unfog serve}. */
@Command(
        name = "serve",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Start the web page and the REST interface.",
        description = {
            "%nThe page is for people, the interface for programs; /api/openapi.json describes it. Both are for this machine "
                    + "alone unless --host and --token say otherwise. Jobs are kept over a restart. They are worked on in a process of "
                    + "their own at a lower priority, so that the page answers and the machine can be used meanwhile. Ctrl-C "
                    + "ends it."
        },
        optionListHeading = "%nOptions:%n",
        footer = {
            "%nExamples:",
            "  unfog serve",
            "  UNFOG_TOKEN=$(openssl rand -hex 16) unfog serve --host 0.0.0.0",
            "  curl -F file=@photo.jpg http://127.0.0.1:7878/api/jobs",
        })
final class ServeCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private ServeOptions server = new ServeOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    ServeCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        return server.run(session, page -> {
            if (common.json) {
                session.terminal().out().println(Json.write(Map.of("page", page.toString())));
            } else {
                session.terminal().out().println("Unfog is at " + page + " (Ctrl-C ends it)");
            }
        });
    }
}
