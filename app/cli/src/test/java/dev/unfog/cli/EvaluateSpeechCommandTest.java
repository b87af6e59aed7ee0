package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.unfog.cli.Sandbox.Outcome;
import dev.unfog.core.plugin.TestPlugin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateSpeechCommandTest {
    /** Says every value again, louder, after a moving average over a few. */
    private static final String SMOOTHER = """
            package %1$s;
            import dev.unfog.api.media.*;
            import dev.unfog.api.param.*;
            import dev.unfog.api.plugin.*;
            import java.util.*;
            @org.pf4j.Extension
            public class SampleCleaner implements Cleaner {
                static final Parameter<Long> WIDTH =
                    new Parameter<>("width", new ParameterType.Whole(0, 100), 0L, "", "how far to average");
                public String summary() { return "smooths sound"; }
                public Set<MediaKind> accepts() { return Set.of(MediaKind.AUDIO); }
                public List<Parameter<?>> parameters() { return List.of(WIDTH); }
                public void clean(Media input, Outputs outputs, ParameterValues values, PluginContext context) {
                    AudioLayout layout = ((Audio) input).layout();
                    int frames = (int) layout.frames();
                    int width = values.get(WIDTH).intValue();
                    float[][] sound = new float[1][frames];
                    ((Audio) input).read(0, sound, frames);
                    float[][] smooth = new float[1][frames];
                    for (int i = 0; i < frames; i++) {
                        for (int j = Math.max(0, i - width); j <= Math.min(frames - 1, i + width); j++) {
                            smooth[0][i] += 2 * sound[0][j];
                        }
                    }
                    outputs.audio(Outputs.MAIN, layout).write(smooth, frames);
                }
            }
            """;

    @TempDir
    private Path folder;

    private Sandbox sandbox;

    @BeforeEach
    void makePairs() throws IOException {
        sandbox = new Sandbox(folder);
        new TestPlugin("smoother")
                .source("smoother.SampleCleaner", SMOOTHER.formatted("smoother"))
                .jar(sandbox.installation.directory().resolve("plugins/smoother.jar"));
        for (int number = 0; number < 3; number++) {
            write("clean/" + number + ".wav", 0, number);
            write("noisy/" + number + ".wav", 0.1, number);
        }
    }

    /** A tone that comes and goes, and noise. */
    private void write(String name, double noise, int number) throws IOException {
        byte[] bytes = new byte[2 * 24000];
        Random random = new Random(number);
        for (int i = 0; i < 24000; i++) {
            double tone = 0.3 * Math.sin(2 * Math.PI * (300 + 100 * number) * i / 16000.0) * Math.sin(i / 900.0);
            int value = (int) (32767 * (tone + noise * random.nextGaussian()));
            bytes[2 * i] = (byte) value;
            bytes[2 * i + 1] = (byte) (value >> 8);
        }
        Path file = sandbox.file(name);
        Files.createDirectories(file.getParent());
        AudioFormat format = new AudioFormat(16000, 16, 1, true, false);
        AudioSystem.write(
                new AudioInputStream(new ByteArrayInputStream(bytes), format, 24000),
                AudioFileFormat.Type.WAVE,
                file.toFile());
    }

    private Outcome evaluate(Object... more) {
        Object[] arguments = new Object[6 + more.length];
        System.arraycopy(
                new Object[] {"eval", "speech", "--clean", sandbox.file("clean"), "--noisy", sandbox.file("noisy")},
                0,
                arguments,
                0,
                6);
        System.arraycopy(more, 0, arguments, 6, more.length);
        return sandbox.run(arguments);
    }

    @Test
    void whatOnlyMakesItLouderChangesNoFigure() throws IOException {
        Outcome outcome = evaluate("--json");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        JsonNode json = new JsonMapper().readTree(outcome.out());
        assertThat(json.fieldNames()).toIterable().containsExactly("network", "results", "mean", "ci95");
        assertThat(json.get("results")).hasSize(3);
        assertThat(json.at("/results/1/file").asText()).isEqualTo("1.wav");
        for (JsonNode result : json.get("results")) {
            assertThat(result.get("si_sdr").asDouble())
                    .isCloseTo(result.get("si_sdr_in").asDouble(), within(1e-4));
            assertThat(result.get("estoi").asDouble())
                    .isCloseTo(result.get("estoi_in").asDouble(), within(1e-6));
        }
        // 0.3² / 4 against 0.1²
        assertThat(json.at("/mean/si_sdr_in").asDouble()).isCloseTo(3.5, within(0.3));
        assertThat(json.at("/ci95/si_sdr_in").asDouble()).isBetween(0.0, 1.0);
    }

    @Test
    void whatTakesNoiseAwayRaisesTheRatio() throws IOException {
        JsonNode json =
                new JsonMapper().readTree(evaluate("--width", "3", "--json").out());
        assertThat(json.at("/mean/si_sdr").asDouble())
                .isGreaterThan(json.at("/mean/si_sdr_in").asDouble() + 4);
    }

    @Test
    void theTableIsForPeople() {
        Outcome outcome = evaluate("--limit", "2");
        assertThat(outcome.out().lines()).hasSize(5);
        assertThat(outcome.out()).contains("si_sdr_in", "estoi", "rtf", "mean");
    }

    @Test
    void aNoisyRecordingWithoutACleanOneIsAMistake() throws IOException {
        Files.delete(sandbox.file("clean/1.wav"));
        Outcome outcome = evaluate();
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("1.wav");
    }

    @Test
    void anotherFileInThePlaceOfTheQualityNetworkIsAMistake() {
        Path file = sandbox.bytes("other.onnx", new byte[] {1, 2, 3});
        Outcome outcome = evaluate("--dnsmos", file);
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("sig_bak_ovr.onnx");
    }
}
