package dev.unfog.plugins.speech;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SustainedTonesTest {
    private static final int RATE = 16000;
    private static final TestRun.Answer NOTHING = (row, at) -> 0;
    private static final Map<String, String> KEEP = Map.of("music", "keep");

    /** Chords of an organ, one and a half seconds each, with overtones. */
    private static float[] music(int frames) {
        double[][] chords = {{261.6, 329.6, 392.0}, {349.2, 440.0, 523.3}, {392.0, 493.9, 587.3}};
        float[] sound = new float[frames];
        for (int i = 0; i < frames; i++) {
            double time = (double) i / RATE;
            double within = time % 1.5;
            double envelope = Math.min(1, Math.min(within, 1.5 - within) / 0.05);
            for (double tone : chords[(int) (time / 1.5) % chords.length]) {
                for (int overtone = 1; overtone <= 4; overtone++) {
                    sound[i] += (float) (0.05 * envelope / overtone * Math.sin(2 * Math.PI * tone * overtone * time));
                }
            }
        }
        return sound;
    }

    private static float[] noise(int frames) {
        Random random = new Random(4);
        float[] noise = new float[frames];
        for (int i = 0; i < frames; i++) {
            noise[i] = (float) (0.01 * random.nextGaussian());
        }
        return noise;
    }

    private static double decibels(float[] sound) {
        double power = 1e-20;
        for (float value : sound) {
            power += (double) value * value / sound.length;
        }
        return 10 * Math.log10(power);
    }

    private static float[] middle(float[] sound) {
        return Arrays.copyOfRange(sound, RATE / 2, sound.length - RATE / 2);
    }

    @Test
    void chords_are_left_where_everything_else_is_taken_away() {
        float[] music = music(6 * RATE);
        float[] kept = TestRun.clean(new TestRun(20, NOTHING), RATE, KEEP, music)[0];
        assertThat(TestRun.ratio(middle(music), middle(kept))).isGreaterThan(8);
        float[] gone = TestRun.clean(new TestRun(20, NOTHING), RATE, Map.of(), music)[0];
        assertThat(decibels(gone)).isLessThan(-90);
    }

    @Test
    void noise_and_speech_are_not_taken_for_music() {
        float[] noise = noise(6 * RATE);
        float[] left = TestRun.clean(new TestRun(20, NOTHING), RATE, KEEP, noise)[0];
        assertThat(decibels(middle(left))).isLessThan(decibels(noise) - 20);
        float[] speech = SyntheticSpeech.speech(RATE, 6 * RATE, 8);
        float[] rest = TestRun.clean(new TestRun(20, NOTHING), RATE, KEEP, speech)[0];
        assertThat(decibels(middle(rest))).isLessThan(decibels(speech) - 6);
    }

    @Test
    void a_stream_leaves_chords_too() {
        float[] music = music(4 * RATE);
        float[] kept = TestRun.live(new TestRun(40, NOTHING), RATE, KEEP, music)[0];
        assertThat(TestRun.ratio(
                        Arrays.copyOfRange(music, RATE, kept.length), Arrays.copyOfRange(kept, RATE, kept.length)))
                .isGreaterThan(4);
    }
}
