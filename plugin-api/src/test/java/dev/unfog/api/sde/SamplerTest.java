package dev.unfog.api.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SamplerTest {
    private static final int COUNT = 4000;
    private static final StateShape SHAPE = new StateShape(1, 1, COUNT);

    /** Each process with an end at which the data can no longer be told, as the paper of each assumes. */
    static Stream<ForwardProcess> processes() {
        return Stream.of(
                new VarianceExplodingProcess(0.01, 30),
                new GeometricVarianceExplodingProcess(0.01, 30, 1e-5),
                new VariancePreservingProcess(0.1, 20, 1e-4),
                new DiscreteVariancePreservingProcess(1000, 1e-4, 0.02),
                new SubVariancePreservingProcess(0.1, 20, 1e-3),
                new OrnsteinUhlenbeckProcess(1.5, 0.05, 5, 1e-3),
                new SchroedingerBridge(new ReferenceDiffusion.Constant(1), 1e-3),
                new SchroedingerBridge(new ReferenceDiffusion.Exploding(0.4, 2.6), 1e-3),
                new SchroedingerBridge(new ReferenceDiffusion.LinearlyGrowing(0.01, 5), 1e-3),
                new SchroedingerBridge(new ReferenceDiffusion.Preserving(0.1, 10, 0.3), 1e-3));
    }

    /** A sampler and the steps that it needs. */
    record Setting(Sampler sampler, int steps) {}

    private static List<Setting> settings() {
        return List.of(
                new Setting(new EulerMaruyamaSampler(), 250),
                new Setting(new PredictorCorrectorSampler(1, 0.3), 60),
                new Setting(new AnnealedLangevinSampler(24, 0.2), 32),
                new Setting(ImplicitSampler.ddpm(), 120),
                new Setting(new AncestralSampler(), 60),
                new Setting(ImplicitSampler.ddim(0), 120),
                new Setting(ImplicitSampler.ddim(0.5), 120),
                new Setting(new HeunSampler(), 30),
                new Setting(new HeunSampler(20), 40),
                new Setting(new DpmSolverSampler(), 40));
    }

    static Stream<Arguments> samplersAndProcesses() {
        return processes().flatMap(process -> settings().stream()
                .map(setting -> Arguments.of(setting.sampler(), setting.steps(), process)));
    }

    private static SamplingRequest.Builder request(ForwardProcess process, Denoiser denoiser) {
        SamplingRequest.Builder builder = SamplingRequest.builder()
                .setProcess(process)
                .setDenoiser(denoiser)
                .setShape(SHAPE)
                .optSeed(11)
                .optThreads(2);
        if (process.priorObservationScale() != 0) {
            builder.optStart(SamplingStart.prior(constant(SHAPE, 0.25f)));
        }
        return builder;
    }

    private static MemoryState constant(StateShape shape, float value) {
        MemoryState state = new MemoryState(shape);
        Arrays.fill(state.values(), value);
        return state;
    }

    private static float[] values(SampleState state) {
        try (state) {
            float[] values = new float[(int) state.shape().size()];
            state.read(0, values, 0, values.length);
            return values;
        }
    }

    @ParameterizedTest(name = "{0} with {1} steps on {2}")
    @MethodSource("samplersAndProcesses")
    void everySamplerRecoversTheMomentsAndTheModes(Sampler sampler, int steps, ForwardProcess process) {
        GaussianMixture data = GaussianMixture.twoModes();
        SamplingRequest request = request(process, data)
                .optSteps(steps)
                .optSchedule(NoiseSchedule.karras(sampler instanceof AnnealedLangevinSampler ? 30 : 7))
                .build();
        float[] sampled = values(sampler.sample(request));

        Moments all = Moments.of(sampled);
        double error = 1 / Math.sqrt(COUNT);
        // Four standard errors of sampling, and the bias of a finite number of steps.
        assertThat(all.mean()).as("mean").isCloseTo(data.mean(), within(4 * error + 0.02));
        assertThat(all.variance()).as("variance").isCloseTo(data.variance(), within(0.08));
        double[] low = select(sampled, true);
        double[] high = select(sampled, false);
        assertThat(low.length / (double) COUNT).as("weight").isCloseTo(0.3, within(4 * 0.46 * error + 0.015));
        assertThat(Moments.of(low).mean()).as("lower mode").isCloseTo(-1, within(0.03));
        assertThat(Moments.of(high).mean()).as("upper mode").isCloseTo(1, within(0.03));
        assertThat(Math.sqrt(Moments.of(low).variance())).as("width").isCloseTo(0.15, within(0.03));
        assertThat(Math.sqrt(Moments.of(high).variance())).as("width").isCloseTo(0.15, within(0.03));
    }

    private static double[] select(float[] values, boolean negative) {
        List<Double> chosen = new ArrayList<>();
        for (float value : values) {
            if (value < 0 == negative) {
                chosen.add((double) value);
            }
        }
        return chosen.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** The greatest distance of the distribution of the values from that of the data (Kolmogorov). */
    private static double distance(float[] values, GaussianMixture data) {
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        double greatest = 0;
        for (int i = 0; i < sorted.length; i++) {
            double expected = data.cumulative(sorted[i]);
            greatest = Math.max(greatest, Math.abs(expected - (i + 0.5) / sorted.length));
        }
        return greatest;
    }

    @Test
    void predictorCorrectorAndLangevinConvergeInDistribution() {
        GaussianMixture data =
                new GaussianMixture(new double[] {0.4, 0.6}, new double[] {-0.8, 0.6}, new double[] {0.09, 0.04});
        ForwardProcess process = new VarianceExplodingProcess(0.02, 20);
        List<Setting> coarse = List.of(
                new Setting(new PredictorCorrectorSampler(1, 0.3), 8),
                new Setting(new AnnealedLangevinSampler(3, 0.1), 8));
        List<Setting> fine = List.of(
                new Setting(new PredictorCorrectorSampler(1, 0.3), 150),
                new Setting(new AnnealedLangevinSampler(40, 0.1), 50));
        for (int i = 0; i < coarse.size(); i++) {
            double far = distance(sample(coarse.get(i), process, data), data);
            double near = distance(sample(fine.get(i), process, data), data);
            // The 0.1 % point of Kolmogorov's distribution is 1.95/√n.
            assertThat(near).as(fine.get(i).toString()).isLessThan(1.95 / Math.sqrt(COUNT));
            assertThat(near).isLessThan(0.5 * far);
        }
    }

    private static float[] sample(Setting setting, ForwardProcess process, GaussianMixture data) {
        return values(setting.sampler()
                .sample(request(process, data)
                        .optSteps(setting.steps())
                        .optSchedule(NoiseSchedule.geometric())
                        .build()));
    }

    @ParameterizedTest
    @MethodSource("processes")
    void tweedieIsThePosteriorMean(ForwardProcess process) {
        GaussianMixture data = GaussianMixture.twoModes();
        double level = 0.6;
        MemoryState noisy = constant(SHAPE, 0);
        for (int i = 0; i < COUNT; i++) {
            noisy.values()[i] = -3 + 6f * i / COUNT;
        }
        float[] denoised = values(new OneStepSampler()
                .sample(request(process, data)
                        .optStart(SamplingStart.noisy(noisy, level))
                        .build()));
        for (int i = 0; i < COUNT; i += 97) {
            double u = noisy.values()[i];
            // E[x₀ | û] by quadrature of Bayes' rule, and by the derivative of the log-density: û + σ̂² d log p/dû.
            double numerator = 0;
            double denominator = 0;
            for (double x = -3; x < 3; x += 1e-3) {
                double joint = data.noisedDensity(x, 0) * Math.exp(-(u - x) * (u - x) / (2 * level * level));
                numerator += x * joint;
                denominator += joint;
            }
            double h = 1e-5;
            double slope =
                    (Math.log(data.noisedDensity(u + h, level)) - Math.log(data.noisedDensity(u - h, level))) / (2 * h);
            assertThat((double) denoised[i]).isCloseTo(numerator / denominator, within(1e-6));
            assertThat((double) denoised[i]).isCloseTo(u + level * level * slope, within(1e-6));
        }
    }

    @Test
    void variancePreservingAndExplodingAgreeAfterTheChangeOfVariables() {
        GaussianMixture data = GaussianMixture.twoModes();
        List<ForwardProcess> processes = List.of(
                new VarianceExplodingProcess(0.01, 30),
                new VariancePreservingProcess(0.1, 20, 1e-4),
                new SubVariancePreservingProcess(0.1, 20, 1e-4),
                new DiscreteVariancePreservingProcess(1000, 1e-4, 0.02));
        MemoryState noisy = constant(SHAPE, 0);
        new GaussianNoise(5).fill(0, 0, 0, 0, 0, noisy.values(), 0, COUNT);
        for (Sampler sampler : List.of(
                ImplicitSampler.ddim(0.4),
                new HeunSampler(10),
                new DpmSolverSampler(),
                new PredictorCorrectorSampler(1, 0.2),
                new AnnealedLangevinSampler(3, 0.1))) {
            float[] first = null;
            for (ForwardProcess process : processes) {
                // The network is told t and gets x_t; it goes through the process's own a, s and t and back.
                Denoiser throughTime = (reduced, at, denoised) -> {
                    double sigma = process.standardDeviation(at.time()) / process.meanScale(at.time());
                    for (int i = 0; i < COUNT; i++) {
                        double x = at.expand(((MemoryState) reduced).values()[i], 0);
                        ((MemoryState) denoised).values()[i] =
                                (float) data.posteriorMean(x / process.meanScale(at.time()), sigma);
                    }
                };
                float[] result = values(sampler.sample(request(process, throughTime)
                        .optStart(SamplingStart.noisy(noisy, 1.5))
                        .optLowestNoiseLevel(0.05)
                        .optSteps(12)
                        .build()));
                if (first == null) {
                    first = result;
                } else {
                    for (int i = 0; i < COUNT; i++) {
                        assertThat(result[i]).isCloseTo(first[i], within(2e-4f));
                    }
                }
            }
        }
    }

    /** Starts of an ODE that lie evenly over the range of the noise level. */
    private static MemoryState grid(double highest) {
        MemoryState begin = new MemoryState(new StateShape(1, 1, 101));
        for (int i = 0; i < 101; i++) {
            begin.values()[i] = (float) (highest * (2 * i / 101.0 - 1));
        }
        return begin;
    }

    private static float[] solve(Sampler sampler, NoiseSchedule schedule, GaussianMixture data, int steps) {
        MemoryState begin = grid(1);
        return values(sampler.sample(SamplingRequest.builder()
                .setProcess(new VarianceExplodingProcess(0.01, 10))
                .setDenoiser(data)
                .setShape(begin.shape())
                .optStart(SamplingStart.noisy(begin, 1))
                .optLowestNoiseLevel(0.2)
                .optSchedule(schedule)
                .optSteps(steps + 1)
                .build()));
    }

    @Test
    void theSolversMeetTheExactSolutionForGaussianData() {
        double mean = 0.3;
        double variance = 0.5;
        GaussianMixture data = GaussianMixture.gaussian(mean, variance);
        for (Sampler sampler : List.of(ImplicitSampler.ddim(0), new HeunSampler(), new DpmSolverSampler())) {
            float[] solved = solve(sampler, NoiseSchedule.karras(7), data, 400);
            float[] begin = grid(1).values();
            for (int i = 0; i < begin.length; i++) {
                // û − m shrinks as the standard deviation of the noised data does.
                double reduced = mean + (begin[i] - mean) * Math.sqrt((0.04 + variance) / (1 + variance));
                double exact = (mean * 0.04 + reduced * variance) / (0.04 + variance);
                assertThat((double) solved[i])
                        .as(sampler.name())
                        .isCloseTo(exact, within(sampler instanceof ImplicitSampler ? 1e-3 : 1e-5));
            }
        }
    }

    static Stream<NoiseSchedule> schedules() {
        return Stream.of(NoiseSchedule.karras(7), NoiseSchedule.geometric(), NoiseSchedule.uniformInTime());
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void theSolversConvergeWithTheirOrders(NoiseSchedule schedule) {
        assertThat(slope(ImplicitSampler.ddim(0), schedule)).as("DDIM").isCloseTo(1, within(0.1));
        assertThat(slope(new HeunSampler(), schedule)).as("Heun").isCloseTo(2, within(0.2));
        assertThat(slope(new DpmSolverSampler(), schedule))
                .as("DPM-Solver++(2M)")
                .isCloseTo(2, within(0.2));
    }

    /** The least-squares slope of −log error over log steps, on a mixture, against a fine solution. */
    private static double slope(Sampler sampler, NoiseSchedule schedule) {
        GaussianMixture data = GaussianMixture.twoModes();
        float[] reference = solve(new HeunSampler(), schedule, data, 1500);
        int[] steps = {32, 64, 128};
        double[] x = new double[steps.length];
        double[] y = new double[steps.length];
        for (int i = 0; i < steps.length; i++) {
            x[i] = Math.log(steps[i]);
            y[i] = -Math.log(rms(solve(sampler, schedule, data, steps[i]), reference));
        }
        double meanX = Arrays.stream(x).average().orElseThrow();
        double meanY = Arrays.stream(y).average().orElseThrow();
        double covariance = 0;
        double variance = 0;
        for (int i = 0; i < steps.length; i++) {
            covariance += (x[i] - meanX) * (y[i] - meanY);
            variance += (x[i] - meanX) * (x[i] - meanX);
        }
        return covariance / variance;
    }

    private static double rms(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.pow(a[i] - b[i], 2) / a.length;
        }
        return Math.sqrt(sum);
    }

    @Test
    void aBridgeEndsAtThePosteriorGivenItsObservation() {
        // x₀ given y is N(0.8 y + 0.1, 0.2²), y differing from place to place.
        double[] y = {-2, 0.5, 3};
        StateShape shape = new StateShape(1, 3, COUNT);
        MemoryState observation = new MemoryState(shape);
        for (int c = 0; c < 3; c++) {
            Arrays.fill(observation.values(), c * COUNT, (c + 1) * COUNT, (float) y[c]);
        }
        for (ReferenceDiffusion reference : List.of(
                new ReferenceDiffusion.Constant(0.7),
                new ReferenceDiffusion.Exploding(0.4, 2.6),
                new ReferenceDiffusion.Preserving(0.1, 10, 0.3))) {
            SchroedingerBridge bridge = new SchroedingerBridge(reference, 1e-3);
            ConditionalDenoiser network = (noised, given, time, denoised) -> {
                Marginal at = bridge.marginal(time);
                double level2 = Math.pow(at.noiseLevel(), 2);
                for (int i = 0; i < shape.size(); i++) {
                    float observed = ((MemoryState) given).values()[i];
                    float x = ((MemoryState) noised).values()[i];
                    double prior = 0.8 * observed + 0.1;
                    if (time == 1) {
                        // All that the network sees at the end is y.
                        assertThat(x).isCloseTo(observed, within(1e-5f));
                    }
                    ((MemoryState) denoised).values()[i] = (float)
                            (time == 1 ? prior : (prior * level2 + at.reduce(x, observed) * 0.04) / (level2 + 0.04));
                }
            };
            for (Setting setting : settings()) {
                float[] sampled = values(setting.sampler()
                        .sample(SamplingRequest.builder()
                                .setProcess(bridge)
                                .setDenoiser(Denoiser.conditional(network, observation, StateSpace.IN_MEMORY))
                                .setShape(shape)
                                .optStart(SamplingStart.prior(observation))
                                .optSteps(setting.steps())
                                .optSchedule(
                                        setting.sampler() instanceof AnnealedLangevinSampler
                                                ? NoiseSchedule.geometric()
                                                : NoiseSchedule.karras(7))
                                .build()));
                for (int c = 0; c < 3; c++) {
                    Moments moments = Moments.of(Arrays.copyOfRange(sampled, c * COUNT, (c + 1) * COUNT));
                    assertThat(moments.mean())
                            .as("%s %s", setting.sampler(), bridge)
                            .isCloseTo(0.8 * y[c] + 0.1, within(0.02));
                    assertThat(Math.sqrt(moments.variance()))
                            .as("%s %s", setting.sampler(), bridge)
                            .isCloseTo(0.2, within(0.02));
                }
            }
        }
    }

    @Test
    void samplingFromANoisyObservationDrawsFromItsPosterior() {
        // One noisy value, restored many times: the draws must be spread as p(x₀ | û) is.
        GaussianMixture data = GaussianMixture.gaussian(0.5, 0.25);
        double level = 0.5;
        MemoryState noisy = constant(SHAPE, 1.5f);
        for (Sampler sampler : List.of(ImplicitSampler.ddpm(), new EulerMaruyamaSampler())) {
            Moments moments = Moments.of(values(sampler.sample(request(new VarianceExplodingProcess(0.005, 10), data)
                    .optStart(SamplingStart.noisy(noisy, level))
                    .optSteps(150)
                    .build())));
            assertThat(moments.mean()).as(sampler.name()).isCloseTo(1.0, within(0.025));
            assertThat(moments.variance()).as(sampler.name()).isCloseTo(0.125, within(0.012));
        }
    }

    @Test
    void aPerturbedStartAddsTheNoiseItself() {
        GaussianMixture data = GaussianMixture.gaussian(0, 1e12);
        float[] result = values(new OneStepSampler()
                .sample(request(new VarianceExplodingProcess(0.01, 10), data)
                        .optStart(SamplingStart.perturbed(constant(SHAPE, 2), 0.5))
                        .build()));
        Moments moments = Moments.of(result);
        assertThat(moments.mean()).isCloseTo(2, within(0.03));
        assertThat(moments.variance()).isCloseTo(0.25, within(0.03));
    }

    @ParameterizedTest
    @MethodSource("processes")
    void theNetworkIsCalledAsOftenAsAnnounced(ForwardProcess process) {
        for (String name : Samplers.names()) {
            for (int steps : new int[] {1, 2, 5}) {
                Sampler sampler = Samplers.named(name);
                AtomicInteger calls = new AtomicInteger();
                List<Double> fractions = new ArrayList<>();
                GaussianMixture data = GaussianMixture.twoModes();
                SamplingRequest request = request(process, (reduced, at, denoised) -> {
                            calls.incrementAndGet();
                            assertThat(at.time()).isBetween(0.0, process.endTime());
                            data.denoise(reduced, at, denoised);
                        })
                        .optSteps(steps)
                        .optProgress((fraction, message) -> fractions.add(fraction))
                        .build();
                float[] sampled = values(sampler.sample(request));
                assertThat(calls).as("%s, %s steps", name, steps).hasValue(sampler.networkCalls(request));
                assertThat(fractions).hasSize(calls.get()).isSorted().endsWith(1.0);
                for (float value : sampled) {
                    assertThat(value).isFinite();
                }
            }
        }
    }

    @Test
    void theSeedMattersToTheSamplersThatSaySo() {
        MemoryState noisy = constant(SHAPE, 0.4f);
        GaussianMixture data = GaussianMixture.twoModes();
        ForwardProcess process = new VarianceExplodingProcess(0.01, 10);
        List<Sampler> samplers = new ArrayList<>(List.of(new HeunSampler(5), ImplicitSampler.ddim(0.5)));
        Samplers.names().forEach(name -> samplers.add(Samplers.named(name)));
        for (Sampler sampler : samplers) {
            SamplingRequest.Builder builder = request(process, data).optStart(SamplingStart.noisy(noisy, 1));
            float[] one = values(sampler.sample(builder.optSeed(1).build()));
            float[] two = values(sampler.sample(builder.optSeed(2).build()));
            assertThat(Arrays.equals(one, two)).as("%s", sampler).isEqualTo(sampler.isDeterministic());
            assertThat(one[0] == one[1]).as("%s", sampler).isEqualTo(sampler.isDeterministic());
        }
        assertThat(new HeunSampler().isDeterministic()).isTrue();
        assertThat(new HeunSampler(5).isDeterministic()).isFalse();
    }

    @Test
    void theSameSeedGivesTheSameResultWhateverTheBatchBlocksThreadsAndStorage(@TempDir Path directory) {
        GaussianMixture data = GaussianMixture.twoModes();
        ForwardProcess process = new VarianceExplodingProcess(0.01, 10);
        StateShape single = new StateShape(1, 3, 501);
        StateShape batch = new StateShape(3, 3, 501);
        for (String name : Samplers.names()) {
            Sampler sampler = Samplers.named(name);
            SamplingRequest.Builder builder = SamplingRequest.builder()
                    .setProcess(process)
                    .setDenoiser(data)
                    .optSteps(6)
                    .optSeed(99);
            float[] alone = values(sampler.sample(
                    builder.setShape(single).optSampleIndices(9).optThreads(1).build()));
            builder.setShape(batch).optSampleIndices(5, 9, 2);
            float[] whole = values(sampler.sample(builder.build()));
            assertThat(Arrays.copyOfRange(whole, 1503, 3006)).as(name).containsExactly(alone);
            for (int block : new int[] {1, 7, 500, 4096}) {
                for (int threads : new int[] {1, 3}) {
                    SamplingRequest request =
                            builder.optBlockLength(block).optThreads(threads).build();
                    assertThat(values(sampler.sample(request))).containsExactly(whole);
                }
            }
            SamplingRequest onDisk = builder.optSpace(shape -> new FileState(directory, shape))
                    .optBlockLength(1000)
                    .build();
            assertThat(values(sampler.sample(onDisk))).containsExactly(whole);
            assertThat(directory).isEmptyDirectory();
        }
    }

    @Test
    void aRunThatIsCancelledGivesItsStatesBack(@TempDir Path directory) {
        AtomicInteger calls = new AtomicInteger();
        SamplingRequest request = request(new VarianceExplodingProcess(0.01, 10), (reduced, at, denoised) -> {
                    calls.incrementAndGet();
                })
                .optSpace(shape -> new FileState(directory, shape))
                .optCancellation(() -> calls.get() == 3)
                .build();
        assertThatThrownBy(() -> new HeunSampler().sample(request))
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        assertThat(calls).hasValue(3);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFailureOnAWorkerThreadReachesTheCaller() {
        StateSpace failing = shape -> new SampleState() {
            @Override
            public StateShape shape() {
                return shape;
            }

            @Override
            public void read(long offset, float[] into, int from, int length) {}

            @Override
            public void write(long offset, float[] values, int from, int length) {
                throw new UnfogException(ErrorCode.DISK_FULL, "scratch", "the disk is full", "make room");
            }

            @Override
            public void close() {}
        };
        SamplingRequest request = request(new VarianceExplodingProcess(0.01, 10), GaussianMixture.twoModes())
                .optSpace(failing)
                .optBlockLength(100)
                .optThreads(3)
                .build();
        assertThatThrownBy(() -> new HeunSampler().sample(request)).hasMessageStartingWith("DiskFull");
    }

    @Test
    void partsThatDoNotFitAreRefused() {
        ForwardProcess process = new VarianceExplodingProcess(0.01, 10);
        GaussianMixture data = GaussianMixture.twoModes();
        assertThatThrownBy(() -> SamplingRequest.builder().setProcess(process).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("denoiser");
        assertThatThrownBy(() -> request(process, data)
                        .optStart(SamplingStart.noisy(constant(SHAPE, 0), 11))
                        .build())
                .hasMessageContaining("above");
        assertThatThrownBy(() -> request(process, data)
                        .optStart(SamplingStart.noisy(constant(new StateShape(1, 1, 3), 0), 1))
                        .build())
                .hasMessageContaining("shape");
        assertThatThrownBy(() -> SamplingRequest.builder()
                        .setProcess(new OrnsteinUhlenbeckProcess(1.5, 0.05, 0.5, 0.03))
                        .setDenoiser(data)
                        .setShape(SHAPE)
                        .build())
                .hasMessageContaining("observation");
        assertThatThrownBy(() -> request(process, data).optSampleIndices(1, 2).build())
                .hasMessageContaining("indices");
        assertThatThrownBy(() -> Samplers.named("euler")).hasMessageContaining("dpm-solver");
        assertThatThrownBy(() -> NoiseSchedule.named("linear")).hasMessageContaining("karras");
    }
}
