package dev.unfog.server;

import static dev.unfog.server.ServerFixture.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.unfog.server.ServerFixture.Part;
import dev.unfog.server.job.JobLimits;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the REST interface promises. */
final class ServerTest {
    private static final int MOST_FILES = 20;

    @TempDir
    private static Path folder;

    private static ServerFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new ServerFixture(
                folder, new JobLimits(1 << 20, MOST_FILES, 50, Duration.ofDays(1), Duration.ofMinutes(3), 96L << 20));
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @Test
    void aPictureIsCleanedAndItsResultIsWhatThePluginMadeOfIt() throws Exception {
        byte[] png = ServerFixture.png(8, 6);
        HttpResponse<String> response = fixture.submit(
                Part.field("verb", "clean"),
                Part.field("plugin", "inverter"),
                Part.field("parameters", "{\"compare\":true}"),
                Part.file("holiday/sea.png", png));
        assertThat(response.statusCode()).isEqualTo(202);
        String id = ServerFixture.JSON.readTree(response.body()).get("id").asText();
        assertThat(response.headers().firstValue("Location")).hasValue("/api/jobs/" + id);

        JsonNode job = fixture.awaitEnd(id);
        assertThat(job.get("state").asText()).isEqualTo("done");
        assertThat(job.get("files").get(0).get("notes").get("amount").asDouble())
                .isEqualTo(1.0);
        assertThat(job.get("results")).hasSize(2);
        assertThat(job.get("results").get(0).get("name").asText()).isEqualTo("holiday/sea.png");
        assertThat(job.get("results").get(1).get("name").asText()).isEqualTo("holiday/sea.changed.png");

        HttpResponse<byte[]> result = fixture.bytes("/api/jobs/" + id + "/results/0?download");
        assertThat(result.headers().firstValue("Content-Disposition").orElse(""))
                .contains("attachment", "sea.png");
        BufferedImage before = ImageIO.read(new ByteArrayInputStream(png));
        BufferedImage after = ImageIO.read(new ByteArrayInputStream(result.body()));
        assertThat(after.getRGB(3, 2) & 0xffffff).isEqualTo(~before.getRGB(3, 2) & 0xffffff);
        assertThat(fixture.bytes("/api/jobs/" + id + "/files/0").body()).isEqualTo(png);

        List<String> zipped = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(
                fixture.bytes("/api/jobs/" + id + "/zip").body()))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                zipped.add(entry.getName());
            }
        }
        assertThat(zipped).containsExactly("holiday/sea.png", "holiday/sea.changed.png");

        assertThat(fixture.send(fixture.request("/api/jobs/" + id).DELETE()).statusCode())
                .isEqualTo(204);
        assertProblem(fixture.get("/api/jobs/" + id), 404, "JobNotFound");
        fixture.awaitStored(
                fixture.stored().stream().filter(name -> !name.startsWith(id)).toList());
    }

    @Test
    void aMaskIsAPartOfItsOwn() throws Exception {
        HttpResponse<String> response = fixture.submit(
                Part.file("a.png", ServerFixture.png(4, 4)),
                new Part("parameter.mask", "my mask.png", ServerFixture.png(4, 4)));
        JsonNode job = fixture.awaitEnd(
                ServerFixture.JSON.readTree(response.body()).get("id").asText());
        assertThat(job.get("state").asText()).as(job.toString()).isEqualTo("done");
        assertThat(job.get("files").get(0).get("notes").get("masked").asBoolean())
                .isTrue();
        assertThat(job.get("parameters").get("mask").asText()).isEqualTo("my mask.png");
    }

    @Test
    void aResultSaysWhatTheUserCallsItsInput() throws Exception {
        HttpResponse<String> response = fixture.submit(
                Part.file("holiday/sea.png", ServerFixture.png(4, 4)),
                new Part("parameter.mask", "my mask.png", ServerFixture.png(4, 4)));
        String id = ServerFixture.JSON.readTree(response.body()).get("id").asText();
        assertThat(fixture.awaitEnd(id).get("state").asText()).isEqualTo("done");
        String result =
                new String(fixture.bytes("/api/jobs/" + id + "/results/0").body(), StandardCharsets.ISO_8859_1);
        assertThat(result)
                .contains("\"name\":\"holiday/sea.png\"", "\"mask\":\"my mask.png\"")
                .doesNotContain(folder.toString());
    }

    @Test
    void aPictureThatBrowsersDoNotShowHasAPreview() throws Exception {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(ServerFixture.png(3000, 2)));
        ByteArrayOutputStream tiff = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, "tiff", tiff)).isTrue();
        HttpResponse<String> response = fixture.submit(Part.file("scan.TIF", tiff.toByteArray()));
        String id = ServerFixture.JSON.readTree(response.body()).get("id").asText();
        assertThat(fixture.awaitEnd(id).get("state").asText()).isEqualTo("done");

        for (String path : List.of("/files/0", "/results/0")) {
            HttpResponse<byte[]> preview = fixture.bytes("/api/jobs/" + id + path + "?preview");
            assertThat(preview.headers().firstValue("Content-Type")).hasValue("image/png");
            BufferedImage shown = ImageIO.read(new ByteArrayInputStream(preview.body()));
            assertThat(shown.getWidth()).isEqualTo(1500);
            assertThat(shown.getHeight()).isEqualTo(1);
            int red = path.equals("/files/0") ? 127 : 128;
            assertThat(shown.getRGB(750, 0) >> 16 & 0xff).isBetween(red - 1, red + 1);
        }
        assertThat(fixture.job(id).get("results")).hasSize(1);
        fixture.send(fixture.request("/api/jobs/" + id).DELETE());
        fixture.awaitStored(
                fixture.stored().stream().filter(name -> !name.startsWith(id)).toList());
    }

    @Test
    void ofSeveralFilesTheBadOneFailsByItselfAndIsCalledWhatTheUserCallsIt() throws Exception {
        byte[] whole = ServerFixture.png(40, 40);
        HttpResponse<String> response = fixture.submit(
                Part.file("good.png", whole),
                Part.file("cut.png", Arrays.copyOf(whole, whole.length / 2)),
                Part.file("notes.xyz", "hello".getBytes(StandardCharsets.UTF_8)));
        String id = ServerFixture.JSON.readTree(response.body()).get("id").asText();
        JsonNode job = fixture.awaitEnd(id);
        assertThat(job.get("state").asText()).isEqualTo("partly-done");
        assertThat(job.get("files").get(0).get("state").asText()).isEqualTo("done");
        JsonNode cut = job.get("files").get(1).get("problem");
        assertThat(cut.get("code").asText()).isEqualTo("UnreadableMedia");
        assertThat(cut.get("subject").asText()).isEqualTo("cut.png");
        JsonNode unknown = job.get("files").get(2).get("problem");
        assertThat(unknown.get("code").asText()).isEqualTo("UnsupportedMedia");
        assertThat(job.toString()).doesNotContain(folder.toString());
    }

    @Test
    void pluginsAreDescribedByJsonSchemaOfTheirParameters() throws Exception {
        JsonNode answer =
                ServerFixture.JSON.readTree(fixture.get("/api/plugins").body());
        JsonNode operation = null;
        for (JsonNode each : answer.get("plugins").get(0).get("operations")) {
            operation = each.get("accepts").get(0).asText().equals("picture") ? each : operation;
        }
        assertThat(operation).isNotNull();
        assertThat(operation.get("verb").asText()).isEqualTo("clean");
        JsonNode properties = operation.get("parameters").get("properties");
        assertThat(properties.get("manner").get("enum")).hasSize(5);
        assertThat(properties.get("amount").get("maximum").asDouble()).isEqualTo(1);
        assertThat(properties.get("amount").get("default").asDouble()).isEqualTo(1);
        assertThat(properties.get("steps").get("type").asText()).isEqualTo("integer");
        assertThat(properties.get("steps").has("default")).isFalse();
        assertThat(properties.get("compare").get("type").asText()).isEqualTo("boolean");
        assertThat(properties.get("mask").get("contentKind").asText()).isEqualTo("picture");
        assertThat(properties.get("mask").get("description").asText()).isNotBlank();
    }

    @Test
    void everyRouteIsInTheOpenApiDocument() throws Exception {
        JsonNode document =
                ServerFixture.JSON.readTree(fixture.get("/api/openapi.json").body());
        assertThat(document.get("openapi").asText()).startsWith("3.1");
        List<String> paths = new ArrayList<>();
        document.get("paths").fieldNames().forEachRemaining(paths::add);
        assertThat(paths)
                .containsExactlyInAnyOrder(
                        "/api/jobs",
                        "/api/jobs/{id}",
                        "/api/jobs/{id}/cancel",
                        "/api/jobs/{id}/events",
                        "/api/jobs/{id}/files/{n}",
                        "/api/jobs/{id}/results/{n}",
                        "/api/jobs/{id}/zip",
                        "/api/events",
                        "/api/plugins",
                        "/api/session",
                        "/api/openapi.json");
    }

    @Test
    void eventsTellProgressAndTheEndOfAJob() throws Exception {
        String id = fixture.submitPicture("slow");
        HttpResponse<Stream<String>> stream = fixture.client.send(
                fixture.request("/api/jobs/" + id + "/events")
                        .header("Accept", "text/event-stream")
                        .build(),
                HttpResponse.BodyHandlers.ofLines());
        assertThat(stream.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        List<String> events = new ArrayList<>();
        try (Stream<String> lines = stream.body()) {
            lines.forEach(line -> {
                if (line.equals("event: progress") && !events.contains(line)) {
                    cancelInBackground(id);
                }
                events.add(line);
            });
        }
        assertThat(events).contains("event: job", "event: progress");
        assertThat(events).anyMatch(line -> line.contains("\"message\":\"step "));
        // The stream ends with the job.
        assertThat(events.stream()
                        .filter(line -> line.startsWith("data: {\"id\""))
                        .reduce((a, b) -> b))
                .hasValueSatisfying(line -> assertThat(line).contains("\"state\":\"cancelled\""));
    }

    private static void cancelInBackground(String id) {
        fixture.client.sendAsync(
                fixture.request("/api/jobs/" + id + "/cancel")
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.discarding());
    }

    @Test
    void aCancelledJobStopsAtOnceAndCannotBeCancelledTwice() throws Exception {
        String id = fixture.submitPicture("slow");
        fixture.awaitRunning(id);
        HttpResponse<String> first = fixture.post("/api/jobs/" + id + "/cancel");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(ServerFixture.JSON.readTree(first.body()).get("state").asText())
                .isEqualTo("cancelled");
        assertProblem(fixture.post("/api/jobs/" + id + "/cancel"), 409, "JobEnded");
        assertThat(fixture.awaitEnd(fixture.submitPicture("quick")).get("state").asText())
                .isEqualTo("done");
        assertThat(fixture.job(id).get("state").asText()).isEqualTo("cancelled");
    }

    @Test
    void aPluginThatDoesNotHearThatItIsCancelledLosesItsWorker() throws Exception {
        String id = fixture.submitPicture("deaf");
        fixture.awaitRunning(id);
        long worker = fixture.server.jobs().workerPid().orElseThrow();
        fixture.post("/api/jobs/" + id + "/cancel");
        long asked = System.nanoTime();
        while (ProcessHandle.of(worker).map(ProcessHandle::isAlive).orElse(false)) {
            Thread.sleep(10);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(20));
        assertThat(fixture.awaitEnd(fixture.submitPicture("quick")).get("state").asText())
                .isEqualTo("done");
    }

    @Test
    void aPluginThatHangsCostsItsJobAlone(@TempDir Path own) throws Exception {
        JobLimits impatient =
                new JobLimits(1 << 20, MOST_FILES, 50, Duration.ofDays(1), Duration.ofSeconds(15), 96L << 20);
        try (ServerFixture hasty = new ServerFixture(own, impatient)) {
            String hanging = hasty.submitPicture("deaf");
            String next = hasty.submitPicture("quick");
            assertThat(hasty.awaitEnd(hanging).get("problem").get("problem").asText())
                    .contains("nothing was heard");
            assertThat(hasty.awaitEnd(next).get("state").asText()).isEqualTo("done");
        }
    }

    @Test
    void aPluginThatFloodsMemoryOrBringsTheWorkerDownCostsItsJobAlone() throws Exception {
        String flooding = fixture.submitPicture("flood");
        String leaving = fixture.submitPicture("leave");
        String next = fixture.submitPicture("quick");
        assertThat(fixture.awaitEnd(flooding).toString()).contains("\"OutOfMemory\"");
        assertThat(fixture.awaitEnd(leaving).get("problem").get("code").asText())
                .isEqualTo("PluginBroken");
        assertThat(fixture.awaitEnd(next).get("state").asText()).isEqualTo("done");
    }

    @Test
    void aWorkerThatIsKilledCostsItsJobAlone() throws Exception {
        String id = fixture.submitPicture("slow");
        String next = fixture.submitPicture("quick");
        fixture.awaitRunning(id);
        ProcessHandle.of(fixture.server.jobs().workerPid().orElseThrow())
                .orElseThrow()
                .destroyForcibly();
        JsonNode job = fixture.awaitEnd(id);
        assertThat(job.get("state").asText()).isEqualTo("failed");
        assertThat(job.get("problem").get("code").asText()).isIn("PluginBroken", "OutOfMemory");
        assertThat(fixture.awaitEnd(next).get("state").asText()).isEqualTo("done");
    }

    @Test
    void namesOfUploadsNeverReachTheFileSystem() throws Exception {
        HttpResponse<String> response = fixture.submit(
                Part.file("../../../../evil.png", ServerFixture.png(3, 3)),
                Part.file("C:\\windows\\..\\win.png", ServerFixture.png(3, 3)),
                Part.file("/etc/passwd", ServerFixture.png(3, 3)));
        String id = ServerFixture.JSON.readTree(response.body()).get("id").asText();
        JsonNode job = fixture.awaitEnd(id);
        assertThat(job.get("files").get(0).get("name").asText()).isEqualTo("evil.png");
        assertThat(job.get("files").get(1).get("name").asText()).isEqualTo("windows/win.png");
        assertThat(job.get("files").get(2).get("name").asText()).isEqualTo("etc/passwd");
        assertThat(fixture.stored())
                .filteredOn(name -> name.startsWith(id))
                .allMatch(name -> name.substring(id.length()).matches("/(in|out)/\\d(\\.png)?"));
    }

    @Test
    void whatIsNoJobIsRefusedAndLeavesNothing() throws Exception {
        List<String> before = fixture.stored();
        Part picture = Part.file("a.png", ServerFixture.png(3, 3));
        assertProblem(fixture.submit(Part.field("verb", "clean")), 400, "BadParameter");
        assertProblem(fixture.submit(Part.field("surprise", "x"), picture), 400, "BadParameter");
        assertProblem(fixture.submit(Part.field("verb", "explode"), picture), 422, "PluginNotFound");
        assertProblem(fixture.submit(Part.field("plugin", "nobody"), picture), 422, "PluginNotFound");
        assertProblem(fixture.submit(Part.field("parameters", "{"), picture), 400, "BadParameter");
        assertProblem(fixture.submit(Part.field("parameters", "{\"amount\":7}"), picture), 400, "BadParameter");
        assertProblem(fixture.submit(Part.field("parameters", "{\"nothing\":7}"), picture), 400, "BadParameter");
        assertProblem(
                fixture.submit(Part.field("parameters", "{\"mask\":\"/etc/passwd\"}"), picture), 400, "BadParameter");
        assertProblem(fixture.submit(Part.field("seed", "x"), picture), 400, "BadParameter");
        assertProblem(
                fixture.send(fixture.request("/api/jobs")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))),
                415,
                "UnsupportedMediaType");
        assertProblem(fixture.get("/api/jobs/nothing"), 404, "JobNotFound");
        assertProblem(fixture.get("/api/nothing"), 404, "NotFound");
        assertProblem(fixture.post("/api/jobs/nothing/cancel"), 404, "JobNotFound");
        assertProblem(fixture.send(fixture.request("/api/plugins").DELETE()), 405, "MethodNotAllowed");
        fixture.awaitStored(before);
    }

    @Test
    void tooMuchIsRefusedAndLeavesNothing() throws Exception {
        List<String> before = fixture.stored();
        assertProblem(fixture.submit(Part.file("big.png", new byte[(1 << 20) + 1])), 413, "MediaTooLarge");
        List<Part> many = new ArrayList<>();
        for (int i = 0; i <= MOST_FILES; i++) {
            many.add(Part.file(i + ".png", new byte[] {1}));
        }
        assertProblem(fixture.send(fixture.upload(ServerFixture.body(many))), 413, "MediaTooLarge");
        for (int i = 0; i < 10_000; i++) {
            many.add(Part.file(i + ".png", new byte[] {1}));
        }
        assertProblem(
                fixture.send(fixture.upload(Arrays.copyOf(ServerFixture.body(many), 1_000_000))), 413, "MediaTooLarge");
        fixture.awaitStored(before);
    }

    @Test
    void anUploadThatIsCutShortIsRefusedAndLeavesNothing() throws Exception {
        List<String> before = fixture.stored();
        byte[] body = ServerFixture.body(List.of(Part.file("a.png", ServerFixture.png(30, 30))));
        assertProblem(fixture.send(fixture.upload(Arrays.copyOf(body, body.length - 40))), 400, "BrokenUpload");
        try (Socket socket = new Socket("127.0.0.1", fixture.server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /api/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n"
                            + "Content-Type: multipart/form-data; boundary=unfog-test-boundary\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(body, 0, body.length / 2);
            out.flush();
        }
        fixture.awaitStored(before);
    }

    @Test
    void otherSitesAndOtherNamesAreRefused() throws Exception {
        assertProblem(
                fixture.send(fixture.request("/api/jobs").header("Origin", "http://evil.example")),
                403,
                "ForeignOrigin");
        assertProblem(fixture.send(fixture.request("/api/jobs").header("Origin", "null")), 403, "ForeignOrigin");
        assertProblem(
                fixture.send(fixture.request("/api/jobs").header("Sec-Fetch-Site", "cross-site")),
                403,
                "ForeignOrigin");
        String own = "http://127.0.0.1:" + fixture.server.port();
        assertThat(fixture.send(fixture.request("/api/jobs").header("Origin", own))
                        .statusCode())
                .isEqualTo(200);
        try (Socket socket = new Socket("127.0.0.1", fixture.server.port())) {
            socket.getOutputStream()
                    .write("GET /api/jobs HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 403").contains("ForeignHost");
        }
    }

    @Test
    void thePageIsSmallAndSealed() throws Exception {
        HttpResponse<String> page = fixture.get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'")
                .doesNotContain("unsafe");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        int bytes = page.body().length();
        List<String> parts = List.of(
                "style.css",
                "icon.svg",
                "app.js",
                "api.js",
                "audio.js",
                "dom.js",
                "form.js",
                "jobs.js",
                "picture.js",
                "scores.js",
                "spectrum.js");
        for (String part : parts) {
            HttpResponse<String> file = fixture.get("/" + part);
            assertThat(file.statusCode()).as(part).isEqualTo(200);
            assertThat(file.body()).as(part).doesNotContain("https://").doesNotContain("eval(");
            bytes += file.body().length();
        }
        assertThat(bytes).isLessThan(400_000);
        String tag = page.headers().firstValue("ETag").orElseThrow();
        assertThat(fixture.send(fixture.request("/").header("If-None-Match", tag))
                        .statusCode())
                .isEqualTo(304);
    }
}
