package dev.unfog.api.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DataConsistencyTest {
    private static final int CHANNELS = 3;
    private static final long LIMIT = 1 << 20;

    /** A guidance for a measurement. */
    private interface Guidance {
        DataConsistency of(SampleState measurement, ConsistencyWeight weight);
    }

    /** An operator and the guidance that is to invert it. */
    private record Problem(String name, PlaneOperator operator, Guidance guidance) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Multiplication by a mask, for the proofs. */
    private record Masking(double[] mask, int inputHeight, int inputWidth) implements PlaneOperator {
        @Override
        public int outputHeight() {
            return inputHeight;
        }

        @Override
        public int outputWidth() {
            return inputWidth;
        }

        @Override
        public void apply(double[] input, double[] output) {
            Arrays.setAll(output, i -> mask[i] * input[i]);
        }

        @Override
        public void applyAdjoint(double[] output, double[] input) {
            apply(output, input);
        }
    }

    /** A kernel without symmetry, so that a flipped one is told apart. */
    private static BlurKernel lopsided() {
        return new BlurKernel(3, 5, new double[] {
            .02, .05, .03, .0, .0, //
            .01, .10, .50, .12, .04, //
            .0, .03, .06, .03, .01
        });
    }

    static Stream<Problem> problems() {
        double[] mask = new Random(4).ints(12 * 14, 0, 2).asDoubleStream().toArray();
        MemoryState maskState = new MemoryState(StateShape.picture(1, 12, 14), floats(mask));
        Blur periodic = Blur.periodic(lopsided(), 12, 14);
        Blur prime = Blur.periodic(BlurKernel.gaussian(0.4), 17, 19);
        Blur cropped = Blur.cropped(lopsided(), 12, 14);
        Resampling bicubic = Resampling.bicubic(24, 20, 6, 5);
        Resampling uneven = Resampling.bicubic(23, 31, 9, 14);
        Resampling box = Resampling.box(24, 20, 6, 5);
        Resampling unevenBox = Resampling.box(23, 31, 9, 14);
        return Stream.of(
                new Problem(
                        "mask",
                        new Masking(mask, 12, 14),
                        (measurement, weight) -> new MaskConsistency(maskState, measurement, weight)),
                new Problem(
                        "periodic blur",
                        periodic,
                        (measurement, weight) -> new BlurConsistency(periodic, measurement, weight, LIMIT)),
                new Problem(
                        "Gaussian blur of prime size",
                        prime,
                        (measurement, weight) -> new BlurConsistency(prime, measurement, weight, LIMIT)),
                new Problem(
                        "cropped blur",
                        cropped,
                        (measurement, weight) -> new OperatorConsistency(cropped, measurement, weight, LIMIT)),
                new Problem(
                        "bicubic to a quarter",
                        bicubic,
                        (measurement, weight) -> new DownsamplingConsistency(bicubic, measurement, weight)),
                new Problem(
                        "bicubic by an uneven factor",
                        uneven,
                        (measurement, weight) -> new DownsamplingConsistency(uneven, measurement, weight)),
                new Problem(
                        "box to a quarter",
                        box,
                        (measurement, weight) -> new DownsamplingConsistency(box, measurement, weight)),
                new Problem(
                        "box by an uneven factor",
                        unevenBox,
                        (measurement, weight) -> new DownsamplingConsistency(unevenBox, measurement, weight)));
    }

    private static float[] floats(double[] values) {
        float[] narrow = new float[values.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
    }

    private static MemoryState random(int height, int width, long seed) {
        MemoryState state = new MemoryState(StateShape.picture(CHANNELS, height, width));
        new GaussianNoise(seed).fill(0, 0, 0, 0, 0, state.values(), 0, state.values().length);
        return state;
    }

    private static double[] plane(MemoryState state, int channel) {
        int positions = (int) state.shape().positions();
        double[] plane = new double[positions];
        Arrays.setAll(plane, i -> state.values()[channel * positions + i]);
        return plane;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double[] minus(double[] a, double[] b) {
        double[] difference = new double[a.length];
        Arrays.setAll(difference, i -> a[i] - b[i]);
        return difference;
    }

    private static double[] degrade(PlaneOperator operator, double[] plane) {
        double[] output = new double[operator.outputHeight() * operator.outputWidth()];
        operator.apply(plane, output);
        return output;
    }

    private static double[] adjoint(PlaneOperator operator, double[] plane) {
        double[] input = new double[operator.inputHeight() * operator.inputWidth()];
        operator.applyAdjoint(plane, input);
        return input;
    }

    @ParameterizedTest
    @MethodSource("problems")
    void theAdjointIsTheAdjoint(Problem problem) {
        PlaneOperator operator = problem.operator();
        double[] x = plane(random(operator.inputHeight(), operator.inputWidth(), 1), 0);
        double[] y = plane(random(operator.outputHeight(), operator.outputWidth(), 2), 0);
        assertThat(dot(degrade(operator, x), y)).isCloseTo(dot(x, adjoint(operator, y)), within(1e-10));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void theResultSatisfiesTheConditionOfTheMinimum(Problem problem) {
        PlaneOperator operator = problem.operator();
        MemoryState denoised = random(operator.inputHeight(), operator.inputWidth(), 3);
        MemoryState before = new MemoryState(denoised.shape(), denoised.values().clone());
        MemoryState measurement = random(operator.outputHeight(), operator.outputWidth(), 4);
        ConsistencyWeight weight = new ConsistencyWeight(0.3, 2);
        double noiseLevel = 0.5;
        problem.guidance().of(measurement, weight).apply(denoised, noiseLevel);
        double rho = 2 * 0.09 / 0.25;
        for (int c = 0; c < CHANNELS; c++) {
            double[] x = plane(denoised, c);
            double[] gradient = adjoint(operator, minus(degrade(operator, x), plane(measurement, c)));
            double[] pull = minus(x, plane(before, c));
            for (int i = 0; i < gradient.length; i++) {
                assertThat(gradient[i] + rho * pull[i]).isCloseTo(0, within(1e-6));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void withoutNoiseTheResultExplainsTheMeasurementAndIsTheNearestThatDoes(Problem problem) {
        PlaneOperator operator = problem.operator();
        MemoryState denoised = random(operator.inputHeight(), operator.inputWidth(), 5);
        MemoryState before = new MemoryState(denoised.shape(), denoised.values().clone());
        MemoryState truth = random(operator.inputHeight(), operator.inputWidth(), 6);
        MemoryState measurement = random(operator.outputHeight(), operator.outputWidth(), 7);
        for (int c = 0; c < CHANNELS; c++) {
            float[] measured = floats(degrade(operator, plane(truth, c)));
            System.arraycopy(measured, 0, measurement.values(), c * measured.length, measured.length);
        }
        problem.guidance().of(measurement, ConsistencyWeight.EXACT).apply(denoised, 0.5);

        // What A does not see of something else: the difference must be perpendicular to it.
        MemoryState unseen = random(operator.inputHeight(), operator.inputWidth(), 8);
        MemoryState zero = new MemoryState(measurement.shape());
        problem.guidance().of(zero, ConsistencyWeight.EXACT).apply(unseen, 0.5);
        for (int c = 0; c < CHANNELS; c++) {
            double[] image = degrade(operator, plane(denoised, c));
            double[] wanted = plane(measurement, c);
            for (int i = 0; i < image.length; i++) {
                assertThat(image[i]).isCloseTo(wanted[i], within(1e-5));
            }
            double[] change = minus(plane(denoised, c), plane(before, c));
            assertThat(dot(change, plane(unseen, c))).isCloseTo(0, within(2e-4));
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void atInfiniteNoiseTheMeasurementAloneCounts(Problem problem) {
        PlaneOperator operator = problem.operator();
        MemoryState measurement = random(operator.outputHeight(), operator.outputWidth(), 9);
        MemoryState exact = random(operator.inputHeight(), operator.inputWidth(), 10);
        MemoryState noisy = new MemoryState(exact.shape(), exact.values().clone());
        problem.guidance().of(measurement, ConsistencyWeight.EXACT).apply(exact, 1);
        problem.guidance().of(measurement, new ConsistencyWeight(0.3, 1)).apply(noisy, Double.POSITIVE_INFINITY);
        assertThat(noisy.values()).containsExactly(exact.values());
    }

    @Test
    void frequenciesThatABlurTookAwayStayAsTheyWere() {
        // The mean over three, periodic over six, has a zero at a third of the frequencies of a line.
        Blur blur = Blur.periodic(new BlurKernel(1, 3, new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}), 4, 6);
        MemoryState denoised = random(4, 6, 1);
        float[] before = denoised.values().clone();
        MemoryState measurement = new MemoryState(denoised.shape());
        for (int c = 0; c < CHANNELS; c++) {
            float[] blurred = floats(degrade(blur, plane(denoised, c)));
            System.arraycopy(blurred, 0, measurement.values(), c * 24, 24);
        }
        new BlurConsistency(blur, measurement, ConsistencyWeight.EXACT, LIMIT).apply(denoised, 1);
        for (int i = 0; i < before.length; i++) {
            assertThat(denoised.values()[i]).isCloseTo(before[i], within(1e-5f));
        }
    }

    @Test
    void aBlurIsTheConvolutionWithItsKernel() {
        BlurKernel kernel = lopsided();
        double[] input = plane(random(12, 14, 1), 0);
        double[] periodic = degrade(Blur.periodic(kernel, 12, 14), input);
        double[] cropped = degrade(Blur.cropped(kernel, 12, 14), input);
        for (int y = 0; y < 12; y++) {
            for (int x = 0; x < 14; x++) {
                double sum = 0;
                for (int j = -1; j <= 1; j++) {
                    for (int i = -2; i <= 2; i++) {
                        sum += kernel.weight(j + 1, i + 2)
                                * input[Math.floorMod(y - j, 12) * 14 + Math.floorMod(x - i, 14)];
                    }
                }
                assertThat(periodic[y * 14 + x]).isCloseTo(sum, within(1e-12));
                if (y >= 1 && y < 11 && x >= 2 && x < 12) {
                    assertThat(cropped[(y - 1) * 10 + x - 2]).isCloseTo(sum, within(1e-12));
                }
            }
        }
    }

    @Test
    void halvingByBicubicHasTheKnownWeights() {
        double[] expected = {
            -0.01171875, -0.03515625, 0.11328125, 0.43359375, 0.43359375, 0.11328125, -0.03515625, -0.01171875
        };
        Resampling half = Resampling.bicubic(1, 32, 1, 16);
        for (int i = 0; i < 8; i++) {
            double[] impulse = new double[32];
            impulse[13 + i] = 1;
            // Output 8 covers 16 and 17, the middle of 13 to 20.
            assertThat(degrade(half, impulse)[8]).isCloseTo(expected[i], within(1e-12));
        }
    }

    @Test
    void resamplingKeepsWhatIsConstantAndMeansWhatABoxCovers() {
        for (Resampling resampling : new Resampling[] {
            Resampling.bicubic(23, 31, 9, 14), Resampling.bicubic(9, 14, 23, 31), Resampling.box(23, 31, 9, 14)
        }) {
            double[] constant = new double[resampling.inputHeight() * resampling.inputWidth()];
            Arrays.fill(constant, 0.7);
            for (double value : degrade(resampling, constant)) {
                assertThat(value).isCloseTo(0.7, within(1e-12));
            }
        }
        double[] result = degrade(Resampling.box(2, 4, 1, 2), new double[] {1, 2, 3, 4, 5, 6, 7, 8});
        assertThat(result).containsExactly(3.5, 5.5);
        double[] uneven = degrade(Resampling.box(1, 3, 1, 2), new double[] {1, 2, 3});
        assertThat(uneven[0]).isCloseTo((1 + 0.5 * 2) / 1.5, within(1e-12));
    }

    @Test
    void enlargingByBicubicContinuesAStraightLine() {
        double[] line = new double[20];
        Arrays.setAll(line, i -> 3 + 0.5 * i);
        double[] enlarged = degrade(Resampling.bicubic(1, 20, 1, 60), line);
        for (int i = 9; i < 51; i++) {
            assertThat(enlarged[i]).isCloseTo(3 + 0.5 * ((i + 0.5) / 3 - 0.5), within(1e-12));
        }
    }

    @Test
    void aStateIsResampledAsItsPlanesAre() {
        Resampling resampling = Resampling.bicubic(24, 20, 6, 5);
        MemoryState input = random(24, 20, 1);
        MemoryState output = new MemoryState(StateShape.picture(CHANNELS, 6, 5));
        resampling.apply(input, output);
        for (int c = 0; c < CHANNELS; c++) {
            float[] expected = floats(degrade(resampling, plane(input, c)));
            assertThat(Arrays.copyOfRange(output.values(), c * 30, (c + 1) * 30))
                    .containsExactly(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void aGuidedSampleExplainsItsMeasurementAndKeepsToTheData(Problem problem) {
        PlaneOperator operator = problem.operator();
        GaussianMixture data = GaussianMixture.gaussian(0.5, 0.04);
        MemoryState measurement = random(operator.outputHeight(), operator.outputWidth(), 1);
        MemoryState truth = random(operator.inputHeight(), operator.inputWidth(), 2);
        for (int c = 0; c < CHANNELS; c++) {
            double[] clean = plane(truth, c);
            Arrays.setAll(clean, i -> 0.5 + 0.2 * clean[i]);
            float[] measured = floats(degrade(operator, clean));
            System.arraycopy(measured, 0, measurement.values(), c * measured.length, measured.length);
        }
        DataConsistency consistency = problem.guidance().of(measurement, ConsistencyWeight.EXACT);
        for (Sampler sampler : new Sampler[] {ImplicitSampler.ddpm(), new DpmSolverSampler()}) {
            try (SampleState sampled = sampler.sample(SamplingRequest.builder()
                    .setProcess(new VarianceExplodingProcess(0.01, 10))
                    .setDenoiser(data)
                    .setShape(StateShape.picture(CHANNELS, operator.inputHeight(), operator.inputWidth()))
                    .optSteps(40)
                    .optConsistency(consistency)
                    .optThreads(1)
                    .build())) {
                MemoryState result = (MemoryState) sampled;
                for (int c = 0; c < CHANNELS; c++) {
                    double[] image = degrade(operator, plane(result, c));
                    double[] wanted = plane(measurement, c);
                    for (int i = 0; i < image.length; i++) {
                        assertThat(image[i]).isCloseTo(wanted[i], within(1e-5));
                    }
                }
                Moments moments = Moments.of(result.values());
                assertThat(moments.mean()).isCloseTo(0.5, within(0.03));
                assertThat(Math.sqrt(moments.variance())).isCloseTo(0.2, within(0.03));
            }
        }
    }

    @Test
    void aPlaneAboveTheLimitIsRefusedWithWhatToDo() {
        Blur blur = Blur.periodic(BlurKernel.gaussian(1), 20, 20);
        MemoryState measurement = random(20, 20, 1);
        assertThatThrownBy(() -> new BlurConsistency(blur, measurement, ConsistencyWeight.EXACT, 399))
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MEDIA_TOO_LARGE));
        assertThatThrownBy(() -> new OperatorConsistency(blur, measurement, ConsistencyWeight.EXACT, 399))
                .isInstanceOf(UnfogException.class);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        MemoryState large = random(24, 20, 1);
        MemoryState small = random(6, 5, 1);
        assertThatThrownBy(() -> new MaskConsistency(small, large, ConsistencyWeight.EXACT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> new DownsamplingConsistency(Resampling.box(24, 20, 6, 5), large, ConsistencyWeight.EXACT)
                                .apply(large, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Blur.periodic(BlurKernel.gaussian(2), 5, 40)).hasMessageContaining("larger");
        assertThatThrownBy(() -> new BlurKernel(2, 1, new double[2])).hasMessageContaining("odd");
        assertThatThrownBy(() -> new ConsistencyWeight(-1, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
