package dev.unfog.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.unfog.server.ServerFixture.Part;
import dev.unfog.server.job.JobLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many clients at once. */
@Tag("acceptance")
final class LoadAcceptanceTest {
    private static final int CLIENTS = 50;
    private static final int JOBS_EACH = 10;

    @TempDir
    private Path folder;

    @Test
    void fiftyClientsWithTenJobsEachAllGetTheirAnswer() throws Exception {
        JobLimits limits =
                new JobLimits(1 << 20, 5, CLIENTS * JOBS_EACH, Duration.ofDays(1), Duration.ofSeconds(60), 128L << 20);
        List<Part> files = List.of(
                Part.file("good.png", ServerFixture.png(64, 48)),
                Part.file("cut.png", Arrays.copyOf(ServerFixture.png(64, 48), 200)),
                Part.file("words.xyz", "no picture".getBytes(StandardCharsets.UTF_8)));
        List<String> expected = List.of("done", "failed", "failed");
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (ServerFixture fixture = new ServerFixture(folder, limits)) {
            List<Callable<List<String>>> tasks = IntStream.range(0, CLIENTS)
                    .<Callable<List<String>>>mapToObj(client -> () -> {
                        List<String> ids = new ArrayList<>();
                        for (int i = 0; i < JOBS_EACH; i++) {
                            String body = fixture.submit(files.get((client + i) % files.size()))
                                    .body();
                            ids.add(ServerFixture.JSON.readTree(body).get("id").asText());
                        }
                        return ids;
                    })
                    .toList();
            List<Future<List<String>>> answers = new ArrayList<>();
            tasks.forEach(task -> answers.add(clients.submit(task)));
            List<Long> milliseconds = new ArrayList<>();
            boolean open = true;
            while (open) {
                long before = System.nanoTime();
                assertThat(fixture.get("/").statusCode()).isEqualTo(200);
                milliseconds.add((System.nanoTime() - before) / 1_000_000);
                Thread.sleep(50);
                open = !answers.stream().allMatch(Future::isDone)
                        || fixture.server.jobs().newest(CLIENTS * JOBS_EACH).stream()
                                .anyMatch(job -> !job.state().isFinal());
            }
            for (int client = 0; client < CLIENTS; client++) {
                List<String> ids = answers.get(client).get();
                for (int i = 0; i < JOBS_EACH; i++) {
                    JsonNode job = fixture.job(ids.get(i));
                    assertThat(job.get("state").asText())
                            .as(job.toString())
                            .isEqualTo(expected.get((client + i) % expected.size()));
                    JsonNode problem = job.get("files").get(0).get("problem");
                    assertThat(problem.isNull())
                            .isEqualTo(job.get("state").asText().equals("done"));
                }
            }
            milliseconds.sort(null);
            assertThat(milliseconds.get(milliseconds.size() / 2)).isLessThan(200);
            System.out.println("The page answered in " + milliseconds.get(milliseconds.size() / 2)
                    + " ms (median), " + milliseconds.get(milliseconds.size() * 99 / 100) + " ms (99 %), at most "
                    + milliseconds.get(milliseconds.size() - 1) + " ms");
        } finally {
            clients.shutdownNow();
        }
    }
}
