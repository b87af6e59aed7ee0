package dev.unfog.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.train.Architecture;
import dev.unfog.api.train.NoiseLevels;
import dev.unfog.api.train.ScoreTraining;
import dev.unfog.api.train.TrainingData;
import dev.unfog.api.train.TrainingPlan;
import dev.unfog.api.train.TrainingResult;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchScoreTrainingTest {
    @TempDir
    Path folder;

    private final ScoreTraining training =
            ServiceLoader.load(ScoreTraining.class).findFirst().orElseThrow();

    private TrainingPlan.Builder rows(String output) {
        return TrainingPlan.builder()
                .setId("rows")
                .setKind(MediaKind.ROWS)
                .setArchitecture(new Architecture.Perceptron(2, 64, 3))
                .setData(new GaussianMixtureData())
                .setNoiseLevels(NoiseLevels.logUniform(0.1, 3))
                .setOutput(folder.resolve(output))
                .optBatch(256)
                .optLearningRate(4e-3)
                .optAverageDecay(0.99)
                .optWarmupSteps(20);
    }

    private String digest(String file) throws Exception {
        byte[] bytes = Files.readAllBytes(folder.resolve(file));
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void trainingOnAToyDensityRecoversItsKnownScore() throws Exception {
        GaussianMixtureData data = new GaussianMixtureData();
        TrainingResult result = training.train(
                rows("toy.onnx").optBatch(1024).optSteps(1200).build(), Progress.NONE, Cancellation.NEVER);

        SplittableRandom random = new SplittableRandom(11);
        try (OnnxNetwork network = new OnnxNetwork(result.network())) {
            for (double sigma : new double[] {0.2, 0.5, 1, 2}) {
                int count = 2000;
                float[] x = new float[2 * count];
                for (int i = 0; i < count; i++) {
                    data.draw(1_000_000_000L + i, FloatBuffer.wrap(x, 2 * i, 2));
                }
                for (int i = 0; i < x.length; i++) {
                    x[i] += (float) (sigma * random.nextGaussian());
                }
                float[] denoised =
                        network.denoise(x, new long[] {count, 2}, new float[] {(float) sigma}, new long[] {1, 1});
                double error = 0;
                double size = 0;
                for (int i = 0; i < count; i++) {
                    double[] mean = data.posteriorMean(new double[] {x[2 * i], x[2 * i + 1]}, sigma);
                    for (int axis = 0; axis < 2; axis++) {
                        double score = (mean[axis] - x[2 * i + axis]) / (sigma * sigma);
                        double learned = (denoised[2 * i + axis] - x[2 * i + axis]) / (sigma * sigma);
                        error += (learned - score) * (learned - score);
                        size += score * score;
                    }
                }
                assertThat(Math.sqrt(error / size))
                        .as("relative error of the score at noise level " + sigma)
                        .isLessThan(0.1);
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameNetworkWhateverTheNumberOfThreads() throws Exception {
        // Large enough that every batch is shared out.
        training.train(
                rows("a.onnx").optBatch(8192).optSteps(10).optThreads(1).build(), Progress.NONE, Cancellation.NEVER);
        training.train(
                rows("b.onnx").optBatch(8192).optSteps(10).optThreads(3).build(), Progress.NONE, Cancellation.NEVER);
        training.train(
                rows("c.onnx").optBatch(8192).optSteps(10).optSeed(1).build(), Progress.NONE, Cancellation.NEVER);
        assertThat(digest("a.onnx")).isEqualTo(digest("b.onnx")).isNotEqualTo(digest("c.onnx"));
    }

    @Test
    void aTrainingThatWasCancelledGoesOnToWhatAnUnbrokenOneGives() throws Exception {
        training.train(rows("unbroken.onnx").optSteps(40).build(), Progress.NONE, Cancellation.NEVER);
        Path checkpoints = folder.resolve("checkpoints");
        TrainingPlan plan = rows("resumed.onnx")
                .optSteps(40)
                .optCheckpointDirectory(checkpoints)
                .build();
        AtomicInteger asked = new AtomicInteger();

        assertThatThrownBy(() -> training.train(plan, Progress.NONE, () -> asked.incrementAndGet() > 15))
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        assertThat(checkpoints.resolve("checkpoint.bin")).exists();
        assertThat(folder.resolve("resumed.onnx")).doesNotExist();
        try (var files = Files.walk(folder)) {
            assertThat(files.filter(file -> file.toString().endsWith(".part"))).isEmpty();
        }

        TrainingResult result = training.train(plan, Progress.NONE, Cancellation.NEVER);
        assertThat(result.steps()).isEqualTo(40);
        assertThat(digest("resumed.onnx")).isEqualTo(digest("unbroken.onnx"));
    }

    @Test
    void aFinishedTrainingOnlyWritesItsNetworkAgain() throws Exception {
        TrainingPlan plan = rows("net.onnx")
                .optSteps(10)
                .optCheckpointDirectory(folder.resolve("checkpoints"))
                .build();
        training.train(plan, Progress.NONE, Cancellation.NEVER);
        String first = digest("net.onnx");
        Files.delete(folder.resolve("net.onnx"));
        assertThat(training.train(plan, Progress.NONE, Cancellation.NEVER).steps())
                .isEqualTo(10);
        assertThat(digest("net.onnx")).isEqualTo(first);
    }

    @Test
    void aTimeBudgetEndsTheTraining() {
        long begin = System.nanoTime();
        TrainingResult result = training.train(
                rows("timed.onnx").optTimeBudget(Duration.ofMillis(500)).build(), Progress.NONE, Cancellation.NEVER);
        assertThat(result.steps()).isPositive();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        assertThat(result.network()).exists();
    }

    @Test
    void aCheckpointOfAnotherSeedOrNetworkOrACutOneIsRefused() throws Exception {
        Path checkpoints = folder.resolve("checkpoints");
        training.train(
                rows("net.onnx").optSteps(2).optCheckpointDirectory(checkpoints).build(),
                Progress.NONE,
                Cancellation.NEVER);

        assertRefused(
                rows("net.onnx").optSteps(2).optSeed(7).optCheckpointDirectory(checkpoints), ErrorCode.BAD_PARAMETER);
        assertRefused(
                rows("net.onnx")
                        .setArchitecture(new Architecture.Perceptron(2, 32, 3))
                        .optSteps(2)
                        .optCheckpointDirectory(checkpoints),
                ErrorCode.BAD_PARAMETER);
        Path file = checkpoints.resolve("checkpoint.bin");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 1000));
        assertRefused(rows("net.onnx").optSteps(2).optCheckpointDirectory(checkpoints), ErrorCode.MODEL_DAMAGED);
    }

    private void assertRefused(TrainingPlan.Builder plan, ErrorCode code) {
        assertThatThrownBy(() -> training.train(plan.build(), Progress.NONE, Cancellation.NEVER))
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(plan.build().checkpointDirectory().isPresent() ? "checkpoint.bin" : "net.onnx");
    }

    @Test
    void aFileThatCannotBeWrittenIsRefusedBeforeTheWorkBegins() {
        assertThatThrownBy(() -> training.train(
                        rows("no/such/folder/net.onnx").optSteps(1).build(), Progress.NONE, () -> {
                            return false;
                        }))
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_NOT_WRITABLE));
    }

    @Test
    void aTrainingStartsFromTheWeightsOfAnotherNetwork() throws Exception {
        training.train(rows("first.onnx").optSteps(150).build(), Progress.NONE, Cancellation.NEVER);
        TrainingResult anew = training.train(rows("anew.onnx").optSteps(5).build(), Progress.NONE, Cancellation.NEVER);
        TrainingResult onward = training.train(
                rows("onward.onnx")
                        .optSteps(5)
                        .optInitialNetwork(folder.resolve("first.onnx"))
                        .build(),
                Progress.NONE,
                Cancellation.NEVER);
        assertThat(onward.loss()).isLessThan(0.95 * anew.loss());
    }

    @Test
    void aFolderOfPicturesBecomesANetworkThatCarriesItsCard() throws Exception {
        TestPictures.write(folder.resolve("pictures"), 40, 48);
        TrainingData data = training.pictures(folder.resolve("pictures"), 16, 0, Cancellation.NEVER);
        List<String> lines = new ArrayList<>();
        List<Double> fractions = new ArrayList<>();
        TrainingResult result = training.train(
                TrainingPlan.forPictures(data, folder.resolve("photo.onnx"))
                        .setArchitecture(new Architecture.PictureUNet(3, List.of(8, 8), 1))
                        .optBatch(8)
                        .optSteps(30)
                        .optWarmupSteps(5)
                        .optCheckpointDirectory(folder.resolve("checkpoints"))
                        .build(),
                (fraction, line) -> {
                    fractions.add(fraction);
                    lines.add(line);
                },
                Cancellation.NEVER);

        assertThat(result.samples()).isEqualTo(240);
        assertThat(result.validations()).hasSize(3);
        assertThat(result.sha256()).isEqualTo(digest("photo.onnx"));
        assertThat(fractions).isSorted().endsWith(1.0);
        assertThat(lines.get(lines.size() - 1)).contains("dB at noise");
        assertThat(folder.resolve("checkpoints").resolve("train.log")).isNotEmptyFile();
        try (OnnxNetwork network = new OnnxNetwork(result.network())) {
            assertThat(network.metadata("unfog.card"))
                    .contains("\"contract\": 1", "\"id\": \"photo\"", "\"kind\": \"picture\"", "\"sizeMultiple\": 4");
        }
    }

    @Test
    void dataThatIsNotFiniteEndsTheTrainingWithoutANetwork() {
        TrainingData broken = new TrainingData() {
            @Override
            public int[] sampleShape() {
                return new int[] {2};
            }

            @Override
            public void draw(long index, FloatBuffer sample) {
                sample.put(Float.NaN).put(0);
            }
        };
        assertThatThrownBy(() -> training.train(
                        rows("net.onnx").setData(broken).optSteps(1000).build(), Progress.NONE, Cancellation.NEVER))
                .isInstanceOf(UnfogException.class)
                .hasMessageContaining("not been finite");
        assertThat(folder.resolve("net.onnx")).doesNotExist();
    }

    @Test
    void whatTheDataThrowsEndsTheTraining() {
        TrainingData broken = new TrainingData() {
            @Override
            public int[] sampleShape() {
                return new int[] {2};
            }

            @Override
            public void draw(long index, FloatBuffer sample) {
                throw new UnfogException(ErrorCode.UNREADABLE_MEDIA, "row 7", "it is gone", "bring it back");
            }
        };
        assertThatThrownBy(() -> training.train(
                        rows("net.onnx").setData(broken).optSteps(3).build(), Progress.NONE, Cancellation.NEVER))
                .isInstanceOf(UnfogException.class)
                .hasMessageContaining("row 7");
    }
}
