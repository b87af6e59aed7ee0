package dev.unfog.training;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Draws batches ahead on a thread of its own, in order, into buffers that are used again. */
final class BatchQueue implements AutoCloseable {
    private static final int AHEAD = 3;

    /** The buffers of one batch; they belong to whoever took it until it is released. */
    record Batch(FloatBuffer[] inputs, FloatBuffer target, FloatBuffer weight) {}

    private final ExampleSource examples;
    private final int size;
    private final BlockingQueue<Batch> ready = new ArrayBlockingQueue<>(AHEAD);
    private final BlockingQueue<Batch> free = new ArrayBlockingQueue<>(AHEAD);
    private final Thread thread;
    private volatile @Nullable Throwable failure;

    BatchQueue(ExampleSource examples, int size, long firstBatch) {
        this.examples = examples;
        this.size = size;
        for (int i = 0; i < AHEAD; i++) {
            free.add(allocate());
        }
        thread = new Thread(() -> fill(firstBatch), "unfog-training-batches");
        thread.setDaemon(true);
        thread.start();
    }

    private Batch allocate() {
        int[][] shapes = examples.inputShapes();
        FloatBuffer[] inputs = new FloatBuffer[shapes.length];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = buffer(shapes[i]);
        }
        return new Batch(inputs, buffer(examples.targetShape()), buffer(examples.targetShape()));
    }

    private FloatBuffer buffer(int[] shape) {
        int length = size;
        for (int dimension : shape) {
            length = Math.multiplyExact(length, dimension);
        }
        return ByteBuffer.allocateDirect(Math.multiplyExact(length, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    private void fill(long firstBatch) {
        try {
            for (long number = firstBatch; ; number++) {
                Batch batch = free.take();
                for (FloatBuffer input : batch.inputs()) {
                    input.clear();
                }
                batch.target().clear();
                batch.weight().clear();
                for (int i = 0; i < size; i++) {
                    examples.draw(number * size + i, batch.inputs(), batch.target(), batch.weight());
                }
                ready.put(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    Batch take() throws InterruptedException {
        while (true) {
            Batch batch = ready.poll(100, TimeUnit.MILLISECONDS);
            if (batch != null) {
                return batch;
            }
            Throwable cause = failure;
            if (cause instanceof RuntimeException exception) {
                throw exception;
            }
            if (cause instanceof Error error) {
                throw error;
            }
        }
    }

    void release(Batch batch) {
        free.add(batch);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
