package dev.unfog.training;

import ai.djl.ndarray.NDManager;
import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.train.ScoreTraining;
import dev.unfog.api.train.TrainingData;
import dev.unfog.api.train.TrainingPlan;
import dev.unfog.api.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Carries out training plans with DJL on PyTorch, on the CPU. */
public final class TorchScoreTraining implements ScoreTraining {
    private static final String CHECKPOINT = "checkpoint.bin";
    private static final String LATEST = "latest.onnx";
    private static final String LOG = "train.log";
    private static final double REPORT_SECONDS = 2;
    private static final double LOG_SECONDS = 30;
    private static final int MOST_FAILURES = 50;

    /** For {@link java.util.ServiceLoader}; loads nothing native yet. */
    public TorchScoreTraining() {}

    @Override
    public TrainingData pictures(Path folder, int side, long seed, Cancellation cancellation) {
        return Pictures.read(folder, side, seed, cancellation);
    }

    @Override
    public TrainingResult train(TrainingPlan plan, Progress progress, Cancellation cancellation) {
        cancellation.throwIfCancelled();
        requireWritable(plan.output());
        plan.checkpointDirectory().ifPresent(TorchScoreTraining::create);
        ScoreBlock block = ScoreBlock.of(plan.architecture());
        requireFitting(plan, block);
        try (NDManager manager = TorchEngine.start()) {
            block.initialise(manager, plan.seed());
            block.beginAt(plan.data());
            plan.initialNetwork().ifPresent(file -> OnnxWeights.load(file, block));
            ScoreTrainer.Settings settings = new ScoreTrainer.Settings(
                    plan.batch(),
                    new Schedule(
                            plan.learningRate(),
                            plan.warmupSteps(),
                            plan.steps(),
                            plan.timeBudget().map(TorchScoreTraining::seconds).orElse(Double.POSITIVE_INFINITY)),
                    plan.weightDecay(),
                    plan.muonRate(),
                    plan.averageDecay(),
                    plan.clipNorm(),
                    plan.seed(),
                    plan.threads());
            DenoisingExamples examples = new DenoisingExamples(plan.data(), plan.noiseLevels(), plan.seed());
            try (ScoreTrainer trainer = new ScoreTrainer(manager, block, examples, settings)) {
                return new Run(plan, progress, cancellation, manager, block, trainer).carryOut();
            }
        } catch (IOException e) {
            throw notWritten(plan.output(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnfogException(
                    ErrorCode.CANCELLED,
                    plan.id(),
                    "the training was interrupted",
                    "start it again to have its result",
                    e);
        }
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() * 1e-3;
    }

    private static void create(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw notWritten(directory, e);
        }
    }

    /** Finds out before hours of work whether its result can be written. */
    private static void requireWritable(Path output) {
        Path folder = output.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder) || Files.isDirectory(output)) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    output.toString(),
                    "no file can be written there",
                    "name a file in a folder that exists and that you may write to");
        }
    }

    private static void requireFitting(TrainingPlan plan, ScoreBlock block) {
        int[] shape = plan.data().sampleShape();
        boolean fits = shape.length > 0 && shape[0] == plan.architecture().channels();
        for (int dimension = 1; dimension < shape.length; dimension++) {
            fits &= shape[dimension] % block.sizeMultiple() == 0;
        }
        if (!fits) {
            throw new IllegalArgumentException("Samples of " + Arrays.toString(shape)
                    + " do not fit a network of " + plan.architecture().channels()
                    + " channels whose sizes are multiples of " + block.sizeMultiple());
        }
    }

    private static UnfogException notWritten(Path file, IOException cause) {
        return new UnfogException(
                ErrorCode.OUTPUT_NOT_WRITABLE,
                file.toString(),
                "it cannot be written: " + cause.getMessage(),
                "make room or choose another place",
                cause);
    }

    /** One training on its way. */
    private static final class Run {
        private final TrainingPlan plan;
        private final Progress progress;
        private final Cancellation cancellation;
        private final NDManager manager;
        private final ScoreBlock block;
        private final ScoreTrainer trainer;
        private final @Nullable Path checkpoint;
        private final Validation validation;
        private List<TrainingResult.Validation> validations = List.of();

        Run(
                TrainingPlan plan,
                Progress progress,
                Cancellation cancellation,
                NDManager manager,
                ScoreBlock block,
                ScoreTrainer trainer) {
            this.plan = plan;
            this.progress = progress;
            this.cancellation = cancellation;
            this.manager = manager;
            this.block = block;
            this.trainer = trainer;
            checkpoint = plan.checkpointDirectory()
                    .map(directory -> directory.resolve(CHECKPOINT))
                    .orElse(null);
            validation = new Validation(plan);
        }

        TrainingResult carryOut() throws IOException, InterruptedException {
            if (checkpoint != null && Files.exists(checkpoint)) {
                trainer.resume(checkpoint);
                log("goes on from step " + trainer.steps());
            } else {
                log("begins: " + block.parameterCount() + " parameters, " + Math.round(block.multiplyAdds())
                        + " multiply-adds an element");
            }
            double now = trainer.elapsedSeconds();
            double reported = now;
            double logged = now;
            double saved = now;
            long loggedStep = trainer.steps();
            RunningMean loss = new RunningMean();
            int failures = 0;
            while (trainer.progress() < 1) {
                if (cancellation.isCancelled()) {
                    save();
                    log("cancelled at step " + trainer.steps());
                    cancellation.throwIfCancelled();
                }
                ScoreTrainer.Outcome outcome = trainer.step();
                loss.add(outcome.loss());
                failures = Double.isFinite(outcome.gradientNorm()) ? 0 : failures + 1;
                if (failures == MOST_FAILURES) {
                    throw new UnfogException(
                            ErrorCode.BAD_PARAMETER,
                            plan.id(),
                            "the gradient has not been finite for " + failures + " steps",
                            "lower the learning rate, and look for values in the data that are not finite");
                }
                now = trainer.elapsedSeconds();
                if (now - reported >= REPORT_SECONDS) {
                    reported = now;
                    progress.report(trainer.progress(), line(loss.value(), trainer.steps() - loggedStep, now - logged));
                }
                if (now - logged >= LOG_SECONDS) {
                    log(line(loss.value(), trainer.steps() - loggedStep, now - logged));
                    logged = now;
                    loggedStep = trainer.steps();
                }
                if (now - saved >= seconds(plan.checkpointInterval())) {
                    saved = now;
                    save();
                }
            }
            save();
            String digest = NetworkFile.write(plan.output(), plan, block, trainer.averagedWeights(), trainer.steps());
            log("ends at step " + trainer.steps());
            progress.report(1, describe(validations));
            return new TrainingResult(
                    plan.output(),
                    digest,
                    trainer.steps(),
                    trainer.steps() * plan.batch(),
                    Duration.ofMillis(Math.round(1000 * trainer.elapsedSeconds())),
                    loss.value(),
                    validations);
        }

        private void save() throws IOException {
            if (checkpoint != null) {
                trainer.save(checkpoint);
                NetworkFile.write(
                        checkpoint.resolveSibling(LATEST), plan, block, trainer.averagedWeights(), trainer.steps());
            }
            validations = validation.measure(manager, block, trainer.averagedWeights());
            if (!validations.isEmpty()) {
                log("step " + trainer.steps() + ": " + describe(validations));
            }
        }

        private String line(double loss, long steps, double seconds) {
            double done = trainer.progress();
            double left = trainer.elapsedSeconds() * (1 - done) / Math.max(done, 1e-9);
            return String.format(
                    Locale.ROOT,
                    "step %d, %.0f samples/s, loss %.4f, %.1f %% done, %.0f min left",
                    trainer.steps(),
                    steps * plan.batch() / Math.max(seconds, 1e-9),
                    loss,
                    100 * done,
                    left / 60);
        }

        private static String describe(List<TrainingResult.Validation> validations) {
            StringBuilder text = new StringBuilder();
            for (TrainingResult.Validation level : validations) {
                text.append(text.isEmpty() ? "held out: " : ", ")
                        .append(String.format(Locale.ROOT, "%.2f dB at noise %.4f", level.psnr(), level.noiseLevel()));
            }
            return text.toString();
        }

        private void log(String line) throws IOException {
            if (checkpoint != null) {
                Files.writeString(
                        checkpoint.resolveSibling(LOG),
                        LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + line + System.lineSeparator(),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            }
        }
    }

    /** A mean that forgets: the last hundred steps or so. */
    private static final class RunningMean {
        private double value = Double.NaN;
        private long count;

        void add(double next) {
            count++;
            value = count == 1 ? next : value + (next - value) / Math.min(count, 100);
        }

        double value() {
            return value;
        }
    }
}
