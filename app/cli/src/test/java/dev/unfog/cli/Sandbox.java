package dev.unfog.cli;

import dev.unfog.api.Cancellation;
import dev.unfog.core.job.BatchJournal;
import dev.unfog.core.job.Installation;
import dev.unfog.core.plugin.TestPlugin;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** An installation, a home and a folder of files, and the command run on them. */
final class Sandbox {
    /** A cleaner of pictures: inverts them by its parameter amount and adds what its random seed says. */
    private static final String INVERTER = """
            package %1$s;
            import dev.unfog.api.media.*;
            import dev.unfog.api.param.*;
            import dev.unfog.api.plugin.*;
            import java.util.*;
            @org.pf4j.Extension
            public class SampleCleaner implements Cleaner {
                static final Parameter<Double> AMOUNT =
                    new Parameter<>("amount", new ParameterType.Real(0, %2$s), 1.0, "", "how much to invert");
                static final Parameter<Boolean> NOISY =
                    new Parameter<>("noisy", new ParameterType.Flag(), false, "", "whether to add what the seed says");
                static final Parameter<String> MODE =
                    new Parameter<>("mode", new ParameterType.Choice(List.of("plain", "fail", "crash", "nothing", "slow",
                            "unhurried", "meet", "hungry")), "plain", "", "what to do");
                static final java.util.concurrent.CyclicBarrier PAIR = new java.util.concurrent.CyclicBarrier(2);
                static final java.util.concurrent.atomic.AtomicInteger EATING = new java.util.concurrent.atomic.AtomicInteger();
                public String summary() { return "inverts pictures"; }
                public Set<MediaKind> accepts() { return Set.of(MediaKind.PICTURE); }
                public List<Parameter<?>> parameters() { return List.of(AMOUNT, NOISY, MODE); }
                public void clean(Media input, Outputs outputs, ParameterValues values, PluginContext context) {
                    Picture picture = (Picture) input;
                    switch (values.get(MODE)) {
                        case "fail" -> throw new dev.unfog.api.UnfogException(
                            dev.unfog.api.ErrorCode.MEDIA_TOO_LARGE, input.name(), "it is too large", "make it smaller");
                        case "crash" -> throw new IllegalStateException("crashed on purpose");
                        case "nothing" -> { return; }
                        case "slow" -> {
                            for (int i = 0; i < 1000; i++) {
                                context.cancellation().throwIfCancelled();
                                pause(10);
                            }
                        }
                        case "unhurried" -> pause(30);
                        case "meet" -> {
                            try { PAIR.await(20, java.util.concurrent.TimeUnit.SECONDS); }
                            catch (Exception e) { throw new IllegalStateException("nobody came", e); }
                        }
                        case "hungry" -> {
                            try {
                                boolean alone = EATING.incrementAndGet() == 1;
                                for (int i = 0; i < 20; i++) { pause(10); alone &= EATING.get() == 1; }
                                if (!alone) { throw new OutOfMemoryError("two at the table"); }
                            } finally { EATING.decrementAndGet(); }
                        }
                        default -> { }
                    }
                    PictureLayout layout = picture.layout();
                    float[] planar = new float[(int) layout.pixels() * layout.channels()];
                    picture.read(layout.bounds(), planar);
                    float amount = values.get(AMOUNT).floatValue();
                    Random random = new Random(context.seed());
                    for (int i = 0; i < planar.length; i++) {
                        planar[i] = (1 - amount) * planar[i] + amount * (1 - planar[i])
                            + (values.get(NOISY) ? 0.1f * random.nextFloat() : 0);
                    }
                    outputs.picture(Outputs.MAIN, layout).write(layout.bounds(), planar);
                    outputs.note("inverted", amount);
                    context.progress().report(1, "inverting");
                }
                static void pause(int milliseconds) {
                    try { Thread.sleep(milliseconds); } catch (InterruptedException e) { throw new RuntimeException(e); }
                }
            }
            """;

    /** A cleaner of pictures by the network "tiny" at the noise level sigma. */
    private static final String DENOISER = """
            package %1$s;
            import dev.unfog.api.media.*;
            import dev.unfog.api.param.*;
            import dev.unfog.api.plugin.*;
            import dev.unfog.api.score.*;
            import java.util.*;
            @org.pf4j.Extension
            public class SampleCleaner implements Cleaner {
                static final Parameter<Double> SIGMA =
                    new Parameter<>("sigma", new ParameterType.Real(0, 255), 25.0, "of 255", "how strong the noise is");
                public String summary() { return "denoises pictures"; }
                public Set<MediaKind> accepts() { return Set.of(MediaKind.PICTURE); }
                public List<Parameter<?>> parameters() { return List.of(SIGMA); }
                public void clean(Media input, Outputs outputs, ParameterValues values, PluginContext context) {
                    Picture picture = (Picture) input;
                    PictureLayout layout = picture.layout();
                    float[] planar = new float[(int) layout.pixels() * layout.channels()];
                    picture.read(layout.bounds(), planar);
                    for (int i = 0; i < planar.length; i++) { planar[i] -= 0.5f; }
                    try (ScoreNetwork network = context.openNetwork("tiny")) {
                        Tensor x = Tensor.of(planar, 1, layout.channels(), layout.height(), layout.width());
                        Tensor noise = Tensor.of(new float[] {(float) (values.get(SIGMA) / 255)}, 1, 1, 1, 1);
                        Tensor denoised = Tensor.allocate(x.shape());
                        network.denoise(x, noise, denoised);
                        planar = denoised.toArray();
                    }
                    for (int i = 0; i < planar.length; i++) { planar[i] += 0.5f; }
                    outputs.picture(Outputs.MAIN, layout).write(layout.bounds(), planar);
                }
            }
            """;

    final Path root;
    final Installation installation;

    /** What a command came to. */
    record Outcome(int code, String out, String err) {}

    Sandbox(Path root) {
        this.root = root;
        this.installation = new Installation(root.resolve("installation"), root.resolve("home"));
    }

    /** Installs the inverter. */
    Sandbox inverter(String id, double largestAmount) {
        String source = INVERTER.formatted(id, Double.toString(largestAmount));
        new TestPlugin(id)
                .source(id + ".SampleCleaner", source)
                .jar(installation.directory().resolve("plugins").resolve(id + ".jar"));
        return this;
    }

    /** Installs the denoiser. */
    Sandbox denoiser(String id) {
        new TestPlugin(id)
                .source(id + ".SampleCleaner", DENOISER.formatted(id))
                .jar(installation.directory().resolve("plugins").resolve(id + ".jar"));
        return this;
    }

    Outcome run(Object... arguments) {
        return run(Cancellation.NEVER, arguments);
    }

    Outcome run(Cancellation cancellation, Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), false, 100);
        String[] texts = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
        int code = Main.run(terminal, installation, cancellation, texts);
        return new Outcome(code, out.toString(), err.toString());
    }

    /** Returns the command as a process of its own, with a temporary folder of its own; standard output and error are one. */
    ProcessBuilder process(Object... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dunfog.installation=" + installation.directory(),
                "-Djava.io.tmpdir=" + temporary(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        if (System.getProperty("os.name").equals("Linux")) {
            // Where the tests run in the background of a shell, SIGINT is ignored, and would be by the process too.
            command.addAll(0, List.of("env", "--default-signal=INT"));
        }
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        ProcessBuilder process = new ProcessBuilder(command).redirectErrorStream(true);
        process.environment().put("UNFOG_HOME", installation.home().toString());
        return process;
    }

    /** Returns the temporary folder of the processes. */
    Path temporary() {
        try {
            return Files.createDirectories(root.resolve("temporary"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file(String name) {
        return root.resolve("files").resolve(name);
    }

    /** Writes a picture of random colours in the format that the name says. */
    Path picture(String name, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(name.hashCode());
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, random.nextInt(1 << 24));
            }
        }
        return picture(name, image);
    }

    Path picture(String name, BufferedImage image) {
        try {
            Path file = file(name);
            Files.createDirectories(file.getParent());
            if (!ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile())) {
                throw new IllegalArgumentException("No writer for " + name);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path bytes(String name, byte[] bytes) {
        try {
            Path file = file(name);
            Files.createDirectories(file.getParent());
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the names of all files below a folder, but for journals. */
    static List<String> tree(Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith(BatchJournal.NAME))
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
