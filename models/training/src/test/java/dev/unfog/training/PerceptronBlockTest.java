package dev.unfog.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import dev.unfog.api.train.TrainingData;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class PerceptronBlockTest extends TorchTest {
    private PerceptronBlock untrained(int components) {
        PerceptronBlock block = new PerceptronBlock(2, 8, 2, components);
        block.initialise(manager, 0);
        return block;
    }

    private static void set(PerceptronBlock block, String name, float... values) {
        NDArray array = block.getParameters().get(name).getArray();
        array.set(values);
    }

    private float[] denoise(PerceptronBlock block, float x, float y, float sigma) {
        try (NDManager temporary = manager.newSubManager()) {
            NDList inputs = new NDList(
                    temporary.create(new float[] {x, y}, new Shape(1, 2)),
                    temporary.create(new float[] {sigma}, new Shape(1, 1)));
            return block.forward(new ParameterStore(temporary, false), inputs, false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    @Test
    void untrainedItIsTheDenoiserOfItsMixture() {
        GaussianMixtureData data = new GaussianMixtureData();
        PerceptronBlock block = untrained(3);
        set(block, "centres", -1.2f, 0, 0.8f, 1, 0.8f, -1);
        float spread = (float) Math.log(0.25);
        set(block, "spreads", spread, spread, spread);
        set(block, "shares", (float) Math.log(0.5), (float) Math.log(0.25), (float) Math.log(0.25));

        for (float sigma : new float[] {0.1f, 0.5f, 2}) {
            for (float[] point : new float[][] {{0, 0}, {-1, 0.3f}, {0.5f, 0.2f}, {3, -3}}) {
                double[] expected = data.posteriorMean(new double[] {point[0], point[1]}, sigma);
                float[] denoised = denoise(block, point[0], point[1], sigma);
                assertThat((double) denoised[0]).isCloseTo(expected[0], within(1e-3));
                assertThat((double) denoised[1]).isCloseTo(expected[1], within(1e-3));
            }
        }
    }

    @Test
    void itsCentresBeginAtSamplesAndLeadBackToThem() {
        PerceptronBlock block = untrained(8);
        block.beginAt(new TrainingData() {
            @Override
            public int[] sampleShape() {
                return new int[] {2};
            }

            @Override
            public void draw(long index, FloatBuffer sample) {
                sample.put(index % 2 == 0 ? -2 : 2).put(index % 2 == 0 ? 1 : -1);
            }
        });

        assertThat(denoise(block, -1.2f, 1.5f, 0.5f)).containsExactly(new float[] {-2, 1}, within(0.1f));
        assertThat(denoise(block, 1.5f, -1.5f, 0.5f)).containsExactly(new float[] {2, -1}, within(0.1f));
        assertThat(denoise(block, 5, -1, 0.5f)).containsExactly(new float[] {2, -1}, within(0.1f));
    }
}
