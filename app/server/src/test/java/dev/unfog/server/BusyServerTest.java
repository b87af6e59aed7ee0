package dev.unfog.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.server.ServerFixture.Part;
import dev.unfog.server.job.JobLimits;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The page comes first, whatever else the server is at. */
final class BusyServerTest {
    private static final JobLimits LIMITS =
            new JobLimits(1 << 20, 5, 100, Duration.ofDays(1), Duration.ofMinutes(3), 128L << 20);
    /** Where that stands in a line of Linux's. */
    private static final int NICENESS = 18;

    private static final int NICEST = 19;

    @TempDir
    private Path folder;

    @Test
    void uploadsThatCreepKeepNobodyFromThePageAndOthersTakeTheirTurn() throws Exception {
        try (ServerFixture fixture = new ServerFixture(folder, LIMITS)) {
            fixture.awaitWorker();
            List<Socket> creeping = new ArrayList<>();
            CompletableFuture<HttpResponse<String>> upload;
            try {
                for (int i = 0; i < UnfogServer.MOST_UPLOADS; i++) {
                    creeping.add(halfAnUpload(fixture.server.port()));
                }
                awaitUploads(UnfogServer.MOST_UPLOADS);
                byte[] body = ServerFixture.body(List.of(Part.file("scan.png", ServerFixture.png(8, 6))));
                upload = fixture.client.sendAsync(fixture.upload(body).build(), HttpResponse.BodyHandlers.ofString());
                assertThat(fixture.get("/").statusCode()).isEqualTo(200);
                assertThat(fixture.get("/api/jobs").statusCode()).isEqualTo(200);
                assertThat(upload).isNotDone();
            } finally {
                for (Socket socket : creeping) {
                    socket.close();
                }
            }
            assertThat(upload.get(1, TimeUnit.MINUTES).statusCode()).isEqualTo(202);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theWorkerGoesBehindTheServerWhereProcessorsAreShort() throws Exception {
        try (ServerFixture fixture = new ServerFixture(folder, LIMITS)) {
            fixture.awaitWorker();
            long worker = fixture.server.jobs().workerPid().orElseThrow();
            int own = niceness(ProcessHandle.current().pid());
            assertThat(niceness(worker)).isEqualTo(Math.min(NICEST, own + 5));
        }
    }

    /** Returns how nice Linux says that a process is; its name, which stands before that, holds no parenthesis. */
    private static int niceness(long pid) throws Exception {
        String status = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Integer.parseInt(status.split(" ")[NICENESS]);
    }

    private static Socket halfAnUpload(int port) throws Exception {
        Socket socket = new Socket("127.0.0.1", port);
        OutputStream out = socket.getOutputStream();
        out.write(("POST /api/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n"
                        + "Content-Type: multipart/form-data; boundary=" + ServerFixture.BOUNDARY + "\r\n\r\n--"
                        + ServerFixture.BOUNDARY + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        return socket;
    }

    /** Waits until so many uploads are being taken in, each of which has a folder. */
    private void awaitUploads(int count) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (true) {
            try (var folders = Files.list(folder.resolve("jobs/jobs"))) {
                if (folders.count() == count) {
                    return;
                }
            }
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(20);
        }
    }
}
