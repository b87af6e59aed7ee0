package dev.unfog.server;

import static dev.unfog.server.ServerFixture.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.unfog.server.ServerFixture.Part;
import dev.unfog.server.job.JobLimits;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent by mistake or in bad faith: a typed refusal each time, and nothing left on the disk. */
final class BadRequestTest {
    private static final int MOST_BYTES = 1 << 20;

    @TempDir
    private static Path folder;

    private static ServerFixture fixture;

    private List<String> before = List.of();

    @BeforeAll
    static void start() {
        fixture = new ServerFixture(
                folder, new JobLimits(MOST_BYTES, 20, 50, Duration.ofDays(1), Duration.ofMinutes(3), 128L << 20));
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @BeforeEach
    void look() throws IOException {
        before = fixture.stored();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        fixture.awaitStored(before);
        assertThat(filesIn(folder.resolve("jobs/scratch"))).isEmpty();
    }

    private static List<Path> filesIn(Path scratch) throws IOException {
        try (Stream<Path> files = Files.walk(scratch)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    /** Hands in a file that should be found bad; returns what the job says of it, and deletes the job. */
    private static JsonNode judged(String name, byte[] content) throws Exception {
        HttpResponse<String> response = fixture.submit(Part.file(name, content));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        String id = ServerFixture.JSON.readTree(response.body()).get("id").asText();
        JsonNode job = fixture.awaitEnd(id);
        assertThat(fixture.send(fixture.request("/api/jobs/" + id).DELETE()).statusCode())
                .isEqualTo(204);
        assertThat(job.toString()).doesNotContain(folder.toString());
        return job;
    }

    private static void assertRefused(String name, byte[] content, String... codes) throws Exception {
        JsonNode job = judged(name, content);
        assertThat(job.get("state").asText()).as(job.toString()).isEqualTo("failed");
        JsonNode problem = job.get("files").get(0).get("problem");
        assertThat(problem.get("code").asText()).isIn((Object[]) codes);
        assertThat(problem.get("subject").asText()).isEqualTo(name);
        assertThat(problem.get("remedy").asText()).isNotBlank();
    }

    @Test
    void aPictureThatClaimsToBeVastIsRefusedBeforeItIsUnpacked() throws Exception {
        assertRefused("vast.png", png(60_000, 60_000, 1000), "MediaTooLarge");
    }

    @Test
    void aPictureThatHoldsFarMoreThanItClaimsIsNotUnpacked() throws Exception {
        // A quarter of a gigabyte of zeros in a picture of 16 pixels; whatever is made of it, the worker lives.
        long worker = fixture.server.jobs().workerPid().orElse(0L);
        JsonNode job = judged("bomb.png", png(4, 4, 256 << 20));
        assertThat(job.get("state").asText()).isIn("done", "failed");
        if (job.get("state").asText().equals("failed")) {
            assertThat(job.get("files").get(0).get("problem").get("code").asText())
                    .isIn("UnreadableMedia", "MediaTooLarge");
        }
        assertThat(judged("good.png", ServerFixture.png(3, 3)).get("state").asText())
                .isEqualTo("done");
        assertThat(worker).isIn(0L, fixture.server.jobs().workerPid().orElse(0L));
    }

    @Test
    void aZipBombIsNoMedia() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("zeros"));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 256; i++) {
                zip.write(zeros);
            }
        }
        assertRefused("bomb.zip", bytes.toByteArray(), "UnsupportedMedia");
        assertRefused("bomb.png", bytes.toByteArray(), "UnsupportedMedia", "UnreadableMedia");
    }

    @Test
    void aRecordingThatClaimsGigabytesIsRefused() throws Exception {
        ByteBuffer wav = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(-1);
        wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        wav.putShort((short) 1)
                .putShort((short) 1000)
                .putInt(8000)
                .putInt(16_000_000)
                .putShort((short) 2000);
        wav.putShort((short) 16).put("data".getBytes(StandardCharsets.US_ASCII)).putInt(-16);
        assertRefused("claims.wav", wav.array(), "UnreadableMedia", "MediaTooLarge", "UnsupportedMedia");
    }

    @Test
    void anEndlessUploadIsCutOff() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", fixture.server.port())) {
            socket.setSoTimeout((int) Duration.ofMinutes(3).toMillis());
            OutputStream out = socket.getOutputStream();
            out.write(("POST /api/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
                            + "Content-Type: multipart/form-data; boundary=" + ServerFixture.BOUNDARY + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            byte[] start = ServerFixture.body(List.of(Part.file("endless.png", new byte[MOST_BYTES])));
            // More than is allowed, and the part does not end; nor does the request.
            writeChunk(out, start, MOST_BYTES);
            writeChunk(out, new byte[1 << 12], 1 << 12);
            assertThat(answer(socket)).startsWith("HTTP/1.1 413").contains("urn:unfog:error:MediaTooLarge");
        }
    }

    private static void writeChunk(OutputStream out, byte[] bytes, int length) throws IOException {
        out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes, 0, length);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** Reads until a problem document has come, or the server hangs up. */
    private static String answer(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            answer.append((char) b);
            if (b == '}') {
                break;
            }
        }
        return answer.toString();
    }

    private static String answerTo(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", fixture.server.port())) {
            socket.setSoTimeout((int) Duration.ofMinutes(3).toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return answer(socket);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/jobs/..%2f..%2fetc/files/0",
                "/api/jobs/%2e%2e/%2e%2e/etc/passwd",
                "/api/jobs/../../etc/passwd",
                "/..%5c..%5cwindows",
                "/api/jobs/x%00y",
                "/api/jobs//results/0"
            })
    void pathsThatClimbAreRefused(String path) throws Exception {
        String answer = answerTo("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        assertThat(answer)
                .matches("(?s)HTTP/1.1 4\\d\\d .*")
                .contains("application/problem+json", "urn:unfog:error:")
                .doesNotContain("root:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: x\r\n\r\n",
            })
    void whatIsNotHttpIsRefused(String request) throws Exception {
        assertThat(answerTo(request)).startsWith("HTTP/1.1 400").contains("urn:unfog:error:BadRequest");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/mixed; boundary=unfog-test-boundary",
                "nonsense"
            })
    void anotherContentTypeIsRefused(String type) throws Exception {
        assertProblem(
                fixture.send(fixture.request("/api/jobs")
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body()))),
                415,
                "UnsupportedMediaType");
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart/form-data", "multipart/form-data; boundary=another"})
    void partsThatCannotBeToldApartAreRefused(String type) throws Exception {
        assertProblem(
                fixture.send(fixture.request("/api/jobs")
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body()))),
                400,
                "BrokenUpload");
    }

    private static byte[] body() {
        return ServerFixture.body(List.of(Part.file("a.png", ServerFixture.png(3, 3))));
    }

    @Test
    void tenThousandPartsAreRefused() throws Exception {
        List<Part> fields = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            fields.add(Part.field("f" + i, ""));
        }
        assertProblem(fixture.send(fixture.upload(ServerFixture.body(fields))), 413, "MediaTooLarge");
    }

    /** A connection that is closed while the client still sends loses the answer now and then. */
    @Test
    void aRefusalIsHeardHoweverMuchIsStillOnItsWay() throws Exception {
        byte[] body = ServerFixture.body(List.of(Part.file("a.png", new byte[6 * MOST_BYTES])));
        for (int i = 0; i < 60; i++) {
            HttpResponse<String> response = fixture.send(fixture.upload(body));
            assertProblem(response, 413, "MediaTooLarge");
            assertThat(response.headers().firstValue("Connection")).contains("close");
        }
    }

    @Test
    void aFieldAsLongAsAFileIsRefused() throws Exception {
        Part picture = Part.file("a.png", ServerFixture.png(3, 3));
        assertProblem(fixture.submit(Part.field("parameters", " ".repeat(70_000)), picture), 400, "BadParameter");
        assertProblem(fixture.submit(Part.field("parameters", "[".repeat(60_000)), picture), 400, "BadParameter");
        assertProblem(fixture.submit(Part.field("seed", "9".repeat(400)), picture), 400, "BadParameter");
    }

    @Test
    void whatIsSentFromAnotherSiteOrUnderAnotherNameIsNotTaken() throws Exception {
        long jobs = fixture.server.jobs().newest(100).size();
        assertProblem(
                fixture.send(fixture.upload(body()).header("Origin", "http://evil.example")), 403, "ForeignOrigin");
        assertProblem(
                fixture.send(fixture.upload(body()).header("Sec-Fetch-Site", "cross-site")), 403, "ForeignOrigin");
        assertThat(answerTo("POST /api/jobs HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n"))
                .startsWith("HTTP/1.1 403")
                .contains("urn:unfog:error:ForeignHost");
        assertThat(fixture.server.jobs().newest(100)).hasSize((int) jobs);
    }

    @Test
    void whatIsAskedOfAJobThatIsNotThereIsRefused() throws Exception {
        String job = "/api/jobs/00000000000000000000000000";
        for (String path : List.of("", "/files/0", "/results/0", "/zip")) {
            assertProblem(fixture.get(job + path), 404, "JobNotFound");
        }
        assertProblem(
                fixture.send(fixture.request(job + "/events").header("Accept", "text/event-stream")),
                404,
                "JobNotFound");
        assertProblem(fixture.post(job + "/cancel"), 404, "JobNotFound");
        assertProblem(fixture.send(fixture.request(job).DELETE()), 404, "JobNotFound");
        assertProblem(
                fixture.submit(
                        Part.field("verb", "score"),
                        Part.field("model", "00000000000000000000000000"),
                        Part.file("a.png", ServerFixture.png(3, 3))),
                400,
                "BadParameter");
    }

    /** A picture of eight-bit grey whose header says one size and whose data unpack to another. */
    private static byte[] png(int width, int height, int unpacked) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 26, '\n'});
        ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8);
        writePngChunk(bytes, "IHDR", header.array());
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream deflate = new DeflaterOutputStream(packed)) {
            byte[] zeros = new byte[Math.min(unpacked, 1 << 20)];
            for (int left = unpacked; left > 0; left -= zeros.length) {
                deflate.write(zeros, 0, Math.min(left, zeros.length));
            }
        }
        writePngChunk(bytes, "IDAT", packed.toByteArray());
        writePngChunk(bytes, "IEND", new byte[0]);
        return bytes.toByteArray();
    }

    private static void writePngChunk(ByteArrayOutputStream out, String type, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(type.getBytes(StandardCharsets.US_ASCII));
        crc.update(content);
        DataOutputStream data = new DataOutputStream(out);
        data.writeInt(content.length);
        data.writeBytes(type);
        data.write(content);
        data.writeInt((int) crc.getValue());
    }
}
