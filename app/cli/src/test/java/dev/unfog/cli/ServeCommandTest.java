package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code unfog serve} promises. */
final class ServeCommandTest {
    @TempDir
    private Path folder;

    @Test
    void otherMachinesAreNotServedWithoutAToken() {
        Sandbox.Outcome outcome = new Sandbox(folder).run("serve", "--host", "0.0.0.0", "--port", "0");
        assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
        assertThat(outcome.err()).contains("--host 0.0.0.0", "--token");
    }

    @Test
    void thePageIsServedUntilTheCommandIsStoppedAndNoProcessIsLeft() throws Exception {
        Sandbox sandbox = new Sandbox(folder).inverter("inverter", 1);
        Process process = sandbox.process("serve", "--port", "0", "--json").start();
        try {
            String line = process.inputReader().readLine();
            while (line != null && !line.startsWith("{")) {
                line = process.inputReader().readLine();
            }
            URI page = URI.create(new JsonMapper().readTree(line).get("page").asText());
            HttpClient client = HttpClient.newHttpClient();
            for (String path : List.of("/", "/api/plugins")) {
                HttpRequest request = HttpRequest.newBuilder(page.resolve(path))
                        .timeout(Duration.ofSeconds(60))
                        .build();
                assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(200);
            }
            List<ProcessHandle> workers = process.descendants().toList();
            assertThat(workers).hasSize(1);

            process.destroy();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            workers.get(0).onExit().get(10, TimeUnit.SECONDS);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
