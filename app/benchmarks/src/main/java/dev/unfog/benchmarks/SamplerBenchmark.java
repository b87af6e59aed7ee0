package dev.unfog.benchmarks;

import dev.unfog.api.sde.Denoiser;
import dev.unfog.api.sde.MemoryState;
import dev.unfog.api.sde.Sampler;
import dev.unfog.api.sde.Samplers;
import dev.unfog.api.sde.SamplingRequest;
import dev.unfog.api.sde.StateShape;
import dev.unfog.api.sde.VarianceExplodingProcess;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a sampler itself costs: ten steps on a picture of a quarter of a megapixel whose denoiser, that of a standard normal
 * density, costs next to nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class SamplerBenchmark {
    private static final int BLOCK = 1 << 16;

    /** The sampler's name. */
    @Param({
        "euler-maruyama",
        "predictor-corrector",
        "annealed-langevin",
        "ddpm",
        "ancestral",
        "ddim",
        "heun",
        "dpm-solver"
    })
    public String sampler = "heun";

    private final StateShape shape = StateShape.picture(3, 512, 512);
    private final float[] block = new float[BLOCK];
    private Sampler chosen = Samplers.named(sampler);
    private final Denoiser shrink = (reduced, at, denoised) -> {
        float factor = (float) (1 / (1 + at.noiseLevel() * at.noiseLevel()));
        for (long offset = 0; offset < shape.size(); offset += BLOCK) {
            int length = (int) Math.min(BLOCK, shape.size() - offset);
            reduced.read(offset, block, 0, length);
            for (int i = 0; i < length; i++) {
                block[i] *= factor;
            }
            denoised.write(offset, block, 0, length);
        }
    };

    /** Looks the sampler up. */
    @Setup
    public void choose() {
        chosen = Samplers.named(sampler);
    }

    /** Samples from the prior. */
    @Benchmark
    public float sample() {
        SamplingRequest request = SamplingRequest.builder()
                .setProcess(new VarianceExplodingProcess(0.01, 10))
                .setDenoiser(shrink)
                .setShape(shape)
                .optSteps(10)
                .build();
        try (MemoryState result = (MemoryState) chosen.sample(request)) {
            return result.values()[0];
        }
    }
}
