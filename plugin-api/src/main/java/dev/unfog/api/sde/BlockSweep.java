package dev.unfog.api.sde;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Goes through states block by block, on several threads if asked, and writes weighted sums of them.
 *
 * <p>A value of the result depends on the values at its own index alone, so that neither the length of a block nor the
 * number of threads changes it.
 */
final class BlockSweep implements AutoCloseable {
    static final int DEFAULT_LENGTH = 1 << 16;

    private final int blockLength;
    private final int threads;
    private @Nullable ExecutorService executor;

    BlockSweep(int blockLength, int threads) {
        this.blockLength = blockLength;
        this.threads = threads;
    }

    /** Writes noise for a range of flat indices. */
    interface NoiseSource {
        void fill(long offset, float[] into, int length);
    }

    /** What is done to one block; scratch arrays belong to the thread. */
    private interface BlockWork {
        void run(long offset, int length, Scratch scratch);
    }

    /** The arrays of one thread. */
    private static final class Scratch {
        final double[] sum;
        final float[] values;

        Scratch(int length) {
            sum = new double[length];
            values = new float[length];
        }
    }

    /** Sets the target to Σ weight · source; the target may be one of the sources. */
    void combine(SampleState target, double[] weights, SampleState[] sources) {
        combine(target, weights, sources, 0, (offset, into, length) -> {});
    }

    /** Sets the target to Σ weight · source + noiseScale · noise; the target may be one of the sources. */
    void combine(SampleState target, double[] weights, SampleState[] sources, double noiseScale, NoiseSource noise) {
        for (SampleState source : sources) {
            if (!source.shape().equals(target.shape())) {
                throw new IllegalArgumentException(
                        "states of unlike shapes: " + source.shape() + " and " + target.shape());
            }
        }
        sweep(target.shape().size(), (offset, length, scratch) -> {
            double[] sum = scratch.sum;
            float[] values = scratch.values;
            Arrays.fill(sum, 0, length, 0);
            for (int s = 0; s < sources.length; s++) {
                if (weights[s] != 0) {
                    sources[s].read(offset, values, 0, length);
                    accumulate(sum, weights[s], values, length);
                }
            }
            if (noiseScale != 0) {
                noise.fill(offset, values, length);
                accumulate(sum, noiseScale, values, length);
            }
            for (int i = 0; i < length; i++) {
                values[i] = (float) sum[i];
            }
            target.write(offset, values, 0, length);
        });
    }

    private static void accumulate(double[] sum, double weight, float[] values, int length) {
        for (int i = 0; i < length; i++) {
            sum[i] += weight * values[i];
        }
    }

    private void sweep(long size, BlockWork work) {
        long blocks = (size + blockLength - 1) / blockLength;
        int workers = (int) Math.min(threads, blocks);
        if (workers <= 1) {
            Scratch scratch = new Scratch((int) Math.min(blockLength, size));
            for (long block = 0; block < blocks; block++) {
                run(work, block, size, scratch);
            }
            return;
        }
        ExecutorService pool = executor();
        List<Future<?>> futures = new ArrayList<>();
        for (int w = 0; w < workers; w++) {
            int first = w;
            futures.add(pool.submit(() -> {
                Scratch scratch = new Scratch(blockLength);
                for (long block = first; block < blocks; block += workers) {
                    run(work, block, size, scratch);
                }
            }));
        }
        RuntimeException failure = null;
        // All are awaited even after a failure: nobody may still write to a state that is about to be closed.
        for (Future<?> future : futures) {
            try {
                get(future);
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void run(BlockWork work, long block, long size, Scratch scratch) {
        long offset = block * blockLength;
        work.run(offset, (int) Math.min(blockLength, size - offset), scratch);
    }

    private static void get(Future<?> future) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    future.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof RuntimeException cause) {
                        throw cause;
                    }
                    if (e.getCause() instanceof Error cause) {
                        throw cause;
                    }
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private ExecutorService executor() {
        ExecutorService pool = executor;
        if (pool == null) {
            pool = Executors.newFixedThreadPool(threads, runnable -> {
                Thread thread = new Thread(runnable, "unfog-sweep");
                thread.setDaemon(true);
                return thread;
            });
            executor = pool;
        }
        return pool;
    }

    @Override
    public void close() {
        ExecutorService pool = executor;
        if (pool != null) {
            pool.shutdown();
            executor = null;
        }
    }
}
