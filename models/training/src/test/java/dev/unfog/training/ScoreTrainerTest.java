package dev.unfog.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.ForwardProcesses;
import dev.unfog.api.train.NoiseLevels;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ScoreTrainerTest extends TorchTest {
    private static final double TIME = 0.5;

    /** Pairs of a clean number and an observation of it, noised by a process that leads from one to the other. */
    private static final class ConditionalExamples implements ExampleSource {
        private final ForwardProcess process = ForwardProcesses.named("ouve", Map.of());

        @Override
        public int[][] inputShapes() {
            return new int[][] {{1}, {1}};
        }

        @Override
        public int[] targetShape() {
            return new int[] {1};
        }

        @Override
        public void draw(long index, FloatBuffer[] inputs, FloatBuffer target, FloatBuffer weight) {
            SplittableRandom random = new SplittableRandom(index);
            double clean = random.nextGaussian();
            double observed = clean + random.nextGaussian();
            double noised = process.meanScale(TIME) * clean
                    + process.observationScale(TIME) * observed
                    + process.standardDeviation(TIME) * random.nextGaussian();
            inputs[0].put((float) noised);
            inputs[1].put((float) observed);
            target.put((float) clean);
            weight.put(1);
        }
    }

    @Test
    void anyBlockLearnsThePosteriorMeanOfAnyForwardProcess() throws Exception {
        SequentialBlock block = new SequentialBlock()
                .add(inputs -> new NDList(inputs.get(0).concat(inputs.get(1), 1)))
                .add(Linear.builder().setUnits(1).optBias(false).build());
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 1), new Shape(1, 1));
        ConditionalExamples examples = new ConditionalExamples();
        ScoreTrainer.Settings settings = new ScoreTrainer.Settings(
                1024, new Schedule(0.1, 10, 400, Double.POSITIVE_INFINITY), 0, 0, 0.9, 1, 0, 2);
        float[] learned;
        try (ScoreTrainer trainer = new ScoreTrainer(manager, block, examples, settings)) {
            while (trainer.progress() < 1) {
                trainer.step();
            }
            learned = trainer.averagedWeights()
                    .getValue(block.getParameters().valueAt(0), manager.getDevice(), false)
                    .toFloatArray();
        }
        // Gaussian throughout: x₀ given y is N(y/2, 1/2), then x_t − b y = a x₀ + s z is seen.
        double a = examples.process.meanScale(TIME);
        double b = examples.process.observationScale(TIME);
        double variance = examples.process.variance(TIME);
        double gain = 0.5 * a / (0.5 * a * a + variance);
        assertThat((double) learned[0]).isCloseTo(gain, offset(0.06));
        assertThat((double) learned[1]).isCloseTo(0.5 - gain * (b + 0.5 * a), offset(0.06));
    }

    /** PyTorch reads what Java owns: what is collected too early is read after others have written there. */
    @Test
    void theGarbageCollectorChangesNoWeight() throws Exception {
        float[] alone = trainedMixture();
        AtomicBoolean isOver = new AtomicBoolean();
        Thread collector = new Thread(() -> {
            while (!isOver.get()) {
                System.gc();
                for (int i = 0; i < 10_000; i++) {
                    ByteBuffer.allocateDirect(Float.BYTES).putInt(0x0a0b0c0d);
                }
            }
        });
        collector.start();
        try {
            assertThat(trainedMixture()).isEqualTo(alone);
        } finally {
            isOver.set(true);
            collector.join();
        }
    }

    private float[] trainedMixture() throws InterruptedException {
        PerceptronBlock block = new PerceptronBlock(2, 8, 2, 4);
        block.initialise(manager, 0);
        DenoisingExamples examples =
                new DenoisingExamples(new GaussianMixtureData(), NoiseLevels.logUniform(0.1, 2), 0);
        // Large enough to be cut in two parts.
        ScoreTrainer.Settings settings = new ScoreTrainer.Settings(
                2048, new Schedule(0.1, 10, 100, Double.POSITIVE_INFINITY), 0, 0, 0.9, 1, 0, 2);
        try (ScoreTrainer trainer = new ScoreTrainer(manager, block, examples, settings)) {
            while (trainer.progress() < 1) {
                trainer.step();
            }
        }
        return block.getParameters().get("centres").getArray().toFloatArray();
    }
}
