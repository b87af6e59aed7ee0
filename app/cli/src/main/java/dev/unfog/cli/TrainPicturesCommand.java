package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.train.ScoreTraining;
import dev.unfog.api.train.TrainingData;
import dev.unfog.api.train.TrainingPlan;
import dev.unfog.api.train.TrainingResult;
import dev.unfog.core.job.TrainingService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code unfog train pictures}. */
@Command(
        name = "pictures",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Train a score network for pictures on a folder of clean ones.",
        description = {
            "%nThe network learns to remove noise of every strength from crops of the pictures (denoising score matching). "
                    + "About one picture in twenty is held out, to say every few minutes how good the network is by now. "
                    + "With --checkpoint, Ctrl-C loses nothing: the same command goes on where it was."
        },
        customSynopsis = {"unfog train pictures DIR -o FILE [OPTIONS]"},
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "%nExamples:",
            "  unfog train pictures holiday -o mine.onnx --minutes 60 --checkpoint mine.training",
            "  unfog train pictures holiday -o mine.onnx --init photo.onnx   go on from a released network",
            "  unfog clean photo.jpg -o clean.jpg --model mine.onnx          use it",
        })
final class TrainPicturesCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(arity = "1", paramLabel = "DIR", description = "A folder of clean pictures; folders in it included.")
    private Path folder = Path.of("");

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            order = 1,
            description = "The ONNX file to write, its card within.")
    private Path output = Path.of("");

    @Option(
            names = "--minutes",
            paramLabel = "N",
            order = 2,
            description = "End after this time (default 30, unless --steps is given).")
    private @Nullable Double minutes;

    @Option(names = "--steps", paramLabel = "N", order = 3, description = "End after this many steps of the optimiser.")
    private @Nullable Long steps;

    @Option(
            names = "--checkpoint",
            paramLabel = "DIR",
            order = 4,
            description = "Keep the state of the training in this folder, and go on from it if there is one.")
    private @Nullable Path checkpoint;

    @Option(
            names = "--init",
            paramLabel = "FILE",
            order = 5,
            description = "Start from the weights of this network instead of random ones.")
    private @Nullable Path initial;

    @Option(
            names = "--crop",
            paramLabel = "N",
            defaultValue = "64",
            order = 6,
            description = "Side of the crops in pixels, a multiple of 8 (default 64).")
    private int crop;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "32",
            order = 7,
            description = "Crops a step (default 32).")
    private int batch;

    @Option(
            names = "--learning-rate",
            paramLabel = "N",
            defaultValue = "0.001",
            order = 8,
            description = "Highest learning rate (default 0.001).")
    private double learningRate;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            order = 9,
            description = "Use this many processor threads (default 0: all).")
    private int threads;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            order = 10,
            description = "Seed of weights, crops and noise (default 0).")
    private long seed;

    @Mixin
    private CommonOptions common = new CommonOptions();

    TrainPicturesCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        requirePositive("--crop", crop);
        requirePositive("--batch", batch);
        requirePositive("--learning-rate", learningRate);
        if (steps != null) {
            requirePositive("--steps", steps);
        }
        if (minutes != null) {
            requirePositive("--minutes", minutes);
        }
        ScoreTraining training = TrainingService.of(session.installation());
        TrainingResult result;
        try (ProgressLine progress = new ProgressLine(session.terminal())) {
            TrainingData data = training.pictures(folder, crop, seed, session.cancellation());
            result = training.train(plan(data), progress, session.cancellation());
        }
        report(result);
        return ExitCode.DONE;
    }

    private TrainingPlan plan(TrainingData data) {
        TrainingPlan.Builder plan = TrainingPlan.forPictures(data, output)
                .optBatch(batch)
                .optLearningRate(learningRate)
                .optSeed(seed);
        if (threads > 0) {
            plan.optThreads(threads);
        }
        if (steps != null) {
            plan.optSteps(steps);
        }
        if (minutes != null || steps == null) {
            plan.optTimeBudget(Duration.ofMillis(Math.round(60_000 * (minutes == null ? 30 : minutes))));
        }
        if (checkpoint != null) {
            plan.optCheckpointDirectory(checkpoint);
        }
        if (initial != null) {
            plan.optInitialNetwork(initial);
        }
        return plan.build();
    }

    private static void requirePositive(String option, double value) {
        if (!(value > 0 && Double.isFinite(value))) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER, option, value + " is not above 0", "give a number above 0");
        }
    }

    private void report(TrainingResult result) {
        if (common.json) {
            List<Map<String, Object>> validations = new ArrayList<>();
            for (TrainingResult.Validation validation : result.validations()) {
                Map<String, Object> object = new LinkedHashMap<>();
                object.put("sigma", validation.noiseLevel() * 255);
                object.put("psnr", validation.psnr());
                validations.add(object);
            }
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("network", result.network().toString());
            object.put("sha256", result.sha256());
            object.put("steps", result.steps());
            object.put("samples", result.samples());
            object.put("seconds", result.duration().toMillis() / 1e3);
            object.put("loss", result.loss());
            object.put("validation", validations);
            session.terminal().out().println(Json.write(object));
            return;
        }
        session.terminal().out().println(result.network());
        session.terminal()
                .err()
                .println(String.format(
                        Locale.ROOT,
                        "%d steps, %d crops, %s",
                        result.steps(),
                        result.samples(),
                        ProgressLine.duration(result.duration().toMillis() / 1e3)));
        for (TrainingResult.Validation validation : result.validations()) {
            session.terminal()
                    .err()
                    .println(String.format(
                            Locale.ROOT,
                            "held-out crops at sigma %.0f: PSNR %.2f dB",
                            validation.noiseLevel() * 255,
                            validation.psnr()));
        }
    }
}
