package dev.unfog.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.unfog.api.UnfogException;
import dev.unfog.server.job.JobLimits;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What outlives a server, and who may use it. */
final class ServerRestartTest {
    private static JobLimits limits(int queued, Duration retention) {
        return new JobLimits(1 << 20, 5, queued, retention, Duration.ofMinutes(3), 96L << 20);
    }

    @Test
    void jobsSurviveARestart(@TempDir Path folder) throws Exception {
        try (ServerFixture fixture = new ServerFixture(folder, limits(3, Duration.ofDays(1)))) {
            String done = fixture.submitPicture("quick");
            fixture.awaitEnd(done);
            String running = fixture.submitPicture("slow");
            String queued = fixture.submitPicture("quick");
            fixture.awaitRunning(running);

            fixture.submitPicture("quick");
            HttpResponse<String> refused = fixture.submit(ServerFixture.Part.file("a.png", ServerFixture.png(3, 3)));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("urn:unfog:error:QueueFull");

            fixture.restart();
            assertThat(fixture.job(done).get("state").asText()).isEqualTo("done");
            assertThat(fixture.bytes("/api/jobs/" + done + "/results/0").statusCode())
                    .isEqualTo(200);
            fixture.awaitRunning(running);
            fixture.post("/api/jobs/" + running + "/cancel");
            JsonNode next = fixture.awaitEnd(queued);
            assertThat(next.get("state").asText()).isEqualTo("done");
        }
    }

    @Test
    void resultsExpire(@TempDir Path folder) throws Exception {
        try (ServerFixture fixture = new ServerFixture(folder, limits(3, Duration.ZERO))) {
            String id = fixture.submitPicture("quick");
            fixture.awaitEnd(id);
            fixture.restart();
            long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
            while (fixture.get("/api/jobs/" + id).statusCode() != 404 && System.nanoTime() < deadline) {
                Thread.sleep(50);
            }
            assertThat(fixture.get("/api/jobs/" + id).statusCode()).isEqualTo(404);
            fixture.awaitStored(List.of());
        }
    }

    @Test
    void otherMachinesNeedAToken(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() -> ServerSettings.builder()
                        .setFolder(folder)
                        .optHost("0.0.0.0")
                        .build())
                .isInstanceOf(UnfogException.class)
                .hasMessageContaining("token");
        assertThatThrownBy(() -> ServerSettings.builder()
                        .setFolder(folder)
                        .optToken("short")
                        .build())
                .isInstanceOf(UnfogException.class);
        String token = "0123456789abcdef";
        ServerSettings settings = ServerSettings.builder()
                .setFolder(folder.resolve("jobs"))
                .optHost("0.0.0.0")
                .optPort(0)
                .optToken(token)
                .build();
        try (ServerFixture fixture = new ServerFixture(folder, limits(3, Duration.ofDays(1)))) {
            fixture.server.close();
            fixture.server = UnfogServer.start(fixture.installation, settings);
            assertThat(fixture.server.page())
                    .isEqualTo(URI.create("http://0.0.0.0:" + fixture.server.port() + "/#token=" + token));
            assertThat(fixture.get("/").statusCode()).isEqualTo(200);
            assertThat(fixture.get("/api/jobs").statusCode()).isEqualTo(401);
            assertThat(fixture.send(fixture.request("/api/jobs").header("Authorization", "Bearer 0123456789abcdeX"))
                            .statusCode())
                    .isEqualTo(401);
            assertThat(fixture.post("/api/session").statusCode()).isEqualTo(401);
            HttpResponse<String> session = fixture.send(fixture.request("/api/session")
                    .header("Authorization", "Bearer " + token)
                    .POST(java.net.http.HttpRequest.BodyPublishers.noBody()));
            assertThat(session.statusCode()).isEqualTo(204);
            String cookie = session.headers().firstValue("Set-Cookie").orElseThrow();
            assertThat(cookie).contains("HttpOnly", "SameSite=Strict").doesNotContain(token);
            assertThat(fixture.send(fixture.request("/api/jobs").header("Cookie", cookie.split(";")[0]))
                            .statusCode())
                    .isEqualTo(200);
        }
    }
}
