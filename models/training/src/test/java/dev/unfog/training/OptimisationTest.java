package dev.unfog.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptimisationTest extends TorchTest {
    @Test
    void adamFollowsThePublishedUpdate() {
        float[] gradients = {0.5f, -2f, 0.01f};
        NDArray weight = manager.create(new float[] {1});
        Adam adam = new Adam(manager, List.of(weight), 0.1f);
        double expected = 1;
        double first = 0;
        double second = 0;
        double rate = 0.01;
        for (int step = 1; step <= gradients.length; step++) {
            double gradient = 0.5 * gradients[step - 1];
            first = 0.9 * first + 0.1 * gradient;
            second = 0.999 * second + 0.001 * gradient * gradient;
            expected -= rate * 0.1 * expected;
            expected -= rate
                    * (first / (1 - Math.pow(0.9, step)))
                    / (Math.sqrt(second / (1 - Math.pow(0.999, step))) + 1e-8);
            adam.step(List.of(manager.create(new float[] {gradients[step - 1]})), step, rate, 0.5);
            assertThat((double) weight.getFloat(0)).isCloseTo(expected, offset(1e-6));
        }
    }

    @Test
    void muonMovesAMatrixAlongAnOrthogonalOneWithItsSingularVectors() {
        NDArray weight = manager.zeros(new Shape(16, 3, 3, 3));
        NDArray gradient = manager.randomNormal(new Shape(16, 27));
        // One direction far longer than the others, as gradients have.
        gradient.addi(manager.randomNormal(new Shape(16, 1))
                .matMul(manager.randomNormal(new Shape(1, 27)))
                .mul(30));
        Muon muon = new Muon(manager, List.of(weight));
        muon.step(List.of(gradient.reshape(16, 3, 3, 3)), 0.1, 1);

        NDArray move = weight.reshape(16, 27).div((float) (-0.1 * 0.2 * Math.sqrt(27)));
        // Its singular values are about one: 0.7 to 1.2 by the published iteration, less for directions that were very
        // short.
        NDArray square = move.matMul(move.transpose());
        for (int i = 0; i < 16; i++) {
            assertThat((double) square.getFloat(i, i)).isBetween(0.2, 1.6);
        }
        // And it goes downhill: the inner product with the gradient is the sum of the gradient's singular values,
        // about.
        assertThat(move.mul(gradient).sum().getFloat())
                .isGreaterThan(0.7f * (float) Math.sqrt(gradient.square().sum().getFloat()));
        assertThat(Muon.suits(new Shape(16, 3, 3, 3))).isTrue();
        assertThat(Muon.suits(new Shape(8, 64))).isFalse();
        assertThat(Muon.suits(new Shape(64))).isFalse();
    }

    @Test
    void theGlobalNormIsThatOfAllGradientsAsOneVector() {
        NDArray two = manager.create(new float[] {1, -2});
        NDArray one = manager.create(new float[][] {{2}, {4}});
        assertThat(ScoreTrainer.globalNorm(List.of(two, one))).isCloseTo(5, offset(1e-6));
    }

    @Test
    void theMovingAverageForgetsExponentiallyAndGrowsIntoItsDecay() {
        NDArray weight = manager.create(new float[] {10});
        MovingAverage average = new MovingAverage(manager, List.of(weight), 0.9);
        double expected = 10;
        for (int step = 0; step < 200; step++) {
            float value = (float) Math.sin(step);
            weight.set(new float[] {value});
            double decay = Math.min(0.9, (step + 1.0) / (step + 10.0));
            expected = decay * expected + (1 - decay) * value;
            average.update(step);
            assertThat((double) average.arrays().get(0).getFloat(0)).isCloseTo(expected, offset(1e-5));
        }
        assertThat(average.decay(0)).isEqualTo(0.1);
        assertThat(average.decay(1000)).isEqualTo(0.9);
    }

    @Test
    void theLearningRateWarmsUpAndEndsAtNothingByStepsOrByTime() {
        Schedule bySteps = new Schedule(1e-3, 10, 100, Double.POSITIVE_INFINITY);
        assertThat(bySteps.rate(0, 0)).isCloseTo(1e-4, offset(1e-9));
        assertThat(bySteps.rate(50, 1e9)).isCloseTo(5e-4, offset(1e-9));
        assertThat(bySteps.progress(100, 0)).isEqualTo(1);
        Schedule byTime = new Schedule(1e-3, 10, Long.MAX_VALUE, 60);
        assertThat(byTime.rate(1000, 30)).isCloseTo(5e-4, offset(1e-9));
        assertThat(byTime.rate(1000, 60)).isCloseTo(0, offset(1e-9));
        assertThat(byTime.progress(1000, 61)).isEqualTo(1);
    }
}
