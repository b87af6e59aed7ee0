package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.server.ServerSettings;
import dev.unfog.server.UnfogServer;
import dev.unfog.server.job.JobLimits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the commands that start the server. Nothing of the server is loaded before it is started. */
final class ServeOptions {
    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "7878",
            order = 1,
            description = "Listen at this port; 0 for any that is free (default 7878).")
    int port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            order = 2,
            description = "Listen at this address; one that other machines reach needs --token (default 127.0.0.1).")
    String host = "127.0.0.1";

    @Option(
            names = "--token",
            paramLabel = "TEXT",
            order = 3,
            description = "Answer only those who know this; better given in the environment variable UNFOG_TOKEN, "
                    + "which other users of this machine do not see.")
    @Nullable
    String token;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            order = 4,
            description = "Keep jobs in this folder (default: UNFOG_HOME/server).")
    @Nullable
    Path folder;

    @Option(
            names = "--keep",
            paramLabel = "HOURS",
            defaultValue = "168",
            order = 5,
            description = "Delete jobs so long after they ended (default 168, a week).")
    int keep;

    @Option(
            names = "--stall",
            paramLabel = "SECONDS",
            defaultValue = "600",
            order = 6,
            description = "Stop a plugin that tells no progress for so long (default 600).")
    int stall;

    @Option(
            names = "--max-upload",
            paramLabel = "MIB",
            defaultValue = "2048",
            order = 7,
            description = "Refuse larger uploads (default 2048).")
    int upload;

    /**
     * Starts the server and waits until the user presses Ctrl-C.
     *
     * @param started told the address of the page
     */
    int run(Session session, Consumer<URI> started) throws InterruptedException {
        positive("--keep", keep);
        positive("--stall", stall);
        positive("--max-upload", upload);
        if (port < 0 || port > 65_535) {
            throw new UnfogException(ErrorCode.BAD_PARAMETER, "--port", port + " is out of range", "give 0 to 65535");
        }
        String guarding = token == null ? System.getenv("UNFOG_TOKEN") : token;
        JobLimits usual = JobLimits.DEFAULT;
        ServerSettings settings = ServerSettings.builder()
                .setFolder(folder == null ? session.installation().home().resolve("server") : folder)
                .optHost(host)
                .optPort(port)
                .optToken(guarding == null || guarding.isBlank() ? null : guarding)
                .optLimits(new JobLimits(
                        (long) upload << 20,
                        usual.files(),
                        usual.queued(),
                        Duration.ofHours(keep),
                        Duration.ofSeconds(stall),
                        usual.workerBytes()))
                .build();
        try (UnfogServer server = UnfogServer.start(session.installation(), settings)) {
            started.accept(server.page());
            while (!session.cancellation().isCancelled()) {
                Thread.sleep(200);
            }
        }
        return ExitCode.DONE;
    }

    private static void positive(String option, int value) {
        if (value < 1) {
            throw new UnfogException(ErrorCode.BAD_PARAMETER, option, value + " is too small", "give 1 or more");
        }
    }
}
