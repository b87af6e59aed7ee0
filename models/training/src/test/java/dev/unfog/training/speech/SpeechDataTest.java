package dev.unfog.training.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.ForwardProcesses;
import dev.unfog.training.Seeds;
import java.io.ByteArrayInputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeechDataTest {
    @TempDir
    Path folder;

    /** Bursts of tones, which stand for voices, and noise. */
    private static List<SoundFolder.Sound> sounds(int count, boolean isSpeech, long seed) {
        List<SoundFolder.Sound> sounds = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            SplittableRandom random = new SplittableRandom(seed + number);
            short[] values = new short[12000 + 500 * number];
            for (int i = 0; i < values.length; i++) {
                double tone = Math.sin(2 * Math.PI * (800 + 50 * number) * i / 16000.0) * (i / 2000 % 2);
                values[i] = (short) (3000 * (isSpeech ? tone : random.nextGaussian()));
            }
            sounds.add(new SoundFolder.Sound("source-" + number, false, values));
        }
        return sounds;
    }

    private static SpeechMixtures mixtures(int spectra) {
        return new SpeechMixtures(sounds(5, true, 1), sounds(4, false, 2), spectra, 0);
    }

    @Test
    void a_mixture_depends_on_its_number_alone() {
        SpeechMixtures first = mixtures(20);
        SpeechMixtures second = mixtures(20);
        int length = 4 * 256 * 20;
        float[] fourth = new float[length];
        first.draw(4, FloatBuffer.wrap(fourth));
        second.draw(9, FloatBuffer.allocate(length));
        float[] again = new float[length];
        second.draw(4, FloatBuffer.wrap(again));
        assertThat(again).isEqualTo(fourth);
    }

    @Test
    void mixtures_are_finite_and_have_the_ratios_asked_for() {
        SpeechMixtures mixtures = mixtures(60);
        int noisier = 0;
        for (int index = 0; index < 80; index++) {
            SpeechMixtures.Pair pair = mixtures.pair(index);
            assertThat(pair.clean()).hasSize(61 * 256);
            float[] difference = pair.noisy().clone();
            for (int i = 0; i < difference.length; i++) {
                assertThat(difference[i]).isFinite();
                difference[i] -= pair.clean()[i];
            }
            double speech = Sounds.activePower(pair.clean());
            double ratio = 10 * Math.log10(speech / Sounds.power(difference));
            if (speech > 0) {
                assertThat(ratio).isBetween(-18.0, 65.0);
            }
            noisier += ratio < 20 ? 1 : 0;
        }
        assertThat(noisier).isGreaterThan(60);
    }

    @Test
    void a_room_begins_with_the_direct_sound_and_dies_away() {
        for (int number = 0; number < 10; number++) {
            Room room = Room.draw(Seeds.random(7, number, 0));
            assertThat(room.whole()[0]).isBetween(0.99f, 1.6f);
            assertThat(room.early()).hasSize(800);
            for (int i = 0; i < 600; i++) {
                assertThat(room.early()[i]).isEqualTo(room.whole()[i]);
            }
            double head = 0;
            double tail = 0;
            for (int i = 0; i < 200; i++) {
                head += Math.pow(room.whole()[i], 2);
                tail += Math.pow(room.whole()[room.whole().length - 1 - i], 2);
            }
            assertThat(tail).isLessThan(0.1 * head);
        }
    }

    @Test
    void convolution_delays_and_scales_as_its_response_says() {
        float[] sound = new float[3000];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < sound.length; i++) {
            sound[i] = (float) random.nextGaussian();
        }
        float[] response = new float[40];
        response[0] = 1;
        response[37] = -0.5f;
        float[] result = new float[3000];
        float[] direct = new float[3000];
        new Sounds().convolve(sound, response, result, new float[] {1}, direct);
        for (int i = 37; i < sound.length; i++) {
            assertThat(result[i]).isCloseTo(sound[i] - 0.5f * sound[i - 37], within(1e-4f));
            assertThat(direct[i]).isCloseTo(sound[i], within(1e-4f));
        }
    }

    @Test
    void a_band_keeps_its_tones_where_they_are_and_nothing_else() {
        float[] inside = new float[32000];
        float[] both = new float[32000];
        for (int i = 0; i < inside.length; i++) {
            double fade = Math.sin(Math.PI * i / inside.length);
            inside[i] = (float) (fade * Math.sin(2 * Math.PI * 1000 * i / 16000.0));
            both[i] = inside[i]
                    + (float) (fade
                            * (Math.sin(2 * Math.PI * 250 * i / 16000.0) + Math.sin(2 * Math.PI * 5000 * i / 16000.0)));
        }
        new Sounds().keep(both, 300, 3400, 20);
        Sounds.scale(inside, -1);
        Sounds.add(both, inside);
        assertThat(Math.sqrt(Sounds.power(both) / Sounds.power(inside))).isLessThan(1e-3);
    }

    @Test
    void companding_is_coarse_where_it_is_loud() {
        float[] sound = {0, 0.0005f, -0.5f, 0.9f};
        float[] companded = sound.clone();
        Sounds.compand(companded);
        assertThat(companded[0]).isZero();
        assertThat(companded[1]).isCloseTo(0.0005f, within(1e-4f));
        assertThat(companded[2]).isNotEqualTo(-0.5f).isCloseTo(-0.5f, within(0.02f));
        assertThat(companded[3]).isNotEqualTo(0.9f).isCloseTo(0.9f, within(0.03f));
    }

    @Test
    void examples_have_the_moments_of_the_process() {
        ForwardProcess process = ForwardProcesses.named("brownian-bridge", Map.of("g", 0.5, "t_eps", 0.01));
        SpeechMixtures mixtures = mixtures(8);
        ObservedExamples examples = new ObservedExamples(mixtures, process, 0.25, 0.5, 0);
        int length = 2 * 256 * 8;
        int beginnings = 0;
        for (int index = 0; index < 40; index++) {
            FloatBuffer[] inputs = {FloatBuffer.allocate(length), FloatBuffer.allocate(length), FloatBuffer.allocate(1)
            };
            FloatBuffer target = FloatBuffer.allocate(length);
            FloatBuffer weight = FloatBuffer.allocate(length);
            examples.draw(index, inputs, target, weight);
            double time = inputs[2].get(0);
            double squares = 0;
            for (int i = 0; i < length; i++) {
                double mean = (1 - time) * target.get(i) + time * inputs[1].get(i);
                squares += Math.pow(inputs[0].get(i) - mean, 2);
                assertThat(weight.get(i)).isPositive();
            }
            assertThat(Math.sqrt(squares / length))
                    .isCloseTo(process.standardDeviation(time), within(0.06 * 0.25 + 1e-6));
            beginnings += time == 1 ? 1 : 0;
        }
        assertThat(beginnings).isBetween(10, 30);
    }

    @Test
    void a_folder_is_decoded_once_and_read_from_its_cache_afterwards() throws Exception {
        AudioFormat format = new AudioFormat(16000, 16, 1, true, false);
        byte[] bytes = new byte[4000];
        bytes[2] = 5;
        Path file = folder.resolve("voice-1.wav");
        AudioSystem.write(
                new AudioInputStream(new ByteArrayInputStream(bytes), format, 2000),
                AudioFileFormat.Type.WAVE,
                file.toFile());
        Path cache = folder.resolve("cache/sounds");
        SoundFolder decoded = new SoundFolder(folder, cache);
        Files.delete(file);
        SoundFolder cached = new SoundFolder(folder, cache);
        assertThat(decoded.all()).hasSize(1);
        assertThat(cached.all().get(0).values())
                .hasSize(2000)
                .isEqualTo(decoded.all().get(0).values());
        assertThat(cached.all().get(0).values()[1]).isEqualTo((short) 5);
        assertThat(cached.all().get(0).source()).isEqualTo("voice");
    }
}
