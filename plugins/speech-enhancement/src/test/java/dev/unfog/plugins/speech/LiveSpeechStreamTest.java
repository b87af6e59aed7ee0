package dev.unfog.plugins.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.LiveCleaner;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiveSpeechStreamTest {
    private static final TestRun.Answer ALL = (row, at) -> row[at];

    private static float[] trimmed(float[] sound, int from, int to) {
        return Arrays.copyOfRange(sound, from, to);
    }

    @ParameterizedTest
    @CsvSource({"8000,1", "16000,1", "44100,1", "48000,2", "22050,3"})
    void what_the_network_keeps_comes_out_as_it_went_in_after_the_lag_that_is_told(int sampleRate, int channels) {
        float[][] sound = new float[channels][];
        for (int channel = 0; channel < channels; channel++) {
            float[] speech = SyntheticSpeech.speech(sampleRate, sampleRate, channel);
            sound[channel] = sampleRate < 16000 ? new RateConversionSmoothing(speech).lowPassed() : speech;
        }
        float[][] out = TestRun.live(new TestRun(0, ALL), sampleRate, Map.of(), sound);
        for (int channel = 0; channel < channels; channel++) {
            int end = out[channel].length;
            assertThat(TestRun.ratio(
                            trimmed(sound[channel], sampleRate / 10, end), trimmed(out[channel], sampleRate / 10, end)))
                    .isGreaterThan(45);
        }
    }

    /** Takes away what lies next to half the rate, which no conversion keeps. */
    private record RateConversionSmoothing(float[] sound) {
        float[] lowPassed() {
            float[] smooth = new float[sound.length];
            RateConversion down = new RateConversion(8000, 4000);
            RateConversion up = new RateConversion(4000, 8000);
            float[] half = new float[sound.length / 2];
            down.convert(sound, 0, sound.length, 0, half, half.length);
            up.convert(half, 0, half.length, 0, smooth, smooth.length);
            return smooth;
        }
    }

    @Test
    void a_network_that_sees_no_further_than_the_look_ahead_says_what_it_says_of_a_whole_recording() {
        TestRun.Answer average = (row, at) -> {
            float sum = 0;
            for (int i = Math.max(0, at - 4); i <= Math.min(row.length - 1, at + 4); i++) {
                sum += row[i];
            }
            return sum / 9;
        };
        float[] sound = SyntheticSpeech.noisy(SyntheticSpeech.speech(48000, 48000, 1), -35, 2);
        // A stream begins with a moment of silence, so that its spectra lie elsewhere.
        int silence = new RateConversion(48000, 16000).reach();
        float[] later = new float[silence + sound.length];
        System.arraycopy(sound, 0, later, silence, sound.length);
        float[] whole = TestRun.clean(new TestRun(4, average), 48000, Map.of(), later)[0];
        whole = trimmed(whole, silence, whole.length);
        float[] live = TestRun.live(new TestRun(4, average), 48000, Map.of("look-ahead", "64"), sound)[0];
        assertThat(TestRun.ratio(trimmed(whole, 9600, live.length), trimmed(live, 9600, live.length)))
                .isGreaterThan(60);
        float[] blind = TestRun.live(new TestRun(4, average), 48000, Map.of("look-ahead", "0"), sound)[0];
        assertThat(TestRun.ratio(trimmed(whole, 9600, blind.length), trimmed(blind, 9600, blind.length)))
                .isLessThan(30);
    }

    @Test
    void kept_noise_is_left_in_time_with_the_rest() {
        float[] sound = SyntheticSpeech.speech(44100, 44100, 3);
        float[] out = TestRun.live(new TestRun(0, (row, at) -> 0), 44100, Map.of("keep-noise", "-20"), sound)[0];
        for (int i = 0; i < out.length; i++) {
            assertThat(out[i]).isCloseTo(0.1f * sound[i], within(1e-5f));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8000, 16000, 32000, 44100, 48000, 96000, 192000})
    void block_and_lag_together_stay_below_two_hundred_milliseconds(int sampleRate) {
        LiveSpeechCleaner cleaner = new LiveSpeechCleaner();
        try (LiveCleaner.Stream stream = cleaner.open(
                new AudioLayout(sampleRate, 1, -1),
                ParameterValues.parse(cleaner.parameters(), Map.of()),
                new TestRun(0, ALL))) {
            double seconds = (double) (stream.blockFrames() + stream.latencyFrames()) / sampleRate;
            // What is left is for the sound card.
            assertThat(seconds).isLessThanOrEqualTo(0.16);
        }
    }

    @Test
    void silence_and_what_is_no_number_stay_silent() {
        float[] sound = new float[32000];
        Arrays.fill(sound, 5000, 6000, Float.NaN);
        sound[7000] = Float.NEGATIVE_INFINITY;
        assertThat(TestRun.live(new TestRun(0, ALL), 16000, Map.of(), sound)[0]).containsOnly(0f);
    }
}
