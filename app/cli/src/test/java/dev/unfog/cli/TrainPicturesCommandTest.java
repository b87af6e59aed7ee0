package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.unfog.cli.Sandbox.Outcome;
import dev.unfog.core.plugin.TestPlugin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a small training service of its own, which writes down the plan that it was given instead of a network. */
class TrainPicturesCommandTest {
    private static final String SERVICE = """
            package recorder;
            import dev.unfog.api.*;
            import dev.unfog.api.train.*;
            import java.nio.FloatBuffer;
            import java.nio.file.*;
            import java.time.Duration;
            import java.util.List;
            public class Recorder implements ScoreTraining {
                public TrainingData pictures(Path folder, int side, long seed, Cancellation cancellation) {
                    return new TrainingData() {
                        public int[] sampleShape() { return new int[] {3, side, side}; }
                        public void draw(long index, FloatBuffer sample) { sample.put((float) index); }
                    };
                }
                public TrainingResult train(TrainingPlan plan, Progress progress, Cancellation cancellation) {
                    cancellation.throwIfCancelled();
                    progress.report(1, "training");
                    try {
                        Files.writeString(plan.output(), plan.data().sampleShape()[1] + " " + plan.batch() + " "
                            + plan.steps() + " " + plan.timeBudget().map(Duration::toSeconds).orElse(-1L) + " " + plan.seed()
                            + " " + plan.learningRate() + " " + plan.checkpointDirectory().isPresent()
                            + " " + plan.initialNetwork().isPresent());
                    } catch (java.io.IOException e) { throw new java.io.UncheckedIOException(e); }
                    return new TrainingResult(plan.output(), "ab".repeat(32), 7, 224, Duration.ofSeconds(90), 0.5,
                        List.of(new TrainingResult.Validation(25 / 255.0, 31.5)));
                }
            }
            """;

    @TempDir
    private Path folder;

    private Sandbox sandbox;
    private Path network;

    @BeforeEach
    void installTheService() throws IOException {
        sandbox = new Sandbox(folder);
        network = folder.resolve("net.onnx");
        Path training = Files.createDirectories(sandbox.installation.directory().resolve("training"));
        new TestPlugin("recorder")
                .source("recorder.Recorder", SERVICE)
                .file(
                        "META-INF/services/dev.unfog.api.train.ScoreTraining",
                        "recorder.Recorder\n".getBytes(StandardCharsets.UTF_8))
                .jar(training.resolve("recorder.jar"));
    }

    @Test
    void theServiceIsFoundInItsOwnFolderAndGivenThePlan() throws IOException {
        Outcome train = sandbox.run(
                "train",
                "pictures",
                folder,
                "-o",
                network,
                "--steps",
                "7",
                "--batch",
                "4",
                "--crop",
                "48",
                "--seed",
                "5",
                "--learning-rate",
                "0.01",
                "--checkpoint",
                folder.resolve("state"),
                "--init",
                network);
        assertThat(train.code()).isZero();
        assertThat(train.out()).isEqualTo(network + System.lineSeparator());
        assertThat(network).hasContent("48 4 7 -1 5 0.01 true true");
        assertThat(train.err()).contains("7 steps, 224 crops, 1:30").contains("sigma 25: PSNR 31.50 dB");
    }

    @Test
    void withoutALengthItTrainsForHalfAnHour() {
        assertThat(sandbox.run("train", "pictures", folder, "-o", network).code())
                .isZero();
        assertThat(network).hasContent("64 32 " + Long.MAX_VALUE + " 1800 0 0.001 false false");
    }

    @Test
    void theResultIsPrintedAsJson() throws IOException {
        Outcome train = sandbox.run("train", "pictures", folder, "-o", network, "--minutes", "0.5", "--json");
        JsonNode json = new JsonMapper().readTree(train.out());
        assertThat(json.at("/network").asText()).isEqualTo(network.toString());
        assertThat(json.at("/sha256").asText()).hasSize(64);
        assertThat(json.at("/steps").asInt()).isEqualTo(7);
        assertThat(json.at("/seconds").asDouble()).isEqualTo(90);
        assertThat(json.at("/validation/0/psnr").asDouble()).isEqualTo(31.5);
    }

    @Test
    void numbersThatMakeNoSenseAreWrongUsage() {
        for (String option : new String[] {"--steps", "--minutes", "--batch", "--crop", "--learning-rate"}) {
            Outcome train = sandbox.run("train", "pictures", folder, "-o", network, option, "0");
            assertThat(train.code()).as(option).isEqualTo(2);
            assertThat(train.err()).contains("BadParameter: " + option);
        }
        assertThat(network).doesNotExist();
    }

    @Test
    void cancellingEndsWith130() {
        Outcome train = sandbox.run(() -> true, "train", "pictures", folder, "-o", network);
        assertThat(train.code()).isEqualTo(130);
        assertThat(network).doesNotExist();
    }
}
