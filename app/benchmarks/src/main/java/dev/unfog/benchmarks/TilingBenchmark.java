package dev.unfog.benchmarks;

import dev.unfog.api.Cancellation;
import dev.unfog.api.Progress;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.core.job.CleanJob;
import dev.unfog.core.job.Installation;
import dev.unfog.core.job.RunSettings;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.media.ResultOptions;
import dev.unfog.core.plugin.PluginExtension;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Time of {@code unfog clean} on a picture of four megapixels, file to file, by the size of its tiles. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class TilingBenchmark {
    /** The size of the tiles in pixels. */
    @Param({"512", "1024", "1280", "2048"})
    public int tile = 1280;

    private final Unfog unfog = new Unfog(new Installation(Path.of("app/dist/target/unfog"), Path.of("none")));
    private Path folder = Path.of(".");

    /** Writes a noisy JPEG. */
    @Setup(Level.Trial)
    public void prepare() throws IOException {
        folder = Files.createTempDirectory("unfog-benchmark");
        BufferedImage image = new BufferedImage(2400, 1700, BufferedImage.TYPE_INT_RGB);
        SplittableRandom random = new SplittableRandom(0);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int value = (x / 9 + y / 7) % 200 + random.nextInt(50);
                image.setRGB(x, y, value * 0x010101);
            }
        }
        ImageIO.write(image, "jpg", folder.resolve("noisy.jpg").toFile());
    }

    /** Cleans it. */
    @Benchmark
    public CleanJob.Result clean() {
        PluginExtension<Cleaner> cleaner = unfog.cleaners(List.of()).of(MediaKind.PICTURE);
        ParameterValues parameters = ParameterValues.parse(
                cleaner.extension().parameters(), Map.of("sigma", "15", "tile", Integer.toString(tile)));
        return new CleanJob(unfog, cleaner, RunSettings.DEFAULT, ResultOptions.DEFAULT)
                .run(
                        folder.resolve("noisy.jpg"),
                        folder.resolve("clean.jpg"),
                        parameters,
                        Progress.NONE::report,
                        Cancellation.NEVER);
    }

    /** Removes the files. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        unfog.close();
        for (String name : List.of("noisy.jpg", "clean.jpg")) {
            Files.deleteIfExists(folder.resolve(name));
        }
        Files.delete(folder);
    }
}
