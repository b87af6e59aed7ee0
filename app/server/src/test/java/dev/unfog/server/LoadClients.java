package dev.unfog.server;

import dev.unfog.server.ServerFixture.Part;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/** Many clients that hand in jobs at once: in a program of their own, since their work is not the server's. */
final class LoadClients {
    static final int CLIENTS = 50;
    static final int JOBS_EACH = 10;

    private LoadClients() {}

    /** A job to hand in, and what must come of it. */
    record Kind(List<Part> parts, String state) {}

    /**
     * Hands in {@value #JOBS_EACH} jobs for each of {@value #CLIENTS} clients and prints a line for each job: the number of its kind and
     * its id.
     *
     * @param arguments the server's address, and a job that has learnt what is normal
     */
    public static void main(String[] arguments) throws Exception {
        URI jobs = URI.create(arguments[0]).resolve("/api/jobs");
        List<Kind> kinds = kinds(arguments[1]);
        HttpClient client = HttpClient.newHttpClient();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        List<Future<List<String>>> answers = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int first = i;
            answers.add(clients.submit(() -> {
                List<String> lines = new ArrayList<>();
                for (int job = 0; job < JOBS_EACH; job++) {
                    int kind = (first + job) % kinds.size();
                    lines.add(kind + " " + submit(client, jobs, kinds.get(kind)));
                }
                return lines;
            }));
        }
        for (Future<List<String>> answer : answers) {
            answer.get().forEach(System.out::println);
        }
        clients.shutdown();
    }

    private static String submit(HttpClient client, URI jobs, Kind kind) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(jobs)
                .header("Content-Type", "multipart/form-data; boundary=" + ServerFixture.BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofByteArray(ServerFixture.body(kind.parts())))
                .build();
        String body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        return ServerFixture.JSON.readTree(body).path("id").asText(body);
    }

    static List<Kind> kinds(String model) throws IOException {
        byte[] picture = ServerFixture.png(64, 48);
        byte[] recording = recording();
        return List.of(
                new Kind(List.of(Part.file("good.png", picture)), "done"),
                new Kind(List.of(Part.file("cut.png", Arrays.copyOf(picture, 200))), "failed"),
                new Kind(List.of(Part.file("talk.wav", recording)), "done"),
                new Kind(
                        List.of(
                                Part.field("verb", "score"),
                                Part.field("model", model),
                                Part.file("a.png", picture),
                                Part.file("b.png", ServerFixture.png(20, 20))),
                        "done"),
                new Kind(List.of(Part.file("words.xyz", "no picture".getBytes(StandardCharsets.UTF_8))), "failed"),
                new Kind(
                        List.of(Part.file("good.png", picture), Part.file("cut.wav", Arrays.copyOf(recording, 30))),
                        "partly-done"));
    }

    private static byte[] recording() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AudioFormat format = new AudioFormat(16_000, 16, 1, true, false);
        byte[] samples = new byte[2 * 16_000];
        AudioSystem.write(
                new AudioInputStream(new ByteArrayInputStream(samples), format, 16_000),
                AudioFileFormat.Type.WAVE,
                out);
        return out.toByteArray();
    }
}
