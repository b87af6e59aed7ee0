package dev.unfog.plugins.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RecordingTest {
    @Test
    void a_constant_offset_does_not_count_as_loudness() {
        float[] sound = new float[320];
        float[] shifted = new float[320];
        for (int i = 0; i < sound.length; i++) {
            sound[i] = (float) (0.05 * Math.sin(2 * Math.PI * i / 40));
            shifted[i] = sound[i] + 0.3f;
        }
        double power = Recording.power(new float[][] {sound}, 0, 320);
        assertThat(power).isCloseTo(0.05 * 0.05 / 2, within(1e-8));
        assertThat(Recording.power(new float[][] {shifted}, 0, 320)).isCloseTo(power, within(1e-8));
        assertThat(Recording.power(new float[][] {sound, shifted}, 0, 320)).isCloseTo(power, within(1e-8));
    }

    @Test
    void what_is_no_number_counts_as_silence() {
        float[] sound = {0.5f, -0.5f, Float.NaN, Float.NEGATIVE_INFINITY};
        assertThat(Recording.power(new float[][] {sound}, 0, 4)).isCloseTo(0.125, within(1e-9));
    }
}
