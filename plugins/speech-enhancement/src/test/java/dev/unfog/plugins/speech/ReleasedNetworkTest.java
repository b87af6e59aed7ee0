package dev.unfog.plugins.speech;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.sde.OneStepSampler;
import dev.unfog.core.model.ModelStore;
import dev.unfog.core.onnx.DevicePolicy;
import dev.unfog.core.onnx.Devices;
import dev.unfog.core.onnx.NetworkPool;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is promised of the network that is released, whatever it was trained on. */
class ReleasedNetworkTest {
    private static final int RATE = 16000;
    private static final float[] NOISY = SyntheticSpeech.noisy(SyntheticSpeech.speech(RATE, 5 * RATE, 5), -35, 6);

    private static NetworkPool networks;
    private static ScoreNetwork network;

    @BeforeAll
    static void openNetwork() {
        Path models = Path.of("..", "..", "models").toAbsolutePath().normalize();
        ModelStore store = new ModelStore(models.resolve("none"), Map.of(), models);
        networks = new NetworkPool(store, new Devices(), 0);
        network = networks.open(store.find("speech", null), DevicePolicy.AUTO);
    }

    @AfterAll
    static void closeNetwork() {
        network.close();
        networks.close();
    }

    private static float[] clean(int piece) {
        SpeechSettings settings = new SpeechSettings(1, new OneStepSampler(), 0, false, false, 0);
        return TestRun.clean(new TestRun(network), piece, settings, RATE, NOISY)[0];
    }

    @Test
    void pieces_differ_from_the_whole_by_less_than_sixty_decibels_below() {
        float[] whole = clean(10000);
        assertThat(TestRun.ratio(NOISY, whole)).isBetween(-1.0, 30.0);
        assertThat(TestRun.ratio(whole, clean(100))).isGreaterThan(60);
    }

    @Test
    void a_stream_is_close_to_the_whole_recording() {
        float[] whole = clean(10000);
        float[] live = TestRun.live(new TestRun(network), RATE, Map.of(), NOISY)[0];
        double ratio = TestRun.ratio(
                Arrays.copyOfRange(whole, RATE, live.length), Arrays.copyOfRange(live, RATE, live.length));
        assertThat(ratio).as("dB").isGreaterThan(10);
    }
}
