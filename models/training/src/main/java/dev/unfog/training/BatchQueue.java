package dev.unfog.training;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Draws batches ahead on a thread of its own, in order; each belongs to whoever took it until it is released and drawn anew. */
final class BatchQueue implements AutoCloseable {
    private static final int AHEAD = 3;

    private final ExampleSource examples;
    private final BlockingQueue<Batch> ready = new ArrayBlockingQueue<>(AHEAD);
    private final BlockingQueue<Batch> free = new ArrayBlockingQueue<>(AHEAD);
    private final Thread thread;
    private volatile @Nullable Throwable failure;

    BatchQueue(ExampleSource examples, int size, long firstBatch) {
        this.examples = examples;
        for (int i = 0; i < AHEAD; i++) {
            free.add(Batch.allocate(examples, size));
        }
        thread = new Thread(() -> fill(firstBatch), "unfog-training-batches");
        thread.setDaemon(true);
        thread.start();
    }

    private void fill(long firstBatch) {
        try {
            for (long number = firstBatch; ; number++) {
                Batch batch = free.take();
                batch.draw(examples, number * batch.size());
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
