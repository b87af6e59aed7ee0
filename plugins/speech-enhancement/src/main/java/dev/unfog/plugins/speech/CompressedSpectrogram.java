package dev.unfog.plugins.speech;

/**
 * The form in which the network sees sound: complex spectra whose magnitudes are replaced by their square roots.
 *
 * <p>The root makes quiet parts count (Richter et al. 2023, "Speech Enhancement and Dereverberation with Diffusion-Based
 * Generative Models", section III-B, with exponent 0.5 and factor 1). Layout {@code [2, BINS, spectra]}: real parts, then
 * imaginary parts; a row holds one frequency over time. Of the transform's 257 bins the last, half the sample rate, is left
 * out: a power of two halves evenly in the network.
 */
public final class CompressedSpectrogram {
    /** Frequencies, from 0 Hz in steps of 31.25 Hz. */
    public static final int BINS = ShortTimeFourierTransform.BINS - 1;

    private CompressedSpectrogram() {}

    /**
     * Analyses sound.
     *
     * @param transform the transform of this thread
     * @param sound {@code (spectra + 1) * HOP} values from {@code from}: the first spectrum reads from there
     * @param from the index of the first value
     * @param spectra how many spectra
     * @param into receives {@code [2, BINS, spectra]}
     */
    public static void analyse(
            ShortTimeFourierTransform transform, float[] sound, int from, int spectra, float[] into) {
        float[] real = new float[ShortTimeFourierTransform.BINS];
        float[] imaginary = new float[ShortTimeFourierTransform.BINS];
        int plane = BINS * spectra;
        for (int time = 0; time < spectra; time++) {
            transform.forward(sound, from + time * ShortTimeFourierTransform.HOP, real, imaginary);
            for (int bin = 0; bin < BINS; bin++) {
                float scale = compression(real[bin], imaginary[bin]);
                int at = bin * spectra + time;
                into[at] = real[bin] * scale;
                into[plane + at] = imaginary[bin] * scale;
            }
        }
    }

    /**
     * Turns a compressed spectrogram back into sound.
     *
     * @param transform the transform of this thread
     * @param spectrogram {@code [2, BINS, spectra]}
     * @param spectra how many spectra
     * @return {@code (spectra + 1) * HOP} values; the first and the last {@code HOP} of them lack the spectra beyond
     */
    public static float[] synthesise(ShortTimeFourierTransform transform, float[] spectrogram, int spectra) {
        float[] real = new float[ShortTimeFourierTransform.BINS];
        float[] imaginary = new float[ShortTimeFourierTransform.BINS];
        float[] sound = new float[(spectra + 1) * ShortTimeFourierTransform.HOP];
        int plane = BINS * spectra;
        for (int time = 0; time < spectra; time++) {
            for (int bin = 0; bin < BINS; bin++) {
                int at = bin * spectra + time;
                float scale = expansion(spectrogram[at], spectrogram[plane + at]);
                real[bin] = spectrogram[at] * scale;
                imaginary[bin] = spectrogram[plane + at] * scale;
            }
            transform.inverse(real, imaginary, sound, time * ShortTimeFourierTransform.HOP);
        }
        return sound;
    }

    /** Returns the factor 1/√|X| by which a value is compressed; 0 for 0. */
    static float compression(float real, float imaginary) {
        double power = (double) real * real + (double) imaginary * imaginary;
        return power > 0 ? (float) (1 / Math.sqrt(Math.sqrt(power))) : 0;
    }

    /** Returns the factor |c| by which a compressed value is expanded. */
    static float expansion(float real, float imaginary) {
        return (float) Math.sqrt((double) real * real + (double) imaginary * imaginary);
    }
}
