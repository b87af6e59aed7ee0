package dev.unfog.training;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes batches of examples to standard output, for a trainer outside this process ({@code models/training/torch/train.py}).
 *
 * <p>Each batch is one line of JSON, {@code {"name": "", "count": 32, "inputs": [[3, 64, 64], …], "target": [3, 64, 64]}}, and
 * then its inputs, target and weights as little-endian float32. A batch for validation has a name, one for training none. Used
 * by one thread; ends when whoever reads closes the pipe.
 */
public final class ExampleStream {
    private final OutputStream out;

    /** A stream to standard output. */
    public ExampleStream() {
        this(new FileOutputStream(FileDescriptor.out));
    }

    ExampleStream(OutputStream out) {
        this.out = new BufferedOutputStream(out, 1 << 20);
    }

    /** Writes examples 0 to {@code count} as one batch for validation. */
    public void writeValidation(String name, ExampleSource examples, int count) throws IOException {
        write(name, examples, 0, count);
    }

    /** Writes batch after batch, beginning with number {@code first}, until the pipe is closed. */
    public void writeTraining(ExampleSource examples, int batch, long first) {
        try {
            for (long number = first; ; number++) {
                write("", examples, number * batch, batch);
            }
        } catch (IOException e) {
            // The reader has had enough.
        }
    }

    private void write(String name, ExampleSource examples, long first, int count) throws IOException {
        Batch batch = Batch.allocate(examples, count);
        batch.draw(examples, first);
        String header = "{\"name\": \"" + name + "\", \"count\": " + count + ", \"inputs\": "
                + Arrays.deepToString(examples.inputShapes()) + ", \"target\": "
                + Arrays.toString(examples.targetShape())
                + "}\n";
        out.write(header.getBytes(StandardCharsets.UTF_8));
        for (FloatBuffer input : batch.inputs()) {
            write(input);
        }
        write(batch.target());
        write(batch.weight());
        out.flush();
    }

    private void write(FloatBuffer values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values.flip());
        out.write(bytes.array());
    }
}
