package dev.unfog.api.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ForwardProcessTest {

    /** Every process, with constants that make its terms of comparable size. */
    static Stream<ForwardProcess> processes() {
        return Stream.of(
                new VarianceExplodingProcess(0.01, 8),
                new GeometricVarianceExplodingProcess(0.01, 8, 1e-5),
                new VariancePreservingProcess(0.1, 20, 1e-3),
                new DiscreteVariancePreservingProcess(1000, 1e-4, 0.02),
                new SubVariancePreservingProcess(0.1, 20, 1e-3),
                new OrnsteinUhlenbeckProcess(1.5, 0.05, 0.5, 0.03),
                new SchroedingerBridge(new ReferenceDiffusion.Constant(0.7), 1e-3),
                new SchroedingerBridge(new ReferenceDiffusion.Exploding(0.4, 2.6), 1e-3),
                new SchroedingerBridge(new ReferenceDiffusion.LinearlyGrowing(0.01, 50), 1e-3),
                new SchroedingerBridge(new ReferenceDiffusion.Preserving(0.01, 20, 0.3), 1e-3));
    }

    /** Times strictly inside the range, off the steps of the discrete process. */
    private static double[] innerTimes(ForwardProcess process) {
        double[] times = new double[9];
        for (int i = 0; i < times.length; i++) {
            times[i] = process.startTime() + (process.endTime() - process.startTime()) * (i + 1.05) / 10.31;
        }
        return times;
    }

    @ParameterizedTest
    @MethodSource("processes")
    void derivativesAreThoseOfTheirFunctions(ForwardProcess process) {
        for (double t : innerTimes(process)) {
            double h = 1e-5 * t;
            assertThat(process.meanScaleDerivative(t))
                    .as("a' at %s", t)
                    .isCloseTo((process.meanScale(t + h) - process.meanScale(t - h)) / (2 * h), close(process, t));
            assertThat(process.observationScaleDerivative(t))
                    .as("b' at %s", t)
                    .isCloseTo(
                            (process.observationScale(t + h) - process.observationScale(t - h)) / (2 * h),
                            close(process, t));
            assertThat(process.varianceDerivative(t))
                    .as("(s^2)' at %s", t)
                    .isCloseTo((process.variance(t + h) - process.variance(t - h)) / (2 * h), close(process, t));
            double growth = (Math.pow(process.noiseLevel(t + h), 2) - Math.pow(process.noiseLevel(t - h), 2)) / (2 * h);
            assertThat(process.noiseLevelVarianceDerivative(t) / growth).isCloseTo(1, within(1e-6));
        }
    }

    private static org.assertj.core.data.Offset<Double> close(ForwardProcess process, double time) {
        return within(1e-6 * (1 + Math.abs(process.varianceDerivative(time))) / Math.min(1, process.endTime()));
    }

    @ParameterizedTest
    @MethodSource("processes")
    void diffusionFollowsFromTheVarianceAndTheMeanScale(ForwardProcess process) {
        for (double t : innerTimes(process)) {
            double general = process.varianceDerivative(t)
                    - 2 * process.meanScaleDerivative(t) / process.meanScale(t) * process.variance(t);
            assertThat(process.diffusionSquared(t)).isPositive().isCloseTo(general, within(1e-9 * (1 + general)));
        }
    }

    @Test
    void diffusionIsTheOneThatThePaperStates() {
        double t = 0.37;
        double beta = 0.1 + t * 19.9;
        double integral = t * 0.1 + t * t * 19.9 / 2;
        double ratio = Math.log(10);
        assertThat(new VarianceExplodingProcess(0.01, 8).diffusionSquared(t)).isCloseTo(2 * t, within(1e-12));
        assertThat(new GeometricVarianceExplodingProcess(0.01, 8, 0).diffusionSquared(t))
                .isCloseTo(1e-4 * Math.pow(800, 2 * t) * 2 * Math.log(800), within(1e-12));
        assertThat(new VariancePreservingProcess(0.1, 20, 1e-3).diffusionSquared(t))
                .isCloseTo(beta, within(1e-12));
        assertThat(new SubVariancePreservingProcess(0.1, 20, 1e-3).diffusionSquared(t))
                .isCloseTo(beta * (1 - Math.exp(-2 * integral)), within(1e-12));
        assertThat(new OrnsteinUhlenbeckProcess(1.5, 0.05, 0.5, 0.03).diffusionSquared(t))
                .isCloseTo(0.0025 * Math.pow(10, 2 * t) * 2 * ratio, within(1e-12));
        assertThat(new SchroedingerBridge(new ReferenceDiffusion.Exploding(0.4, 2.6), 1e-4).diffusionSquared(t))
                .isCloseTo(0.4 * Math.pow(2.6, 2 * t), within(1e-12));
        assertThat(new SchroedingerBridge(new ReferenceDiffusion.Preserving(0.01, 20, 0.3), 1e-4).diffusionSquared(t))
                .isCloseTo(0.3 * (0.01 + t * 19.99), within(1e-12));
    }

    @Test
    void theDriftOfABrownianBridgePullsToTheObservation() {
        ForwardProcess bridge = new SchroedingerBridge(new ReferenceDiffusion.Constant(0.7), 1e-4);
        assertThat(bridge.drift(0.2, 1.5, 0.6)).isCloseTo((1.5 - 0.2) / (1 - 0.6), within(1e-12));
        assertThat(bridge.variance(0.6)).isCloseTo(0.49 * 0.6 * 0.4, within(1e-15));
    }

    @Test
    void theDriftOfOuveIsStiffnessTimesTheWayToTheObservation() {
        ForwardProcess process = new OrnsteinUhlenbeckProcess(1.5, 0.05, 0.5, 0.03);
        assertThat(process.drift(0.2, 1.5, 0.6)).isCloseTo(1.5 * (1.5 - 0.2), within(1e-12));
    }

    @Test
    void theDiscreteProcessHasTheProductOfThePaper() {
        DiscreteVariancePreservingProcess process = new DiscreteVariancePreservingProcess(1000, 1e-4, 0.02);
        double product = 1;
        for (int i = 1; i <= 250; i++) {
            product *= 1 - (1e-4 + (0.02 - 1e-4) * (i - 1) / 999.0);
        }
        assertThat(process.variance(250)).isCloseTo(1 - product, within(1e-13));
        assertThat(process.meanScale(250)).isCloseTo(Math.sqrt(product), within(1e-13));
        assertThat(process.nearestStep(249.6)).isEqualTo(250);
    }

    @ParameterizedTest
    @MethodSource("processes")
    void theNoiseLevelGrowsAndItsInverseFindsTheTime(ForwardProcess process) {
        double before = 0;
        for (double t : innerTimes(process)) {
            double level = process.noiseLevel(t);
            assertThat(level).isGreaterThan(before);
            assertThat(process.timeOf(level)).isCloseTo(t, within(1e-9 * process.endTime()));
            before = level;
        }
        assertThat(process.timeOf(process.noiseLevel(process.startTime())))
                .isCloseTo(process.startTime(), within(1e-12 * process.endTime()));
        assertThat(process.timeOf(Double.POSITIVE_INFINITY)).isEqualTo(process.endTime());
    }

    @ParameterizedTest
    @MethodSource("processes")
    void simulatingTheEquationGivesTheMarginals(ForwardProcess process) {
        // dx = f dt + g dw by Euler-Maruyama from x_0, with the noise that is already there at the start.
        double x0 = 0.8;
        double y = -0.6;
        int paths = 2000;
        int steps = 400;
        double begin = process.startTime();
        double end = begin + 0.8 * (process.endTime() - begin);
        GaussianNoise noise = new GaussianNoise(3);
        float[] z = new float[paths];
        double[] x = new double[paths];
        noise.fill(0, 0, 0, 0, 0, z, 0, paths);
        Marginal first = process.marginal(begin);
        for (int p = 0; p < paths; p++) {
            x[p] = first.meanScale() * x0 + first.observationScale() * y + first.standardDeviation() * z[p];
        }
        double dt = (end - begin) / steps;
        for (int step = 0; step < steps; step++) {
            // The midpoint halves the order of the error in the variance at no cost.
            double t = begin + (step + 0.5) * dt;
            double g = Math.sqrt(process.diffusionSquared(t) * dt);
            noise.fill(0, step + 1, 0, 0, 0, z, 0, paths);
            for (int p = 0; p < paths; p++) {
                x[p] += process.drift(x[p], y, t) * dt + g * z[p];
            }
        }
        Marginal last = process.marginal(end);
        Moments moments = Moments.of(x);
        double s = last.standardDeviation();
        assertThat(moments.mean())
                .isCloseTo(
                        last.meanScale() * x0 + last.observationScale() * y, within(4 * s / Math.sqrt(paths) + 0.004));
        assertThat(moments.variance() / (s * s)).isCloseTo(1, within(0.15));
    }

    @ParameterizedTest
    @MethodSource("processes")
    void tweedieIsTheScoreOfTheMarginalOfGaussianData(ForwardProcess process) {
        // Data N(m, v): x_t is N(a m + b y, a^2 v + s^2), whose score is known without Tweedie.
        double m = 0.3;
        double v = 0.5;
        double y = -0.6;
        double x = 0.9;
        for (double t : innerTimes(process)) {
            Marginal marginal = process.marginal(t);
            double a = marginal.meanScale();
            double s2 = process.variance(t);
            double expected = -(x - a * m - marginal.observationScale() * y) / (a * a * v + s2);
            double reduced = marginal.reduce(x, y);
            double level2 = Math.pow(marginal.noiseLevel(), 2);
            double denoised = (m * level2 + reduced * v) / (level2 + v);
            assertThat(marginal.score(denoised, x, y) / expected).isCloseTo(1, within(1e-9));
            assertThat(marginal.expand(reduced, y)).isCloseTo(x, within(1e-12));
        }
    }

    @Test
    void aBridgeEndsAtTheObservation() {
        processes().filter(SchroedingerBridge.class::isInstance).forEach(bridge -> {
            Marginal end = bridge.marginal(bridge.endTime());
            assertThat(end.meanScale()).isZero();
            assertThat(end.standardDeviation()).isZero();
            assertThat(end.observationScale()).isCloseTo(1, within(1e-12));
            assertThat(end.noiseLevel()).isInfinite();
            assertThat(end.expand(0.0, 1.25)).isCloseTo(1.25, within(1e-12));
        });
    }

    @ParameterizedTest
    @MethodSource("processes")
    void aModelCardGivesTheProcessBack(ForwardProcess process) {
        ForwardProcess again = ForwardProcesses.named(process.name(), process.constants());
        assertThat(again.constants()).isEqualTo(process.constants());
        assertThat(again.getClass()).isEqualTo(process.getClass());
        assertThat(ForwardProcesses.names()).contains(process.name());
    }

    @Test
    void everyNameHasTheConstantsOfItsPaper() {
        for (String name : ForwardProcesses.names()) {
            assertThat(ForwardProcesses.named(name, Map.of()).name()).isEqualTo(name);
        }
    }

    @Test
    void anUnknownProcessOrConstantIsRefusedWithWhatThereIs() {
        assertThatThrownBy(() -> ForwardProcesses.named("vp", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("variance-preserving");
        assertThatThrownBy(() -> ForwardProcesses.named("ouve", Map.of("theta", 1.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("theta")
                .hasMessageContaining("gamma");
    }

    @Test
    void constantsOutOfRangeAreRefused() {
        List<Runnable> bad = List.of(
                () -> new VarianceExplodingProcess(1, 1),
                () -> new VarianceExplodingProcess(Double.NaN, 1),
                () -> new GeometricVarianceExplodingProcess(0, 1, 0),
                () -> new VariancePreservingProcess(1, 0.5, 1e-3),
                () -> new VariancePreservingProcess(0.1, 20, 0),
                () -> new OrnsteinUhlenbeckProcess(-1, 0.05, 0.5, 0.03),
                () -> new DiscreteVariancePreservingProcess(1, 1e-4, 0.02),
                () -> new ReferenceDiffusion.Exploding(0.4, 1));
        for (Runnable construction : bad) {
            assertThatThrownBy(construction::run).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
