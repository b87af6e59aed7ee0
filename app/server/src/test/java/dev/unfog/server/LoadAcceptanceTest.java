package dev.unfog.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.unfog.server.LoadClients.Kind;
import dev.unfog.server.ServerFixture.Part;
import dev.unfog.server.job.JobLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many clients at once. */
@Tag("acceptance")
final class LoadAcceptanceTest {
    private static final int WARM_UP = 50;
    private static final int LONGEST_ANSWER = 200;
    private static final int PAUSE = 20;
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");

    @TempDir
    private Path folder;

    @Test
    void fiftyClientsWithTenMixedJobsEachAllGetTheirAnswerInFlatMemoryAndThePageAnswersAtOnce() throws Exception {
        int count = LoadClients.CLIENTS * LoadClients.JOBS_EACH;
        JobLimits limits =
                new JobLimits(1 << 20, 5, count + WARM_UP, Duration.ofDays(1), Duration.ofMinutes(3), 128L << 20);
        try (ServerFixture fixture = new ServerFixture(folder, limits)) {
            String model = learnt(fixture);
            List<Kind> kinds = LoadClients.kinds(model);
            for (int i = 0; i < WARM_UP; i++) {
                assertEnds(fixture, submit(fixture, kinds.get(i % kinds.size())), kinds.get(i % kinds.size()));
                answerMilliseconds(fixture, "/");
                answerMilliseconds(fixture, "/api/jobs");
            }
            long heapBefore = heap();
            long residentBefore = resident(fixture);

            List<Long> page = new ArrayList<>();
            List<Long> list = new ArrayList<>();
            // What the machine itself withholds from a thread that does nothing but sleep is not the server's.
            long withheld = 0;
            Process clients = clients(fixture, model);
            while (clients.isAlive() || !isIdle(fixture)) {
                page.add(answerMilliseconds(fixture, "/"));
                list.add(answerMilliseconds(fixture, "/api/jobs"));
                long asleep = System.nanoTime();
                Thread.sleep(PAUSE);
                withheld = Math.max(withheld, millisecondsSince(asleep) - PAUSE);
            }
            List<String> submitted = Files.readAllLines(folder.resolve("clients.txt"));
            assertThat(submitted).hasSize(count);
            for (String line : submitted) {
                int space = line.indexOf(' ');
                assertEnds(fixture, line.substring(space + 1), kinds.get(Integer.parseInt(line.substring(0, space))));
            }
            long heapAfter = heap();
            long residentAfter = resident(fixture);
            System.out.printf(
                    "The page answered %s; the list of jobs %s; a thread that sleeps was kept waiting %d ms at most.%n"
                            + "Heap of the server %.1f to %.1f MB, resident memory of the worker %.1f to %.1f MB.%n",
                    summary(page),
                    summary(list),
                    withheld,
                    heapBefore / 1e6,
                    heapAfter / 1e6,
                    residentBefore / 1e6,
                    residentAfter / 1e6);
            assertThat(page.get(page.size() * 99 / 100)).isLessThan(LONGEST_ANSWER);
            assertThat(page.get(page.size() - 1)).isLessThan(LONGEST_ANSWER + withheld);
            assertThat(heapAfter - heapBefore).as("growth of the heap").isLessThan(32_000_000);
            // Half of it would be reached by a leak of a hundred kilobytes a job; a collector's choices are below that.
            assertThat(residentAfter - residentBefore)
                    .as("growth of the worker")
                    .isLessThan(100_000_000);
        }
    }

    /** Starts the clients in a program of their own, which steps back as the worker does: both stand for other machines' processors. */
    private Process clients(ServerFixture fixture, String model) throws IOException {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/nice"))) {
            command.addAll(List.of("/usr/bin/nice", "-n", "5"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LoadClients.class.getName(),
                fixture.uri("/").toString(),
                model));
        return new ProcessBuilder(command)
                .redirectOutput(folder.resolve("clients.txt").toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static boolean isIdle(ServerFixture fixture) {
        return fixture.server.jobs().newest(1).stream()
                .allMatch(job -> job.state().isFinal());
    }

    /** Asks over a connection that is kept, as a browser does; the thread itself does all there is to do. */
    private static long answerMilliseconds(ServerFixture fixture, String path) throws IOException {
        long asked = System.nanoTime();
        HttpURLConnection connection =
                (HttpURLConnection) fixture.uri(path).toURL().openConnection();
        assertThat(connection.getResponseCode()).isEqualTo(200);
        try (InputStream body = connection.getInputStream()) {
            body.readAllBytes();
        }
        return millisecondsSince(asked);
    }

    private static long millisecondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1_000_000;
    }

    private static String summary(List<Long> milliseconds) {
        milliseconds.sort(null);
        return "%d times in %d ms (median), %d ms (99 %%), %d ms at most"
                .formatted(
                        milliseconds.size(),
                        milliseconds.get(milliseconds.size() / 2),
                        milliseconds.get(milliseconds.size() * 99 / 100),
                        milliseconds.get(milliseconds.size() - 1));
    }

    /** Has the brightness of pictures learnt; returns the job. */
    private static String learnt(ServerFixture fixture) throws Exception {
        Kind fit = new Kind(
                List.of(
                        Part.field("verb", "fit"),
                        Part.file("a.png", ServerFixture.png(64, 48)),
                        Part.file("b.png", ServerFixture.png(48, 64))),
                "done");
        String id = submit(fixture, fit);
        assertEnds(fixture, id, fit);
        return id;
    }

    private static String submit(ServerFixture fixture, Kind kind) throws Exception {
        String body =
                fixture.send(fixture.upload(ServerFixture.body(kind.parts()))).body();
        return ServerFixture.JSON.readTree(body).path("id").asText(body);
    }

    private static void assertEnds(ServerFixture fixture, String id, Kind kind) throws Exception {
        JsonNode job = fixture.awaitEnd(id);
        assertThat(job.get("state").asText()).as(job.toString()).isEqualTo(kind.state());
        for (JsonNode file : job.get("files")) {
            assertThat(file.get("problem").isNull())
                    .as(file.toString())
                    .isEqualTo(file.get("state").asText().equals("done"));
        }
    }

    /** Returns what is in use of the heap of the server. */
    private static long heap() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(50);
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    /** Returns what Linux says that the worker takes; 0 elsewhere. */
    private static long resident(ServerFixture fixture) throws IOException {
        Path status = Path.of("/proc/" + fixture.server.jobs().workerPid().orElseThrow() + "/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        Matcher line = RESIDENT.matcher(Files.readString(status));
        assertThat(line.find()).isTrue();
        return Long.parseLong(line.group(1)) << 10;
    }
}
