package dev.unfog.plugins.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SpectrumNormsTest {
    private static float[] tone(double frequency, int rate) {
        float[] tone = new float[rate / 4];
        for (int i = 0; i < tone.length; i++) {
            tone[i] = (float) Math.sin(2 * Math.PI * frequency * i / rate);
        }
        return tone;
    }

    @Test
    void aToneIsTheSameToneAtTheNetworksSampleRate() {
        float[] converted = SpectrumNorms.converted(tone(1000, 44_100), 44_100);
        float[] expected = tone(1000, 16_000);

        assertThat(converted.length).isBetween(expected.length - 1, expected.length);
        for (int i = 100; i < converted.length - 100; i++) {
            assertThat(converted[i]).isCloseTo(expected[i], within(0.01f));
        }
    }

    @Test
    void whatTheNetworkCannotHearIsTakenAwayAndNotFoldedBack() {
        float[] converted = SpectrumNorms.converted(tone(10_000, 44_100), 44_100);

        for (int i = 100; i < converted.length - 100; i++) {
            assertThat(converted[i]).isCloseTo(0, within(0.01f));
        }
    }

    @Test
    void theGainBringsRecordingsToTheLevelOfTraining() {
        double power = 1e-4;
        double gain = SpectrumNorms.gain(power);

        // Magnitudes are compressed to their roots: the fourth power of the gain is that of the power.
        assertThat(power * Math.pow(gain, 4)).isCloseTo(SpectrumNorms.TRAINED_POWER, within(1e-9));
        assertThat(SpectrumNorms.gain(0)).isEqualTo(1);
    }
}
