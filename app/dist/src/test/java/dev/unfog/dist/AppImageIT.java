package dev.unfog.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the app image as a user does who has no Java. */
@Tag("app-image")
class AppImageIT {
    private static final Path UNFOG =
            Path.of("target", "app-image", "unfog", "bin", "unfog").toAbsolutePath();
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/");

    @TempDir
    private Path folder;

    private ProcessBuilder unfog(String... arguments) {
        List<String> command = new ArrayList<>(List.of(UNFOG.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out.txt").toFile());
        builder.environment().clear();
        builder.environment().put("UNFOG_HOME", folder.resolve("home").toString());
        return builder;
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("out.txt"));
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        Process process = unfog(arguments).start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(said()).isZero();
        return said();
    }

    @Test
    void cleansAPictureWithoutAnInstalledJava() throws Exception {
        assertThat(run("--version")).startsWith("unfog ");
        assertThat(run("plugins", "list")).contains("image-restoration", "speech-enhancement", "anomaly-scoring");
        BufferedImage noisy = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64 * 48; i++) {
            noisy.setRGB(i % 64, i / 64, 0x010101 * (100 + i * 7919 % 40));
        }
        ImageIO.write(noisy, "png", folder.resolve("noisy.png").toFile());
        run("clean", "noisy.png", "-o", "clean.png", "--sigma", "15");
        assertThat(ImageIO.read(folder.resolve("clean.png").toFile()).getWidth())
                .isEqualTo(64);
    }

    @Test
    void servesThePageAndFindsItsWorker() throws Exception {
        Process server = unfog("serve", "--port", "0").start();
        try {
            Matcher address = ADDRESS.matcher(said());
            long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
            while (!address.find() && System.nanoTime() < deadline) {
                assertThat(server.isAlive()).as(said()).isTrue();
                Thread.sleep(100);
                address = ADDRESS.matcher(said());
            }
            HttpResponse<String> plugins = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(address.group() + "api/plugins"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(plugins.body()).contains("image-restoration", "speech-enhancement", "anomaly-scoring");
        } finally {
            server.destroy();
            assertThat(server.waitFor(1, TimeUnit.MINUTES)).isTrue();
        }
    }
}
