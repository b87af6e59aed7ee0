package dev.unfog.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class ExampleStreamTest {
    private static final String VALIDATION =
            "{\"name\": \"held out\", \"count\": 2, \"inputs\": [[3], []], \"target\": [3]}\n";
    private static final String TRAINING = "{\"name\": \"\", \"count\": 2, \"inputs\": [[3], []], \"target\": [3]}\n";
    /** Bytes of two examples: an input of three values and one of one, target and weights of three. */
    private static final int BATCH = 2 * (3 + 1 + 3 + 3) * Float.BYTES;

    /** Examples whose values say their number. */
    private static final class Numbered implements ExampleSource {
        @Override
        public int[][] inputShapes() {
            return new int[][] {{3}, {}};
        }

        @Override
        public int[] targetShape() {
            return new int[] {3};
        }

        @Override
        public void draw(long index, FloatBuffer[] inputs, FloatBuffer target, FloatBuffer weight) {
            inputs[0].put(new float[] {index, index + 0.25f, index + 0.5f});
            inputs[1].put(-index);
            target.put(new float[] {10 * index, 0, 0});
            weight.put(new float[] {1, 2, 3});
        }
    }

    /** A pipe whose reader leaves after so many bytes. */
    private static final class Pipe extends OutputStream {
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();
        private final int limit;

        Pipe(int limit) {
            this.limit = limit;
        }

        @Override
        public void write(int value) throws IOException {
            if (read.size() == limit) {
                throw new IOException("Broken pipe");
            }
            read.write(value);
        }
    }

    @Test
    void aBatchIsALineOfJsonAndItsValuesAndTrainingGoesOnFromTheBatchAskedForUntilThePipeCloses() throws Exception {
        Pipe pipe = new Pipe(VALIDATION.length() + TRAINING.length() + 2 * BATCH);
        ExampleStream stream = new ExampleStream(pipe);
        stream.writeValidation("held out", new Numbered(), 2);
        stream.writeTraining(new Numbered(), 2, 7);

        ByteBuffer read = ByteBuffer.wrap(pipe.read.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(line(read)).isEqualTo(VALIDATION);
        assertThat(values(read))
                .containsExactly(0, 0.25f, 0.5f, 1, 1.25f, 1.5f, 0, -1, 0, 0, 0, 10, 0, 0, 1, 2, 3, 1, 2, 3);
        assertThat(line(read)).isEqualTo(TRAINING);
        assertThat(values(read)).startsWith(14, 14.25f, 14.5f, 15);
        assertThat(read.hasRemaining()).isFalse();
    }

    private static String line(ByteBuffer read) {
        StringBuilder line = new StringBuilder();
        while (line.isEmpty() || line.charAt(line.length() - 1) != '\n') {
            line.append((char) read.get());
        }
        return line.toString();
    }

    private static float[] values(ByteBuffer read) {
        float[] values = new float[BATCH / Float.BYTES];
        for (int i = 0; i < values.length; i++) {
            values[i] = read.getFloat();
        }
        return values;
    }
}
