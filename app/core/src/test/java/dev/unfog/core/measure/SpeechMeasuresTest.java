package dev.unfog.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpeechMeasuresTest {
    /** Harmonics whose strengths change like syllables, with pauses. */
    private static float[] voice(int sampleRate, double seconds) {
        float[] voice = new float[(int) (sampleRate * seconds)];
        for (int i = 0; i < voice.length; i++) {
            double time = (double) i / sampleRate;
            double syllable = Math.max(0, Math.sin(2 * Math.PI * 3.1 * time)) * (time % 1.7 < 1.3 ? 1 : 0);
            for (int harmonic = 1; harmonic <= 25; harmonic++) {
                double colour = 1 + Math.cos(2 * Math.PI * (0.7 * time + 0.13 * harmonic));
                voice[i] +=
                        (float) (0.02 * syllable * colour * Math.sin(2 * Math.PI * 150 * harmonic * time + harmonic));
            }
        }
        return voice;
    }

    private static float[] noise(int length, long seed) {
        Random random = new Random(seed);
        float[] noise = new float[length];
        for (int i = 0; i < length; i++) {
            noise[i] = (float) (0.05 * random.nextGaussian());
        }
        return noise;
    }

    private static float[] mix(float[] voice, float[] noise, double gain) {
        float[] mix = voice.clone();
        for (int i = 0; i < mix.length; i++) {
            mix[i] += (float) (gain * noise[i]);
        }
        return mix;
    }

    @Test
    void SI_SDR_of_orthogonal_noise_is_its_signal_to_noise_ratio_at_every_gain() {
        float[] clean = new float[16000];
        float[] estimate = new float[16000];
        for (int i = 0; i < clean.length; i++) {
            clean[i] = (float) Math.sin(2 * Math.PI * 100 * i / 16000.0);
            estimate[i] = (float) (0.3 * (clean[i] + 0.1 * Math.sin(2 * Math.PI * 200 * i / 16000.0)) + 0.5);
        }
        assertThat(ScaleInvariantRatio.decibels(clean, estimate)).isCloseTo(20, within(1e-4));
    }

    @Test
    void SI_SDR_has_no_value_where_there_is_silence() {
        assertThat(ScaleInvariantRatio.decibels(new float[10], noise(10, 1))).isNaN();
        assertThat(ScaleInvariantRatio.decibels(noise(10, 1), new float[10])).isNaN();
        assertThatThrownBy(() -> ScaleInvariantRatio.decibels(new float[3], new float[4]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {10000, 16000, 48000})
    void intelligibility_of_the_speech_itself_is_one_whatever_its_gain(int sampleRate) {
        float[] voice = voice(sampleRate, 3);
        float[] louder = mix(new float[voice.length], voice, 3);
        assertThat(ShortTimeIntelligibility.stoi(voice, louder, sampleRate)).isCloseTo(1, within(1e-6));
        assertThat(ShortTimeIntelligibility.estoi(voice, louder, sampleRate)).isCloseTo(1, within(1e-6));
    }

    @Test
    void intelligibility_falls_with_noise_and_noise_alone_has_none() {
        float[] voice = voice(16000, 4);
        float[] noise = noise(voice.length, 2);
        double lastStoi = 1;
        double lastEstoi = 1;
        for (double gain : new double[] {0.2, 0.6, 2, 6}) {
            float[] mix = mix(voice, noise, gain);
            double stoi = ShortTimeIntelligibility.stoi(voice, mix, 16000);
            double estoi = ShortTimeIntelligibility.estoi(voice, mix, 16000);
            assertThat(stoi).isLessThan(lastStoi);
            assertThat(estoi).isLessThan(lastEstoi);
            lastStoi = stoi;
            lastEstoi = estoi;
        }
        assertThat(ShortTimeIntelligibility.estoi(voice, noise, 16000)).isCloseTo(0, within(0.1));
    }

    @Test
    void what_is_said_in_the_pauses_does_not_count() {
        float[] voice = voice(10000, 4);
        float[] other = voice.clone();
        for (int i = 0; i < other.length; i++) {
            double time = i / 10000.0 % 1.7;
            if (time > 1.36 && time < 1.64) {
                other[i] = 0.3f;
            }
        }
        assertThat(ShortTimeIntelligibility.estoi(voice, other, 10000)).isCloseTo(1, within(1e-3));
    }

    @Test
    void the_rate_changes_little() {
        float[] voice = voice(10000, 4);
        float[] fine = voice(16000, 4);
        float[] slow = new float[fine.length];
        // The same slow beat on both, which needs no fine sampling.
        float[] coarse = new float[voice.length];
        for (int i = 0; i < voice.length; i++) {
            coarse[i] = (float) (voice[i] * (1 + 0.9 * Math.sin(2 * Math.PI * 5 * i / 10000.0)));
        }
        for (int i = 0; i < fine.length; i++) {
            slow[i] = (float) (fine[i] * (1 + 0.9 * Math.sin(2 * Math.PI * 5 * i / 16000.0)));
        }
        assertThat(ShortTimeIntelligibility.estoi(fine, slow, 16000))
                .isCloseTo(ShortTimeIntelligibility.estoi(voice, coarse, 10000), within(0.005));
    }

    @Test
    void too_little_speech_has_no_value() {
        assertThat(ShortTimeIntelligibility.stoi(voice(10000, 0.2), voice(10000, 0.2), 10000))
                .isNaN();
    }
}
