package dev.unfog.training.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.ForwardProcesses;
import dev.unfog.api.sde.Marginal;
import dev.unfog.api.sde.OrnsteinUhlenbeckProcess;
import dev.unfog.training.NetworkFile;
import dev.unfog.training.OnnxGraph;
import dev.unfog.training.TorchTest;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeechNetworkTest extends TorchTest {
    private static final ForwardProcess BRIDGE =
            ForwardProcesses.named("brownian-bridge", Map.of("g", 0.5, "t_eps", 0.01));
    private static final ForwardProcess STIFF = ForwardProcesses.named(OrnsteinUhlenbeckProcess.NAME, Map.of());
    private static final SpeechNetwork.Sizes SMALL = new SpeechNetwork.Sizes(List.of(4, 6, 6, 8), 12, List.of(1, 2));
    private static final int CHANNELS = 512;

    @TempDir
    Path folder;

    /** A network that does something everywhere, also where training begins with zeros. */
    private SpeechNetwork network(ForwardProcess process, long seed) {
        SpeechNetwork network = new SpeechNetwork(SMALL, Preconditioning.of(process, 0.25));
        network.initialise(manager, seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (Parameter parameter : network.getParameters().values()) {
            float[] values = parameter.getArray().toFloatArray();
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (0.1 * random.nextGaussian());
            }
            parameter.getArray().set(values);
        }
        return network;
    }

    private static float[] values(int length, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (0.5 * random.nextGaussian());
        }
        return values;
    }

    private float[] denoise(SpeechNetwork network, float[] x, float[] y, float[] times, int spectra) {
        try (NDManager temporary = manager.newSubManager()) {
            Shape shape = new Shape(times.length, 2, 256, spectra);
            NDArray time = temporary.create(times);
            return network.forward(
                            new ParameterStore(temporary, false),
                            new NDList(temporary.create(x, shape), temporary.create(y, shape), time),
                            false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    private static float[] run(OrtSession session, float[] x, float[] y, float[] times, int spectra)
            throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        long[] shape = {times.length, CHANNELS, spectra};
        try (OnnxTensor state = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), shape);
                OnnxTensor observed = OnnxTensor.createTensor(environment, FloatBuffer.wrap(y), shape);
                OnnxTensor time =
                        OnnxTensor.createTensor(environment, FloatBuffer.wrap(times), new long[] {times.length});
                OrtSession.Result result = session.run(Map.of("x", state, "y", observed, "time", time))) {
            FloatBuffer buffer = ((OnnxTensor) result.get("denoised").orElseThrow()).getFloatBuffer();
            float[] denoised = new float[buffer.remaining()];
            buffer.get(denoised);
            return denoised;
        }
    }

    @Test
    void computes_the_same_in_ONNX_Runtime_at_every_length() throws Exception {
        for (ForwardProcess process : List.of(BRIDGE, STIFF)) {
            SpeechNetwork network = network(process, 3);
            OnnxGraph graph = new OnnxGraph("speech");
            network.export(graph, Parameter::getArray);
            Path file = folder.resolve(process.name() + ".onnx");
            NetworkFile.write(file, graph, "{}");
            try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
                for (int spectra : new int[] {1, 2, 17, 40}) {
                    int length = 2 * CHANNELS * spectra;
                    float[] x = values(length, spectra);
                    float[] y = values(length, spectra + 100);
                    float[] times = {0.3f, 1};
                    float[] expected = denoise(network, x, y, times, spectra);
                    float[] actual = run(session, x, y, times, spectra);
                    assertThat(actual).hasSameSizeAs(expected);
                    for (int i = 0; i < actual.length; i++) {
                        assertThat(actual[i]).isCloseTo(expected[i], within(2e-4f));
                    }
                }
            }
        }
    }

    @Test
    void what_lies_beyond_its_reach_changes_nothing() {
        SpeechNetwork network = network(BRIDGE, 4);
        int reach = network.receptiveRadius();
        int spectra = 2 * reach + 11;
        float[] y = values(CHANNELS * spectra, 5);
        float[] whole = denoise(network, y, y, new float[] {1}, spectra);
        int shorter = spectra - 5;
        float[] cut = new float[CHANNELS * shorter];
        for (int row = 0; row < CHANNELS; row++) {
            System.arraycopy(y, row * spectra + 5, cut, row * shorter, shorter);
        }
        float[] part = denoise(network, cut, cut, new float[] {1}, shorter);
        for (int row = 0; row < CHANNELS; row++) {
            for (int time = reach + 5; time < spectra; time++) {
                assertThat(part[row * shorter + time - 5]).isCloseTo(whole[row * spectra + time], within(1e-5f));
            }
        }
        boolean isFelt = false;
        for (int row = 0; row < CHANNELS; row++) {
            isFelt |= Math.abs(part[row * shorter] - whole[row * spectra + 5]) > 1e-3;
        }
        assertThat(isFelt).as("the cut is felt near by").isTrue();
    }

    @Test
    void an_untrained_network_answers_with_the_observation_at_the_end_and_the_state_at_the_beginning() {
        SpeechNetwork network = new SpeechNetwork(SMALL, Preconditioning.of(BRIDGE, 0.25));
        network.initialise(manager, 1);
        float[] x = values(CHANNELS * 3, 6);
        float[] y = values(CHANNELS * 3, 7);
        // At the end the state is the observation.
        assertThat(denoise(network, y, y, new float[] {1}, 3)).containsExactly(y, within(1e-6f));
        assertThat(denoise(network, x, y, new float[] {0}, 3)).containsExactly(x, within(1e-6f));
    }

    /** For Gaussian data around a known mean the preconditioned answer is the exact posterior mean. */
    @Test
    void preconditioning_is_the_posterior_mean_of_Gaussian_data() {
        double spread = 0.25;
        for (ForwardProcess process : List.of(BRIDGE, STIFF)) {
            for (double time : new double[] {0.05, 0.4, 0.9}) {
                Marginal marginal = process.marginal(time);
                try (NDManager temporary = manager.newSubManager()) {
                    Preconditioning.Factors<NDArray> factors = Preconditioning.of(process, spread)
                            .factors(
                                    new TorchOperators(new ParameterStore(temporary, false), false),
                                    temporary.create(new float[] {(float) time}, new Shape(1, 1, 1, 1)));
                    double a = marginal.meanScale();
                    double b = marginal.observationScale();
                    double variance = Math.pow(marginal.standardDeviation(), 2);
                    double precision = 1 / (spread * spread) + a * a / variance;
                    assertThat((double) factors.state().getFloat()).isCloseTo(a / variance / precision, within(1e-4));
                    assertThat((double) factors.observation().getFloat())
                            .isCloseTo(-a * b / variance / precision, within(1e-4));
                    assertThat((double) factors.answer().getFloat())
                            .isCloseTo(1 / (spread * spread) / precision, within(1e-4));
                }
            }
        }
    }

    @Test
    void the_released_size_is_small() {
        SpeechNetwork network = new SpeechNetwork(SpeechNetwork.Sizes.DEFAULT, Preconditioning.of(BRIDGE, 0.25));
        assertThat(network.weights()).isBetween(1_000_000L, 1_600_000L);
        assertThat(network.macPerSpectrum() * 62.5).isLessThan(750e6);
    }
}
