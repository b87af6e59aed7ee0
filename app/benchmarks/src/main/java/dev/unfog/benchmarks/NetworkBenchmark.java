package dev.unfog.benchmarks;

import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import dev.unfog.core.job.Installation;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.model.InstalledModel;
import dev.unfog.core.onnx.DevicePolicy;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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

/** Time of one call of the photo network on a square picture, without codecs or tiles. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 3)
public class NetworkBenchmark {
    /** The side of the picture in pixels, a multiple of what the network's card says. */
    @Param({"256", "512", "1024", "1360"})
    public int side = 1024;

    /** The device, as {@code --device} takes it. */
    @Param({"auto"})
    public String device = "auto";

    private Unfog unfog = new Unfog(new Installation(Path.of("app/dist/target/unfog"), Path.of("none")));
    private ScoreNetwork network = open();
    private Tensor x = Tensor.allocate(1, 3, 8, 8);
    private Tensor denoised = x;
    private final Tensor noise = Tensor.of(new float[] {25f / 255}, 1, 1, 1, 1);

    private ScoreNetwork open() {
        InstalledModel model = unfog.models().at(Path.of("models/photo"));
        return unfog.openNetwork(model, DevicePolicy.parse(device));
    }

    /** Makes a noisy picture. */
    @Setup(Level.Trial)
    public void prepare() {
        x = Tensor.allocate(1, 3, side, side);
        denoised = Tensor.allocate(1, 3, side, side);
        FloatBuffer data = x.data();
        SplittableRandom random = new SplittableRandom(0);
        while (data.hasRemaining()) {
            data.put((float) random.nextDouble());
        }
    }

    /** Runs the network. */
    @Benchmark
    public Tensor denoise() {
        network.denoise(x, noise, denoised);
        return denoised;
    }

    /** Gives the network back. */
    @TearDown(Level.Trial)
    public void close() {
        network.close();
        unfog.close();
    }
}
