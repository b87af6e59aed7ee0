package dev.unfog.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.unfog.core.job.Installation;
import dev.unfog.core.plugin.TestPlugin;
import dev.unfog.server.job.JobLimits;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/**
 * A server on a free port with one plugin, which inverts pictures, or misbehaves if it is told to, halves recordings, and learns how
 * bright pictures are.
 */
final class ServerFixture implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    static final String BOUNDARY = "unfog-test-boundary";

    private static final String CLEANER = """
            package inverter;
            import dev.unfog.api.media.*;
            import dev.unfog.api.param.*;
            import dev.unfog.api.plugin.*;
            import java.nio.file.Path;
            import java.util.*;
            @org.pf4j.Extension
            public class Inverter implements Cleaner {
                static final Parameter<String> MANNER = new Parameter<>("manner",
                        new ParameterType.Choice(List.of("quick", "slow", "deaf", "flood", "leave")), "quick", "", "how it behaves");
                static final Parameter<Double> AMOUNT = new Parameter<>("amount",
                        new ParameterType.Real(0, 1), 1.0, "", "how much of the picture is inverted");
                static final Parameter<Long> STEPS = new Parameter<>("steps",
                        new ParameterType.Whole(1, 500), null, "calls", "how often a network is called");
                static final Parameter<Boolean> COMPARE = new Parameter<>("compare",
                        new ParameterType.Flag(), false, "", "also write what was changed");
                static final Parameter<Path> MASK = new Parameter<>("mask",
                        new ParameterType.MediaFile(MediaKind.PICTURE), null, "", "a picture that is black where nothing changes");
                public String summary() { return "Invert pictures"; }
                public Set<MediaKind> accepts() { return Set.of(MediaKind.PICTURE); }
                public List<Parameter<?>> parameters() { return List.of(MANNER, AMOUNT, STEPS, COMPARE, MASK); }
                public void clean(Media input, Outputs outputs, ParameterValues values, PluginContext context) {
                    behave(values.get(MANNER), context);
                    Picture picture = (Picture) input;
                    PictureLayout layout = picture.layout();
                    float[] planar = new float[layout.channels() * layout.width() * layout.height()];
                    picture.read(layout.bounds(), planar);
                    if (values.find(MASK).isPresent()) {
                        try (Media mask = context.openMedia(values.find(MASK).get(), MediaKind.PICTURE)) {
                            outputs.note("masked", true);
                        }
                    }
                    for (int i = 0; i < planar.length; i++) {
                        planar[i] = (float) (planar[i] + values.get(AMOUNT) * (1 - 2 * planar[i]));
                    }
                    outputs.picture(Outputs.MAIN, layout).write(layout.bounds(), planar);
                    if (values.get(COMPARE)) {
                        outputs.picture("changed", layout).write(layout.bounds(), planar);
                    }
                    outputs.note("amount", values.get(AMOUNT));
                }
                private static void behave(String manner, PluginContext context) {
                    System.out.println("a plugin may print what it likes");
                    for (int i = 0; manner.equals("slow") && i < 1200; i++) {
                        context.cancellation().throwIfCancelled();
                        context.progress().report(i / 1200.0, "step " + i);
                        sleep(50);
                    }
                    while (manner.equals("deaf")) {
                        sleep(1000);
                    }
                    if (manner.equals("leave")) {
                        Runtime.getRuntime().halt(134);
                    }
                    List<long[]> hoard = new ArrayList<>();
                    while (manner.equals("flood")) {
                        hoard.add(new long[1 << 18]);
                    }
                }
                private static void sleep(long milliseconds) {
                    try {
                        Thread.sleep(milliseconds);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
            """;

    private static final String AUDIO_CLEANER = """
            package inverter;
            import dev.unfog.api.media.*;
            import dev.unfog.api.param.*;
            import dev.unfog.api.plugin.*;
            import java.util.*;
            @org.pf4j.Extension
            public class Halver implements Cleaner {
                public String summary() { return "halve recordings"; }
                public Set<MediaKind> accepts() { return Set.of(MediaKind.AUDIO); }
                public List<Parameter<?>> parameters() { return List.of(); }
                public void clean(Media input, Outputs outputs, ParameterValues values, PluginContext context) {
                    Audio audio = (Audio) input;
                    AudioSink sink = outputs.audio(Outputs.MAIN, audio.layout());
                    float[][] block = new float[audio.layout().channels()][4096];
                    int frames;
                    for (long at = 0; (frames = audio.read(at, block, 4096)) > 0; at += frames) {
                        for (float[] channel : block) {
                            for (int i = 0; i < frames; i++) {
                                channel[i] /= 2;
                            }
                        }
                        sink.write(block, frames);
                    }
                }
            }
            """;

    /** Its model is the normal pictures' brightnesses, one a line. */
    private static final String FITTER = """
            package inverter;
            import dev.unfog.api.media.*;
            import dev.unfog.api.param.*;
            import dev.unfog.api.plugin.*;
            import java.io.*;
            import java.nio.file.*;
            import java.util.*;
            @org.pf4j.Extension
            public class BrightnessFitter implements Fitter {
                public String summary() { return "learn how bright pictures are"; }
                public Set<MediaKind> accepts() { return Set.of(MediaKind.PICTURE); }
                public List<Parameter<?>> parameters() { return List.of(); }
                static double brightness(Media media) {
                    Picture picture = (Picture) media;
                    PictureLayout layout = picture.layout();
                    float[] planar = new float[layout.channels() * layout.width() * layout.height()];
                    picture.read(layout.bounds(), planar);
                    double sum = 0;
                    for (float value : planar) {
                        sum += value;
                    }
                    return sum / planar.length;
                }
                public void fit(Samples normals, Path model, ParameterValues values, PluginContext context) {
                    List<String> lines = new ArrayList<>();
                    for (int i = 0; i < normals.count(); i++) {
                        try (Media media = normals.open(i)) {
                            lines.add(Double.toString(brightness(media)));
                        }
                    }
                    try {
                        Files.write(model, lines);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
            """;

    private static final String SCORER = """
            package inverter;
            import dev.unfog.api.media.*;
            import dev.unfog.api.param.*;
            import dev.unfog.api.plugin.*;
            import java.io.*;
            import java.nio.file.*;
            import java.util.*;
            import java.util.function.Consumer;
            @org.pf4j.Extension
            public class BrightnessScorer implements Scorer {
                public String summary() { return "score how bright pictures are"; }
                public Set<MediaKind> accepts() { return Set.of(MediaKind.PICTURE); }
                public List<Parameter<?>> parameters() { return List.of(); }
                public Session open(Path model, ParameterValues values, PluginContext context) {
                    double[] normals;
                    try {
                        normals = Files.readAllLines(model).stream().mapToDouble(Double::parseDouble).toArray();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    double mean = Arrays.stream(normals).average().orElseThrow();
                    return new Session() {
                        public void score(Media input, Consumer<Score> scores, Outputs outputs) {
                            double far = Math.abs(BrightnessFitter.brightness(input) - mean);
                            long further = Arrays.stream(normals).filter(each -> Math.abs(each - mean) >= far).count();
                            scores.accept(new Score(far, (1.0 + further) / (1 + normals.length), Map.of()));
                            PictureLayout layout = ((Picture) input).layout();
                            float[] planar = new float[layout.channels() * layout.width() * layout.height()];
                            Arrays.fill(planar, (float) far);
                            outputs.picture(Outputs.MAIN, layout).write(layout.bounds(), planar);
                        }
                        public void close() {}
                    };
                }
            }
            """;

    /** A part of an upload. */
    record Part(String name, @Nullable String fileName, byte[] content) {
        static Part field(String name, String value) {
            return new Part(name, null, value.getBytes(StandardCharsets.UTF_8));
        }

        static Part file(String fileName, byte[] content) {
            return new Part("file", fileName, content);
        }
    }

    final Path folder;
    final Installation installation;
    final HttpClient client = HttpClient.newHttpClient();
    UnfogServer server;
    private final JobLimits limits;

    ServerFixture(Path folder, JobLimits limits) {
        this.folder = folder;
        this.limits = limits;
        installation = new Installation(folder.resolve("installation"), folder.resolve("home"));
        Path plugins = folder.resolve("installation/plugins");
        try {
            Files.createDirectories(plugins);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        new TestPlugin("inverter")
                .source("inverter.Inverter", CLEANER)
                .source("inverter.Halver", AUDIO_CLEANER)
                .source("inverter.BrightnessFitter", FITTER)
                .source("inverter.BrightnessScorer", SCORER)
                .jar(plugins.resolve("inverter.jar"));
        server = start();
    }

    private UnfogServer start() {
        return UnfogServer.start(
                installation,
                ServerSettings.builder()
                        .setFolder(folder.resolve("jobs"))
                        .optPort(0)
                        .optLimits(limits)
                        .build());
    }

    void restart() {
        server.close();
        server = start();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(PATIENCE);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<byte[]> bytes(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    HttpResponse<String> post(String path) throws IOException, InterruptedException {
        return send(request(path).POST(HttpRequest.BodyPublishers.noBody()));
    }

    static byte[] body(List<Part> parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Part part : parts) {
            String file = part.fileName() == null ? "" : "; filename=\"" + part.fileName() + "\"";
            out.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + part.name() + "\"" + file
                            + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            out.writeBytes(part.content());
            out.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        out.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    HttpRequest.Builder upload(byte[] body) {
        return request("/api/jobs")
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    }

    HttpResponse<String> submit(Part... parts) throws IOException, InterruptedException {
        return send(upload(body(List.of(parts))));
    }

    /** Hands in a picture to be inverted in a manner; returns the job's id. */
    String submitPicture(String manner) throws IOException, InterruptedException {
        HttpResponse<String> response =
                submit(Part.field("parameters", "{\"manner\":\"" + manner + "\"}"), Part.file("scan.png", png(8, 6)));
        if (response.statusCode() != 202) {
            throw new IllegalStateException(response.body());
        }
        return JSON.readTree(response.body()).get("id").asText();
    }

    JsonNode job(String id) throws IOException, InterruptedException {
        return JSON.readTree(get("/api/jobs/" + id).body());
    }

    JsonNode await(String id, Predicate<JsonNode> wanted) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        JsonNode job = job(id);
        while (!wanted.test(job)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Still " + job);
            }
            Thread.sleep(20);
            job = job(id);
        }
        return job;
    }

    JsonNode awaitEnd(String id) throws IOException, InterruptedException {
        return await(id, job -> !List.of("queued", "running")
                .contains(job.get("state").asText()));
    }

    JsonNode awaitRunning(String id) throws IOException, InterruptedException {
        return await(id, job -> job.get("files").get(0).get("state").asText().equals("running"));
    }

    static void assertProblem(HttpResponse<String> response, int status, String code) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonNode problem = JSON.readTree(response.body());
        assertThat(problem.get("type").asText()).isEqualTo("urn:unfog:error:" + code);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("remedy").asText()).isNotBlank();
    }

    /** Waits until exactly these files are stored: what a job leaves is deleted just after it has ended. */
    void awaitStored(List<String> wanted) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!Set.copyOf(stored()).equals(Set.copyOf(wanted))) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Stored are " + stored() + ", not " + wanted);
            }
            Thread.sleep(20);
        }
    }

    /** Waits until the worker has told what is installed. */
    void awaitWorker() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (server.jobs().installed().isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The worker does not start");
            }
            Thread.sleep(20);
        }
    }

    /** Lists all files under the folder of jobs, as paths relative to it. */
    List<String> stored() throws IOException {
        Path jobs = folder.resolve("jobs/jobs");
        List<String> names = new ArrayList<>();
        Files.walkFileTree(jobs, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                names.add(jobs.relativize(file).toString());
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException error) {
                // It was deleted while this looked.
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException error) {
                return FileVisitResult.CONTINUE;
            }
        });
        return names;
    }

    static byte[] png(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, (x * 255 / width) << 16 | (y * 255 / height) << 8 | 40);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        server.close();
    }
}
