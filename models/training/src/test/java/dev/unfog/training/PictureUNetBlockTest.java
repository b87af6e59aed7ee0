package dev.unfog.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PictureUNetBlockTest extends TorchTest {
    private float[] run(ScoreBlock block, float[] x, float[] noise, int height, int width) {
        try (NDManager temporary = manager.newSubManager()) {
            NDArray state = temporary.create(x, new Shape(1, 1, height, width));
            NDArray level = temporary.create(noise, new Shape(1, 1, height, width));
            return block.forward(new ParameterStore(temporary, false), new NDList(state, level), false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    private ScoreBlock positiveBlock(PictureUNetBlock block) {
        // All weights above zero and inputs too: no ReLU is shut and nothing cancels, so that influence is never
        // hidden.
        block.initialise(manager, 0);
        for (Parameter parameter : block.getParameters().values()) {
            float[] values = new float[(int) parameter.getShape().size()];
            java.util.Arrays.fill(values, (float) parameter.getShape().get(0) / values.length);
            parameter.getArray().set(values);
        }
        return block;
    }

    @Test
    void influenceReachesExactlyAsFarAsTheReceptiveFieldSays() {
        ScoreBlock block = positiveBlock(new PictureUNetBlock(1, List.of(2, 2), 1));
        int multiple = block.sizeMultiple();
        int side = 4 * 4 * multiple + 2 * block.receptiveField() / multiple * multiple;
        float[] x = new float[side * 4];
        float[] noise = new float[side * 4];
        // Mid-grey without noise gives zeros throughout, against which no influence is too small to see.
        java.util.Arrays.fill(x, 0.5f);
        float[] before = run(block, x, noise, 4, side);
        int farthest = 0;
        for (int offset = 0; offset < multiple; offset++) {
            int centre = side / 2 + offset;
            float[] changed = x.clone();
            changed[centre] += 1;
            float[] after = run(block, changed, noise, 4, side);
            for (int i = 0; i < side; i++) {
                if (after[i] != before[i]) {
                    farthest = Math.max(farthest, Math.abs(i - centre));
                }
            }
        }
        assertThat(farthest).isEqualTo(block.receptiveField());
    }

    @Test
    void pictureAndNoiseScaledTogetherAboutMidGreyGiveTheSameAnswerScaled() {
        PictureUNetBlock block = new PictureUNetBlock(1, List.of(8, 8), 1);
        block.initialise(manager, 3);
        SplittableRandom random = new SplittableRandom(5);
        Parameter tail = block.getParameters().get("tail");
        float[] weights = new float[(int) tail.getShape().size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        tail.getArray().set(weights);
        float[] x = new float[16 * 16];
        float[] noise = new float[16 * 16];
        float[] wideX = new float[16 * 16];
        float[] wideNoise = new float[16 * 16];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextDouble();
            noise[i] = 0.1f + 0.1f * (float) random.nextDouble();
            wideX[i] = 0.5f + 4 * (x[i] - 0.5f);
            wideNoise[i] = 4 * noise[i];
        }
        float[] answer = run(block, x, noise, 16, 16);
        float[] wide = run(block, wideX, wideNoise, 16, 16);
        for (int i = 0; i < x.length; i++) {
            assertThat((double) wide[i] - 0.5)
                    .isCloseTo(4 * (answer[i] - 0.5), org.assertj.core.data.Offset.offset(1e-3));
        }
    }

    @Test
    void theReleasedSizeKeepsItsBudget() {
        PictureUNetBlock block = new PictureUNetBlock(3, List.of(48, 64, 96), 2);
        block.initialise(manager, 0);
        assertThat(block.multiplyAdds()).isBetween(60_000.0, 70_000.0);
        assertThat(block.parameterCount()).isBetween(800_000L, 900_000L);
        assertThat(block.sizeMultiple()).isEqualTo(8);
    }
}
