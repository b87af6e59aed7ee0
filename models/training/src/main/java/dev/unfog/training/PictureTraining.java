package dev.unfog.training;

import dev.unfog.api.Cancellation;
import dev.unfog.api.UnfogException;
import dev.unfog.api.train.TrainingPlan;
import dev.unfog.api.train.TrainingResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Trains the photo network from the command line without the host:
 * {@code PictureTraining DIR -o net.onnx [--minutes M] [--steps N] [--seed S] [--checkpoint DIR] [--init net.onnx]}.
 *
 * <p>Does what {@code unfog train pictures} does, for a machine that has nothing but this module.
 */
public final class PictureTraining {
    private static final int CROP = 64;

    private PictureTraining() {}

    /** Runs it; exit code 1 and a line on standard error where it fails, 2 where the arguments are wrong. */
    public static void main(String[] arguments) {
        if (arguments.length % 2 == 0) {
            System.err.println("Usage: PictureTraining DIR -o net.onnx [--minutes M] [--steps N] [--seed S]"
                    + " [--checkpoint DIR] [--init net.onnx]");
            System.exit(2);
        }
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        try {
            TrainingResult result = train(Path.of(arguments[0]), options);
            System.out.println(result);
        } catch (UnfogException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static TrainingResult train(Path folder, Map<String, String> options) {
        long seed = Long.parseLong(options.getOrDefault("--seed", "0"));
        TorchScoreTraining training = new TorchScoreTraining();
        TrainingPlan.Builder plan = TrainingPlan.forPictures(
                        training.pictures(folder, CROP, seed, Cancellation.NEVER),
                        Path.of(options.getOrDefault("-o", "net.onnx")))
                .optSeed(seed);
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
        return training.train(plan.build(), (fraction, message) -> System.err.println(message), Cancellation.NEVER);
    }
}
