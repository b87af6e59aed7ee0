package dev.unfog.plugins.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.UnfogException;
import dev.unfog.api.sde.ImplicitSampler;
import dev.unfog.api.sde.OneStepSampler;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpeechCleanerTest {
    private static final TestRun.Answer ALL = (row, at) -> row[at];
    private static final TestRun.Answer NOTHING = (row, at) -> 0;

    /** Tones and noise, the same for the same seed. */
    private static float[] sound(int sampleRate, int frames, long seed) {
        Random random = new Random(seed);
        float[] sound = new float[frames];
        for (int i = 0; i < frames; i++) {
            double time = (double) i / sampleRate;
            sound[i] = (float) (0.1 * Math.sin(2 * Math.PI * 440 * time)
                    + 0.05 * Math.sin(2 * Math.PI * 0.37 * sampleRate * time)
                    + 0.02 * random.nextGaussian());
        }
        return sound;
    }

    @ParameterizedTest
    @ValueSource(ints = {16000, 22050, 44100, 48000, 96000, 192000})
    void what_the_network_keeps_comes_back_as_it_was_at_every_rate(int sampleRate) {
        float[] sound = sound(sampleRate, sampleRate * 3 / 2 + 17, 1);
        TestRun run = new TestRun(0, ALL);
        float[][] cleaned = TestRun.clean(run, sampleRate, Map.of(), sound);
        assertThat(run.layout().sampleRate()).isEqualTo(sampleRate);
        assertThat(cleaned[0]).hasSameSizeAs(sound);
        assertThat(TestRun.ratio(sound, cleaned[0])).isGreaterThan(50);
    }

    @Test
    void a_telephone_recording_keeps_its_rate_and_its_band() {
        float[] sound = new float[8000];
        for (int i = 0; i < sound.length; i++) {
            double fade = Math.min(1, Math.min(i, sound.length - i) / 400.0);
            sound[i] = (float) (0.1 * fade * Math.sin(2 * Math.PI * 3000 * i / 8000.0));
        }
        float[][] cleaned = TestRun.clean(new TestRun(0, ALL), 8000, Map.of(), sound);
        assertThat(cleaned[0]).hasSameSizeAs(sound);
        assertThat(TestRun.ratio(sound, cleaned[0])).isGreaterThan(50);
    }

    @Test
    void what_the_network_takes_away_is_gone_above_its_band_too() {
        float[] sound = sound(48000, 48000, 2);
        float[][] cleaned = TestRun.clean(new TestRun(0, NOTHING), 48000, Map.of(), sound);
        for (float value : cleaned[0]) {
            assertThat(value).isCloseTo(0, within(1e-4f));
        }
    }

    @Test
    void strength_and_kept_noise_leave_their_share_without_an_echo() {
        float[] sound = sound(44100, 44100, 3);
        float[][] half = TestRun.clean(new TestRun(0, NOTHING), 44100, Map.of("strength", "0.5"), sound);
        float[][] kept = TestRun.clean(new TestRun(0, NOTHING), 44100, Map.of("keep-noise", "-20"), sound);
        for (int i = 0; i < sound.length; i++) {
            assertThat(half[0][i]).isCloseTo(0.5f * sound[i], within(1e-4f));
            assertThat(kept[0][i]).isCloseTo(0.1f * sound[i], within(1e-4f));
        }
    }

    @Test
    void pieces_give_what_the_whole_gives() {
        int reach = 9;
        TestRun.Answer average = (row, at) -> {
            float sum = 0;
            for (int i = Math.max(0, at - reach); i <= Math.min(row.length - 1, at + reach); i++) {
                sum += row[i];
            }
            return 0.5f * row[at] + sum / (2 * reach + 1);
        };
        float[] sound = sound(48000, 48000 * 4, 4);
        SpeechSettings settings = new SpeechSettings(1, new OneStepSampler(), 0, false, false, 0);
        TestRun inPieces = new TestRun(reach, average);
        float[][] pieces = TestRun.clean(inPieces, 30, settings, 48000, sound);
        TestRun inOne = new TestRun(reach, average);
        float[][] whole = TestRun.clean(inOne, 100000, settings, 48000, sound);
        assertThat(inPieces.calls).isGreaterThan(5);
        assertThat(inOne.calls).isEqualTo(1);
        assertThat(TestRun.ratio(whole[0], pieces[0])).isGreaterThan(100);
    }

    @Test
    void a_sampler_in_pieces_has_no_jump_where_they_meet() {
        float[] sound = sound(16000, 16000 * 6, 5);
        SpeechSettings settings = new SpeechSettings(4, ImplicitSampler.ddim(0), 0, false, false, 0);
        float[][] cleaned = TestRun.clean(new TestRun(0, ALL), 100, settings, 16000, sound);
        assertThat(TestRun.ratio(sound, cleaned[0])).isGreaterThan(50);
    }

    @Test
    void channels_keep_their_places() {
        float[] left = sound(16000, 16000, 6);
        float[] right = new float[left.length];
        for (int i = 0; i < left.length; i++) {
            right[i] = -0.3f * left[i];
        }
        TestRun run = new TestRun(0, (row, at) -> 0.7f * row[at]);
        float[][] cleaned = TestRun.clean(run, 16000, Map.of(), left, right);
        assertThat(run.calls).isEqualTo(1);
        for (int i = 0; i < left.length; i++) {
            // A compressed value times 0.7 is a value times 0.49.
            assertThat(cleaned[0][i]).isCloseTo(0.49f * left[i], within(1e-4f));
            assertThat(cleaned[1][i]).isCloseTo(0.49f * right[i], within(1e-4f));
        }
    }

    @Test
    void opposite_channels_do_not_cancel() {
        float[] left = sound(16000, 8000, 7);
        float[] right = new float[left.length];
        for (int i = 0; i < left.length; i++) {
            right[i] = -left[i];
        }
        float[][] cleaned = TestRun.clean(new TestRun(0, ALL), 16000, Map.of(), left, right);
        assertThat(TestRun.ratio(left, cleaned[0])).isGreaterThan(60);
        assertThat(TestRun.ratio(right, cleaned[1])).isGreaterThan(60);
    }

    @Test
    void separate_channels_are_judged_one_by_one() {
        TestRun run = new TestRun(0, ALL);
        float[] sound = sound(16000, 4000, 8);
        TestRun.clean(run, 16000, Map.of("separate-channels", "true"), sound, sound.clone(), sound.clone());
        assertThat(run.calls).isEqualTo(3);
    }

    @Test
    void one_frame_silence_and_values_that_are_no_numbers_go_through() {
        assertThat(TestRun.clean(new TestRun(3, ALL), 44100, Map.of(), new float[] {0.5f})[0])
                .hasSize(1);
        assertThat(TestRun.clean(new TestRun(3, ALL), 44100, Map.of(), new float[5000])[0])
                .containsOnly(0f);
        float[] broken = sound(16000, 4000, 9);
        broken[100] = Float.NaN;
        broken[200] = Float.POSITIVE_INFINITY;
        for (float value : TestRun.clean(new TestRun(3, ALL), 16000, Map.of(), broken)[0]) {
            assertThat(value).isFinite();
        }
        assertThat(TestRun.clean(new TestRun(3, ALL), 16000, Map.of(), new float[0])[0])
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"384000,1", "1000,1", "8000,64", "11025,7"})
    void odd_rates_and_many_channels_come_back_in_their_shape(int sampleRate, int channels) {
        float[][] sound = new float[channels][];
        for (int channel = 0; channel < channels; channel++) {
            sound[channel] = sound(sampleRate, sampleRate / 4 + 1, channel);
        }
        TestRun run = new TestRun(0, ALL);
        float[][] cleaned = TestRun.clean(run, sampleRate, Map.of(), sound);
        assertThat(run.layout().sampleRate()).isEqualTo(sampleRate);
        assertThat(cleaned).hasDimensions(channels, sampleRate / 4 + 1);
        for (float[] channel : cleaned) {
            for (float value : channel) {
                assertThat(value).isFinite();
            }
        }
    }

    @Test
    void a_constant_and_a_clipped_square_stay_what_they_are_where_nothing_is_taken_away() {
        float[] constant = new float[16000];
        float[] square = new float[16000];
        for (int i = 0; i < 16000; i++) {
            constant[i] = 0.5f;
            square[i] = i / 40 % 2 == 0 ? 1 : -1;
        }
        for (float[] sound : List.of(constant, square)) {
            float[] cleaned = TestRun.clean(new TestRun(0, ALL), 16000, Map.of(), sound)[0];
            assertThat(TestRun.ratio(sound, cleaned)).isGreaterThan(40);
        }
    }

    @Test
    void cancelling_stops_it() {
        TestRun run = new TestRun(0, ALL, () -> true);
        assertThatThrownBy(() -> TestRun.clean(run, 16000, Map.of(), sound(16000, 4000, 10)))
                .isInstanceOf(UnfogException.class)
                .hasMessageContaining("Cancelled");
    }
}
