package dev.unfog.training.speech;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.ForwardProcesses;
import dev.unfog.api.sde.OrnsteinUhlenbeckProcess;
import dev.unfog.api.sde.SchroedingerBridge;
import dev.unfog.training.ExampleStream;
import dev.unfog.training.NetworkFile;
import dev.unfog.training.OnnxGraph;
import dev.unfog.training.Schedule;
import dev.unfog.training.ScoreTrainer;
import dev.unfog.training.TorchEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Trains the speech network from folders of speech and noise; goes on from a checkpoint where there is one.
 *
 * <pre>
 * TrainSpeech --speech DIR --noise DIR --noise-valid DIR --checkpoint DIR [--minutes M] [--steps N] [--batch 8]
 *     [--spectra 128] [--process brownian-bridge|ouve] [--diffusion 0.3] [--spread 0.1] [--rate 0.001]
 *     [--muon-rate 0.003] [--seed 0] [--stream BATCH]
 * </pre>
 *
 * <p>With {@code --stream} it does not train but writes batches, see {@link ExampleStream}.
 */
public final class TrainSpeech {
    private static final double REPORT_SECONDS = 30;
    private static final int VALIDATION = 48;

    private final Map<String, String> options;
    private final Path directory;
    private final ForwardProcess process;
    private final SpeechNetwork network;
    private final int batch;
    private final long seed;

    private TrainSpeech(Map<String, String> options) throws IOException {
        this.options = options;
        directory = Path.of(required("--checkpoint"));
        Files.createDirectories(directory);
        process = process(text("--process", SchroedingerBridge.BROWNIAN), number("--diffusion", 0.3));
        network = new SpeechNetwork(SpeechNetwork.Sizes.DEFAULT, Preconditioning.of(process, number("--spread", 0.1)));
        batch = (int) number("--batch", 8);
        seed = (long) number("--seed", 0);
    }

    /**
     * Runs a training.
     *
     * @throws IOException if a file cannot be read or written
     * @throws InterruptedException if the thread is interrupted
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        new TrainSpeech(options).run();
    }

    private static ForwardProcess process(String name, double diffusion) {
        return ForwardProcesses.named(
                name, name.equals(OrnsteinUhlenbeckProcess.NAME) ? Map.of() : Map.of("g", diffusion, "t_eps", 0.01));
    }

    private String text(String name, String otherwise) {
        return options.getOrDefault(name, otherwise);
    }

    private String required(String name) {
        String value = options.get(name);
        if (value == null) {
            throw new IllegalArgumentException("give " + name);
        }
        return value;
    }

    private double number(String name, double otherwise) {
        String value = options.get(name);
        return value == null ? otherwise : Double.parseDouble(value);
    }

    private void run() throws IOException, InterruptedException {
        SoundFolder speech = new SoundFolder(Path.of(required("--speech")), directory.resolve("speech.cache"));
        SoundFolder noise = new SoundFolder(Path.of(required("--noise")), directory.resolve("noise.cache"));
        SoundFolder unseen =
                new SoundFolder(Path.of(required("--noise-valid")), directory.resolve("noise-valid.cache"));
        double spread = number("--spread", 0.1);
        SpeechMixtures mixtures =
                new SpeechMixtures(speech.training(), noise.training(), (int) number("--spectra", 128), seed);
        ObservedExamples examples = new ObservedExamples(mixtures, process, spread, number("--beginning", 0.6), seed);
        if (options.containsKey("--stream")) {
            stream(examples, new SpeechMixtures(speech.heldOut(), unseen.all(), 128, 77), spread);
            return;
        }
        log(
                "%d recordings of speech to train on, %d held out; %d of noise",
                speech.training().size(),
                speech.heldOut().size(),
                noise.training().size());
        log(
                "%s, %d weights, %.0f million multiply-adds for a second of sound, receptive field %d spectra",
                process, network.weights(), network.macPerSpectrum() * 62.5e-6, network.receptiveRadius());
        SpeechValidation validation =
                new SpeechValidation(new SpeechMixtures(speech.heldOut(), unseen.all(), 250, 77), 60);
        double seconds = 60 * number("--minutes", Double.POSITIVE_INFINITY);
        long steps = options.containsKey("--steps") ? (long) number("--steps", 0) : Long.MAX_VALUE;
        try (NDManager manager = TorchEngine.start()) {
            network.initialise(manager, seed);
            ScoreTrainer.Settings settings = new ScoreTrainer.Settings(
                    batch,
                    new Schedule(number("--rate", 1e-3), 200, steps, seconds),
                    0,
                    number("--muon-rate", 0.003),
                    number("--average", 0.998),
                    1,
                    seed,
                    (int) number("--threads", Runtime.getRuntime().availableProcessors()));
            try (ScoreTrainer trainer = new ScoreTrainer(manager, network, examples, settings)) {
                train(manager, trainer, validation, mixtures.frames() / 16000.0);
            }
        }
    }

    /** Writes examples to standard output, and the network, untrained, where there is none. */
    private void stream(ObservedExamples examples, SpeechMixtures unseen, double spread) throws IOException {
        Path file = directory.resolve("model.onnx");
        if (!Files.exists(file)) {
            try (NDManager manager = TorchEngine.start()) {
                network.initialise(manager, seed);
                OnnxGraph graph = new OnnxGraph("speech");
                network.export(graph, parameter -> parameter.getArray());
                NetworkFile.write(file, graph, card(0, 0));
            }
        }
        ExampleStream stream = new ExampleStream();
        stream.writeValidation("one step", new ObservedExamples(unseen, process, spread, 1, seed), VALIDATION);
        stream.writeValidation("on the way", new ObservedExamples(unseen, process, spread, 0, seed), VALIDATION);
        stream.writeTraining(examples, batch, (long) number("--stream", 0));
    }

    private void train(NDManager manager, ScoreTrainer trainer, SpeechValidation validation, double exampleSeconds)
            throws IOException, InterruptedException {
        Path checkpoint = directory.resolve("checkpoint.bin");
        if (Files.exists(checkpoint)) {
            trainer.resume(checkpoint);
            log("goes on from step %d", trainer.steps());
        }
        double saveSeconds = number("--every", 300);
        double reported = trainer.elapsedSeconds();
        double saved = reported;
        long reportedStep = trainer.steps();
        double loss = 0;
        while (trainer.progress() < 1) {
            loss += trainer.step().loss();
            double now = trainer.elapsedSeconds();
            boolean isLast = trainer.progress() >= 1;
            if (now - reported >= REPORT_SECONDS || isLast) {
                long taken = trainer.steps() - reportedStep;
                log(
                        "step %d, loss %.5f, %.1f seconds of sound a second, %.1f %% done, %.1f minutes",
                        trainer.steps(),
                        loss / taken,
                        taken * batch * exampleSeconds / (now - reported),
                        100 * trainer.progress(),
                        now / 60);
                reportedStep = trainer.steps();
                reported = now;
                loss = 0;
            }
            if (now - saved >= saveSeconds || isLast) {
                saved = now;
                trainer.save(checkpoint);
                release(trainer, exampleSeconds);
                SpeechValidation.Ratios ratios =
                        validation.measure(manager, network, trainer.averagedWeights(), process.endTime());
                log("step %d, SI-SDR %.2f to %.2f dB", trainer.steps(), ratios.noisy(), ratios.cleaned());
            }
        }
    }

    private void release(ScoreTrainer trainer, double exampleSeconds) throws IOException {
        OnnxGraph graph = new OnnxGraph("speech");
        network.export(graph, parameter -> trainer.averagedWeights().getValue(parameter, Device.cpu(), false));
        String card = card(trainer.steps(), exampleSeconds);
        String digest = NetworkFile.write(directory.resolve("model.onnx"), graph, card);
        String whole = card.substring(0, card.lastIndexOf("\n}")) + ",\n  \"sha256\": \"" + digest + "\"\n}\n";
        Files.writeString(directory.resolve("model.json"), whole);
    }

    private String card(long steps, double exampleSeconds) {
        StringBuilder constants = new StringBuilder();
        process.constants()
                .forEach((name, value) ->
                        constants.append(", \"").append(name).append("\": ").append(value));
        return String.format(
                Locale.ROOT,
                """
                {
                  "contract": 1,
                  "id": "speech",
                  "kind": "audio",
                  "conditioning": "observation",
                  "process": {"name": "%s"%s},
                  "channels": 512,
                  "range": [-4, 4],
                  "sampleRate": 16000,
                  "receptiveField": %d,
                  "sizeMinimum": 1,
                  "sizeMultiple": 1,
                  "inputNormalisation": "none",
                  "parameters": %d,
                  "macPerSpectrum": %d,
                  "trainingSteps": %d,
                  "trainingHours": %.2f,
                  "trainingSeed": %d
                }
                """,
                process.name(),
                constants,
                network.receptiveRadius(),
                network.weights(),
                Math.round(network.macPerSpectrum()),
                steps,
                steps * batch * exampleSeconds / 3600,
                seed);
    }

    private void log(String format, Object... values) throws IOException {
        String line =
                LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + String.format(Locale.ROOT, format, values);
        System.out.println(line);
        Files.writeString(
                directory.resolve("train.log"),
                line + System.lineSeparator(),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
