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
        int[][] shapes = examples.inputShapes();
        String header = "{\"name\": \"" + name + "\", \"count\": " + count + ", \"inputs\": "
                + Arrays.deepToString(shapes) + ", \"target\": " + Arrays.toString(examples.targetShape()) + "}\n";
        FloatBuffer[] inputs = new FloatBuffer[shapes.length];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = buffer(shapes[i], count);
        }
        FloatBuffer target = buffer(examples.targetShape(), count);
        FloatBuffer weight = buffer(examples.targetShape(), count);
        for (int i = 0; i < count; i++) {
            examples.draw(first + i, inputs, target, weight);
        }
        out.write(header.getBytes(StandardCharsets.UTF_8));
        for (FloatBuffer input : inputs) {
            write(input);
        }
        write(target);
        write(weight);
        out.flush();
    }

    private static FloatBuffer buffer(int[] shape, int count) {
        int length = count;
        for (int size : shape) {
            length = Math.multiplyExact(length, size);
        }
        return FloatBuffer.allocate(length);
    }

    private void write(FloatBuffer values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values.flip());
        out.write(bytes.array());
    }
}
