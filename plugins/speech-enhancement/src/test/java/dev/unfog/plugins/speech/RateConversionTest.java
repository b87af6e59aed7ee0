package dev.unfog.plugins.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateConversionTest {
    private static float[] tone(double frequency, int sampleRate, int frames) {
        float[] tone = new float[frames];
        for (int i = 0; i < frames; i++) {
            tone[i] = (float) Math.sin(2 * Math.PI * frequency * i / sampleRate);
        }
        return tone;
    }

    private static float[] convert(float[] sound, int from, int to) {
        RateConversion conversion = new RateConversion(from, to);
        float[] converted = new float[(int) conversion.outputFrames(sound.length)];
        conversion.convert(sound, 0, sound.length, 0, converted, converted.length);
        return converted;
    }

    @ParameterizedTest
    @CsvSource({"8000,3400", "11025,4000", "22050,7000", "44100,7000", "48000,7000", "96000,7000", "192000,7000"})
    void a_tone_within_the_band_stays_the_tone_without_delay(int from, int frequency) {
        float[] converted = convert(tone(frequency, from, from), from, 16000);
        float[] expected = tone(frequency, 16000, 16000);
        assertThat(converted).hasSize(16000);
        for (int i = 200; i < 15800; i++) {
            assertThat(converted[i]).isCloseTo(expected[i], within(1e-4f));
        }
    }

    @ParameterizedTest
    @CsvSource({"44100,8600", "48000,9000", "48000,20000", "192000,60000"})
    void a_tone_above_the_band_does_not_come_back_as_another(int from, int frequency) {
        float[] converted = convert(tone(frequency, from, from), from, 16000);
        for (int i = 200; i < 15800; i++) {
            assertThat(converted[i]).isCloseTo(0, within(1e-4f));
        }
    }

    @Test
    void a_stretch_is_the_same_wherever_it_is_cut() {
        float[] sound = tone(1000, 44100, 20000);
        RateConversion conversion = new RateConversion(44100, 16000);
        float[] whole = convert(sound, 44100, 16000);
        long first = conversion.inputFrame(3000) - conversion.reach();
        int length = (int) (conversion.inputFrame(3100) + conversion.reach() - first);
        float[] part = new float[length];
        System.arraycopy(sound, (int) first, part, 0, length);
        float[] output = new float[100];
        conversion.convert(part, first, length, 3000, output, 100);
        for (int i = 0; i < 100; i++) {
            assertThat(output[i]).isEqualTo(whole[3000 + i]);
        }
    }
}
