package dev.unfog.training;

import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import dev.unfog.api.Cancellation;
import dev.unfog.api.UnfogException;
import dev.unfog.api.train.NoiseLevels;
import dev.unfog.api.train.TrainingData;
import dev.unfog.api.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Trains the photo network from the command line without the host:
 * {@code PictureTraining DIR -o net.onnx [--minutes M] [--steps N] [--seed S] [--checkpoint DIR] [--init net.onnx]
 * [--crop 64] [--batch 32] [--stream BATCH]}. With {@code --stream} it does not train but writes batches, see {@link ExampleStream}.
 *
 * <p>Does what {@code unfog train pictures} does, for a machine that has nothing but this module.
 */
public final class PictureTraining {
    private static final int VALIDATION = 12;

    private PictureTraining() {}

    /** Runs it; exit code 1 and a line on standard error where it fails, 2 where the arguments are wrong. */
    public static void main(String[] arguments) {
        if (arguments.length % 2 == 0) {
            System.err.println("Usage: PictureTraining DIR -o net.onnx [--minutes M] [--steps N] [--seed S]"
                    + " [--checkpoint DIR] [--init net.onnx] [--crop 64] [--batch 32] [--stream BATCH]");
            System.exit(2);
        }
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        try {
            TrainingPlan plan = plan(Path.of(arguments[0]), options);
            if (options.containsKey("--stream")) {
                stream(plan, Long.parseLong(options.get("--stream")));
            } else {
                System.out.println(new TorchScoreTraining()
                        .train(plan, (fraction, message) -> System.err.println(message), Cancellation.NEVER));
            }
        } catch (UnfogException | IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /** Writes the examples of a plan to standard output, and its network, untrained, where there is none. */
    private static void stream(TrainingPlan plan, long first) throws IOException {
        if (!Files.exists(plan.output())) {
            ScoreBlock block = ScoreBlock.of(plan.architecture());
            try (NDManager manager = TorchEngine.start()) {
                block.initialise(manager, plan.seed());
                NetworkFile.write(plan.output(), plan, block, new ParameterStore(manager, false), 0);
            }
        }
        ExampleStream stream = new ExampleStream();
        if (plan.data().heldOut().isPresent()) {
            TrainingData heldOut = plan.data().heldOut().get();
            for (double level : plan.validationLevels()) {
                ExampleSource examples =
                        new DenoisingExamples(heldOut, NoiseLevels.logUniform(level, level), plan.seed());
                stream.writeValidation(String.format(Locale.ROOT, "noise %.4f", level), examples, VALIDATION);
            }
        }
        stream.writeTraining(new DenoisingExamples(plan.data(), plan.noiseLevels(), plan.seed()), plan.batch(), first);
    }

    private static TrainingPlan plan(Path folder, Map<String, String> options) {
        long seed = Long.parseLong(options.getOrDefault("--seed", "0"));
        TorchScoreTraining training = new TorchScoreTraining();
        TrainingPlan.Builder plan = TrainingPlan.forPictures(
                        training.pictures(
                                folder,
                                Integer.parseInt(options.getOrDefault("--crop", "64")),
                                seed,
                                Cancellation.NEVER),
                        Path.of(options.getOrDefault("-o", "net.onnx")))
                .optSeed(seed);
        if (options.containsKey("--batch")) {
            plan.optBatch(Integer.parseInt(options.get("--batch")));
        }
        if (options.containsKey("--stream")) {
            plan.optSteps(1);
        }
        if (options.containsKey("--minutes")) {
            plan.optTimeBudget(Duration.ofMillis(Math.round(60_000 * Double.parseDouble(options.get("--minutes")))));
        }
        if (options.containsKey("--steps")) {
            plan.optSteps(Long.parseLong(options.get("--steps")));
        }
        if (options.containsKey("--checkpoint")) {
            plan.optCheckpointDirectory(Path.of(options.get("--checkpoint")));
        }
        if (options.containsKey("--init")) {
            plan.optInitialNetwork(Path.of(options.get("--init")));
        }
        return plan.build();
    }
}
