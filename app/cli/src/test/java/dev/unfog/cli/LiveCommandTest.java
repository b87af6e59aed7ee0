package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.unfog.cli.Sandbox.Outcome;
import dev.unfog.core.media.audio.LoopbackMixer;
import dev.unfog.core.plugin.TestPlugin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveCommandTest {
    /** Gives every block back a hundred frames later, at a gain. */
    private static final String ECHO = """
            package %1$s;
            import dev.unfog.api.media.*;
            import dev.unfog.api.param.*;
            import dev.unfog.api.plugin.*;
            import java.util.*;
            @org.pf4j.Extension
            public class SampleCleaner implements LiveCleaner {
                static final Parameter<Double> GAIN =
                    new Parameter<>("gain", new ParameterType.Real(0, 1), 0.5, "", "how loud");
                public String summary() { return "gives sound back"; }
                public Set<MediaKind> accepts() { return Set.of(MediaKind.AUDIO); }
                public List<Parameter<?>> parameters() { return List.of(GAIN); }
                public Stream open(AudioLayout layout, ParameterValues values, PluginContext context) {
                    float gain = values.get(GAIN).floatValue();
                    float[] kept = new float[100];
                    return new Stream() {
                        public int blockFrames() { return 1024; }
                        public int latencyFrames() { return 100; }
                        public void process(float[][] planar) {
                            float[] all = new float[1124];
                            System.arraycopy(kept, 0, all, 0, 100);
                            System.arraycopy(planar[0], 0, all, 100, 1024);
                            System.arraycopy(all, 1024, kept, 0, 100);
                            for (int i = 0; i < 1024; i++) { planar[0][i] = gain * all[i]; }
                        }
                        public void close() { }
                    };
                }
            }
            """;

    private static final int RATE = 16000;

    @TempDir
    private Path folder;

    private Sandbox sandbox;

    @BeforeEach
    void installPlugin() {
        sandbox = new Sandbox(folder);
        new TestPlugin("echo")
                .source("echo.SampleCleaner", ECHO.formatted("echo"))
                .jar(sandbox.installation.directory().resolve("plugins/echo.jar"));
    }

    private static float[] sound(int frames) {
        Random random = new Random(1);
        float[] sound = new float[frames];
        for (int i = 0; i < frames; i++) {
            sound[i] = (float) (0.2 * Math.sin(0.1 * i) + 0.01 * random.nextGaussian());
        }
        return sound;
    }

    private static float[] read(Path file) throws Exception {
        try (AudioInputStream in = AudioSystem.getAudioInputStream(file.toFile())) {
            assertThat(in.getFormat().getSampleRate()).isEqualTo(RATE);
            ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
            float[] sound = new float[bytes.remaining() / 2];
            for (int i = 0; i < sound.length; i++) {
                sound[i] = bytes.getShort() / 32768f;
            }
            return sound;
        }
    }

    @Test
    void what_the_microphone_hears_is_in_the_file_cleaned_and_in_time() throws Exception {
        float[] sound = sound(40 * 1024);
        Path file = folder.resolve("talk.wav");
        try (LoopbackMixer mixer = new LoopbackMixer("Loop", RATE, sound, false)) {
            Outcome outcome = sandbox.run("live", "--output", file, "--seconds", 2, "--gain", "0.25", "--json");
            assertThat(outcome.code()).as(outcome.err()).isZero();
            assertThat(outcome.err()).contains("Loop at 16000 Hz").contains("latency");
            JsonNode json = new JsonMapper().readTree(outcome.out());
            assertThat(json.get("blocks").asInt()).isEqualTo(32);
            assertThat(json.get("output").asText()).isEqualTo(file.toString());
            assertThat(mixer.played()).isEmpty();
        }
        float[] recorded = read(file);
        assertThat(recorded).hasSize(32 * 1024);
        for (int i = 0; i < recorded.length - 100; i++) {
            assertThat(recorded[i]).isCloseTo(0.25f * sound[i], within(2e-4f));
        }
    }

    @Test
    void the_loudspeaker_plays_after_the_latency_that_is_told() throws IOException {
        float[] sound = sound(20 * 1024);
        try (LoopbackMixer mixer = new LoopbackMixer("Loop", RATE, sound, false)) {
            Outcome outcome = sandbox.run("live", "--seconds", "1.2", "--json");
            assertThat(outcome.code()).as(outcome.err()).isZero();
            JsonNode json = new JsonMapper().readTree(outcome.out());
            assertThat(json.get("gaps").asInt() + json.get("skips").asInt()).isZero();
            float[] played = mixer.played();
            // The block itself is the time until it is complete; what is played lies behind by the rest.
            int lag = (int) Math.round(RATE * json.get("latency_s").asDouble()) - 1024;
            int found = -1;
            for (int shift = 0; shift <= lag + 50 && found < 0; shift++) {
                double difference = 0;
                for (int i = 0; i < 4000; i++) {
                    difference += Math.abs(played[i + shift] - 0.5 * sound[i]);
                }
                found = difference / 4000 < 1e-3 ? shift : -1;
            }
            // How long the first block takes is taken off the margin.
            assertThat(found).isBetween(lag - RATE * 40 / 1000, lag + 1);
        }
    }

    @Test
    void ctrl_c_ends_with_a_file_that_is_whole() throws Exception {
        Path file = folder.resolve("talk.wav");
        try (LoopbackMixer mixer = new LoopbackMixer("Loop", RATE, sound(100 * 1024), false)) {
            AtomicInteger asked = new AtomicInteger();
            Outcome outcome = sandbox.run(() -> asked.incrementAndGet() > 10, "live", "-o", file);
            assertThat(outcome.code()).as(outcome.err()).isZero();
            assertThat(mixer.played()).isEmpty();
        }
        assertThat(read(file)).hasSize(10 * 1024);
    }

    @Test
    void a_microphone_that_is_unplugged_leaves_what_was_recorded() throws Exception {
        Path file = folder.resolve("talk.wav");
        try (LoopbackMixer mixer = new LoopbackMixer("Loop", RATE, sound(3 * 1024 + 5), false)) {
            Outcome outcome = sandbox.run("live", "-o", file);
            assertThat(outcome.code()).isEqualTo(3);
            assertThat(outcome.err()).contains("DeviceUnavailable", "Loop", "plugged in");
            assertThat(mixer.played()).isEmpty();
        }
        assertThat(read(file)).hasSize(3 * 1024);
    }

    @Test
    void without_a_sound_card_it_says_so() {
        Outcome outcome = sandbox.run("live");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("DeviceUnavailable", "microphone");
        assertThat(sandbox.run("live", "--list-devices").code()).isZero();
    }

    @Test
    void devices_are_listed_and_chosen_by_a_part_of_their_name() {
        try (LoopbackMixer first = new LoopbackMixer("Loop one", RATE, sound(2048), false);
                LoopbackMixer second = new LoopbackMixer("Loop two", RATE, sound(2048), false)) {
            assertThat(sandbox.run("live", "--list-devices").out()).contains("records, plays", "Loop one", "Loop two");
            Outcome wrong = sandbox.run("live", "--input", "loop");
            assertThat(wrong.err()).contains("several", "Loop one, Loop two");
            Outcome right = sandbox.run("live", "--input", "TWO", "--speaker", "one", "--seconds", "0.1");
            assertThat(right.code()).as(right.err()).isZero();
            assertThat(first.played()).isNotEmpty();
            assertThat(second.played()).isEmpty();
        }
    }
}
