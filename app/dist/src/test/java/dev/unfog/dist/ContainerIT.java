package dev.unfog.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unpacks the container image's layers and runs what it says it runs, in a root of its own: no container engine is needed. */
@Tag("container")
class ContainerIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path SCRIPT =
            Path.of("src", "main", "packaging", "run-image.sh").toAbsolutePath();

    @TempDir
    private Path folder;

    private static Path image() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(file -> file.getFileName().toString().endsWith("-image.tar"))
                    .findFirst()
                    .orElseThrow()
                    .toAbsolutePath();
        }
    }

    private String run(ProcessBuilder builder) throws IOException, InterruptedException {
        Path out = folder.resolve("out.txt");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(out)).isZero();
        return Files.readString(out);
    }

    @Test
    void cleansAPictureWithNothingButWhatIsInTheImage() throws Exception {
        Path unpacked = Files.createDirectory(folder.resolve("image"));
        Path root = Files.createDirectory(folder.resolve("root"));
        run(new ProcessBuilder("tar", "-xf", image().toString(), "-C", unpacked.toString()));
        JsonNode manifest =
                JSON.readTree(unpacked.resolve("manifest.json").toFile()).get(0);
        assertThat(manifest.get("Layers")).hasSize(4);
        for (JsonNode layer : manifest.get("Layers")) {
            run(new ProcessBuilder(
                    "tar", "-xzf", unpacked.resolve(layer.asText()).toString(), "-C", root.toString()));
        }
        JsonNode config = JSON.readTree(
                        unpacked.resolve(manifest.get("Config").asText()).toFile())
                .get("config");
        assertThat(config.get("User").asText()).isEqualTo("1000:1000");

        assertThat(unfog(root, config, "--version")).startsWith("unfog ");
        assertThat(unfog(root, config, "plugins", "list"))
                .contains("image-restoration", "speech-enhancement", "anomaly-scoring");
        BufferedImage noisy = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64 * 48; i++) {
            noisy.setRGB(i % 64, i / 64, 0x010101 * (100 + i * 7919 % 40));
        }
        ImageIO.write(noisy, "png", root.resolve("data/noisy.png").toFile());
        unfog(root, config, "clean", "/data/noisy.png", "-o", "/data/clean.png", "--sigma", "15");
        assertThat(ImageIO.read(root.resolve("data/clean.png").toFile()).getWidth())
                .isEqualTo(64);
    }

    private String unfog(Path root, JsonNode config, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString(), root.toString()));
        config.get("Entrypoint").forEach(word -> command.add(word.asText()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        for (JsonNode variable : config.get("Env")) {
            String[] parts = variable.asText().split("=", 2);
            builder.environment().put(parts[0], parts[1]);
        }
        return run(builder);
    }
}
