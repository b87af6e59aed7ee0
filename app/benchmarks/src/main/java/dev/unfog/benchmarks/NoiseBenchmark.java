package dev.unfog.benchmarks;

import dev.unfog.api.sde.GaussianNoise;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Nanoseconds per normal variate of the position-keyed generator. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class NoiseBenchmark {
    private static final int LENGTH = 1 << 16;

    private final GaussianNoise noise = new GaussianNoise(0);
    private final float[] values = new float[LENGTH];
    private int step;

    /** Fills a block. */
    @Benchmark
    @OperationsPerInvocation(LENGTH)
    public float[] fill() {
        step = (step + 1) % GaussianNoise.STEP_LIMIT;
        noise.fill(0, step, 0, 0, 0, values, 0, LENGTH);
        return values;
    }
}
