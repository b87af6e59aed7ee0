package dev.unfog.core.media;

import java.io.IOException;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Makes the parts of a file on all processors, and writes them in order; the bytes do not depend on how many processors there are. */
final class ParallelChunks {
    private ParallelChunks() {}

    /** Receives the parts. */
    interface Sink<T> {
        /** Takes the next part. */
        void accept(T part) throws IOException;
    }

    /**
     * Makes and writes parts.
     *
     * @param count how many parts there are
     * @param make makes a part, called from many threads
     * @param sink receives the parts in order, on the calling thread
     */
    static <T> void write(int count, IntFunction<T> make, Sink<T> sink) throws IOException {
        // A few for each processor keep all busy; more would only take memory.
        int atOnce = Math.min(32, 2 * Runtime.getRuntime().availableProcessors());
        for (int first = 0; first < count; first += atOnce) {
            int end = Math.min(count, first + atOnce);
            for (T part : IntStream.range(first, end).parallel().mapToObj(make).toList()) {
                sink.accept(part);
            }
        }
    }
}
