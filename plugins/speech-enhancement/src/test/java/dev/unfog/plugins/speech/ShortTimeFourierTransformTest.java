package dev.unfog.plugins.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ShortTimeFourierTransformTest {
    private static final int HOP = ShortTimeFourierTransform.HOP;

    @Test
    void gives_back_what_went_in_from_the_first_frame_to_the_last() {
        int frames = 10 * HOP + 77;
        int spectra = (int) ShortTimeFourierTransform.spectra(frames);
        float[] sound = new float[(spectra + 1) * HOP];
        Random random = new Random(1);
        for (int i = 0; i < frames; i++) {
            sound[HOP + i] = (float) random.nextGaussian();
        }
        float[] back = new float[sound.length];
        ShortTimeFourierTransform transform = new ShortTimeFourierTransform();
        float[] real = new float[ShortTimeFourierTransform.BINS];
        float[] imaginary = new float[ShortTimeFourierTransform.BINS];
        for (int k = 0; k < spectra; k++) {
            transform.forward(sound, k * HOP, real, imaginary);
            transform.inverse(real, imaginary, back, k * HOP);
        }
        for (int i = 0; i < frames; i++) {
            assertThat(back[HOP + i]).isCloseTo(sound[HOP + i], within(2e-6f));
        }
    }

    @Test
    void finds_a_tone_in_its_bin() {
        float[] sound = new float[ShortTimeFourierTransform.SIZE];
        for (int i = 0; i < sound.length; i++) {
            sound[i] = (float) Math.cos(2 * Math.PI * 40 * i / ShortTimeFourierTransform.SIZE);
        }
        float[] real = new float[ShortTimeFourierTransform.BINS];
        float[] imaginary = new float[ShortTimeFourierTransform.BINS];
        new ShortTimeFourierTransform().forward(sound, 0, real, imaginary);
        int loudest = 0;
        for (int bin = 0; bin < real.length; bin++) {
            if (Math.hypot(real[bin], imaginary[bin]) > Math.hypot(real[loudest], imaginary[loudest])) {
                loudest = bin;
            }
        }
        assertThat(loudest).isEqualTo(40);
        // Half the window's sum, 512 · 2/π / 2.
        assertThat(Math.hypot(real[40], imaginary[40]))
                .isCloseTo(ShortTimeFourierTransform.SIZE / Math.PI, within(0.1));
    }
}
