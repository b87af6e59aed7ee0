package dev.unfog.training;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

public final class TrainPictures {
    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        Path folder = Path.of(options.get("--data"));
        Path directory = Path.of(options.get("--checkpoint"));
        double minutes = Double.parseDouble(options.getOrDefault("--minutes", "Infinity"));
        long steps = Long.parseLong(options.getOrDefault("--steps", String.valueOf(Long.MAX_VALUE)));
        int batch = Integer.parseInt(options.getOrDefault("--batch", "32"));
        long seed = Long.parseLong(options.getOrDefault("--seed", "0"));
        double every = Double.parseDouble(options.getOrDefault("--every", "300"));
        Files.createDirectories(directory);
        Path log = directory.resolve("train.log");

        NDManager manager = TorchEngine.start();
        PictureFolder pictures = new PictureFolder(folder, 64);
        log(log, "%d pictures to train on, %d held out", pictures.training().size(), pictures.heldOut().size());
        NoiseLevels levels = new NoiseLevels(0.5 / 255, 300.0 / 255, 2.0 / 255, 80.0 / 255, 0.85, 0.06);
        ExampleSource examples = new DenoisingExamples(pictures.crops(64, seed), levels, 8.0 / 255, seed);
        PictureUNet network = new PictureUNet(3, List.of(48, 64, 96), 2);
        ScoreTrainer.initialise(manager, network, seed, Set.of("tail"));
        log(log, "%.0f MAC per pixel, receptive radius %d", network.macPerPixel(), network.receptiveRadius());
        ScoreTrainer.Settings settings = new ScoreTrainer.Settings(
                batch, new Schedule(1e-3, 200, steps, minutes * 60), 0, 0.999, 1, seed);
        PictureValidation validation = new PictureValidation(pictures.heldOut(), 12, 128);
        try (ScoreTrainer trainer = new ScoreTrainer(manager, network, examples, settings, 2)) {
            Path file = directory.resolve("checkpoint.bin");
            if (Files.exists(file)) {
                trainer.resume(file);
                log(log, "resumed at step %d", trainer.steps());
            }
            long lastStep = trainer.steps();
            double lastReport = trainer.elapsedSeconds();
            double lastSave = trainer.elapsedSeconds();
            double loss = 0;
            double norm = 0;
            double began = System.nanoTime() * 1e-9 - trainer.elapsedSeconds();
            while (trainer.progress() < 1) {
                ScoreTrainer.Outcome outcome = trainer.step();
                loss += outcome.loss();
                norm += outcome.gradientNorm();
                double now = trainer.elapsedSeconds();
                if (now - lastReport >= 30 || trainer.progress() >= 1) {
                    long taken = trainer.steps() - lastStep;
                    log(
                            log,
                            "step %d loss %.5f norm %.3f, %.1f images/s, %.1f %% done, %.1f minutes",
                            trainer.steps(), loss / taken, norm / taken, taken * batch / (now - lastReport),
                            100 * trainer.progress(), now / 60);
                    lastStep = trainer.steps();
                    lastReport = now;
                    loss = 0;
                    norm = 0;
                }
                if (now - lastSave >= every || trainer.progress() >= 1) {
                    lastSave = now;
                    trainer.save(file);
                    ParameterStore averages = trainer.averagedWeights();
                    OnnxGraph graph = new OnnxGraph("photo");
                    network.export(graph, parameter -> averages.getValue(parameter, Device.cpu(), false));
                    graph.write(directory.resolve("net.onnx"), Map.of());
                    double[] psnr = {
                        validation.psnr(manager, network, averages, 15),
                        validation.psnr(manager, network, averages, 25),
                        validation.psnr(manager, network, averages, 50),
                        validation.psnr(manager, network, averages, 255)
                    };
                    log(log, "step %d PSNR at 15/25/50/255: %.2f / %.2f / %.2f / %.2f",
                            trainer.steps(), psnr[0], psnr[1], psnr[2], psnr[3]);
                }
            }
        }
    }

    private static void log(Path file, String format, Object... values) throws IOException {
        String line = LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + String.format(Locale.ROOT, format, values);
        System.out.println(line);
        Files.writeString(file, line + System.lineSeparator(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
