package dev.unfog.plugins.speech;

import be.tarsos.dsp.util.fft.FloatFFT;

/**
 * Turns sound into overlapping short spectra and back, without loss: 512 frames of sound at a time, every 256.
 *
 * <p>Spectrum number k covers the sound from frame {@code (k - 1) * HOP} to {@code (k + 1) * HOP}, so that frame 0 has its two
 * spectra as any other has. A root-Hann window is applied on the way in and on the way out; squared it sums to 1 over the
 * overlap (Allen and Rabiner 1977, "A Unified Approach to Short-Time Fourier Analysis and Synthesis"). For one thread.
 */
public final class ShortTimeFourierTransform {
    /** Frames of sound in one spectrum. */
    public static final int SIZE = 512;
    /** Frames of sound from one spectrum to the next. */
    public static final int HOP = SIZE / 2;
    /** Values of one spectrum, from 0 Hz to half the sample rate, both included. */
    public static final int BINS = SIZE / 2 + 1;
    /** The sample rate that the networks here are trained at, in Hz. */
    public static final int SAMPLE_RATE = 16000;

    private static final float[] WINDOW = window();

    private final FloatFFT transform = new FloatFFT(SIZE);
    private final float[] buffer = new float[SIZE];

    private static float[] window() {
        float[] window = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            window[i] = (float) Math.sin(Math.PI * (i + 0.5) / SIZE);
        }
        return window;
    }

    /** Returns how many spectra cover a number of frames of sound, the half-filled first and last included. */
    public static long spectra(long frames) {
        return (frames + HOP - 1) / HOP + 1;
    }

    /**
     * Computes one spectrum.
     *
     * @param sound {@link #SIZE} values from {@code from} are read
     * @param from the index of the first value
     * @param real receives the real part, {@link #BINS} values
     * @param imaginary receives the imaginary part, {@link #BINS} values
     */
    public void forward(float[] sound, int from, float[] real, float[] imaginary) {
        for (int i = 0; i < SIZE; i++) {
            buffer[i] = sound[from + i] * WINDOW[i];
        }
        transform.realForward(buffer);
        real[0] = buffer[0];
        imaginary[0] = 0;
        real[BINS - 1] = buffer[1];
        imaginary[BINS - 1] = 0;
        for (int bin = 1; bin < BINS - 1; bin++) {
            real[bin] = buffer[2 * bin];
            imaginary[bin] = buffer[2 * bin + 1];
        }
    }

    /**
     * Adds the sound of one spectrum.
     *
     * @param real the real part, {@link #BINS} values
     * @param imaginary the imaginary part, {@link #BINS} values; those of the first and last bin do not count
     * @param sound is added to, {@link #SIZE} values from {@code from}
     * @param from the index of the first value
     */
    public void inverse(float[] real, float[] imaginary, float[] sound, int from) {
        buffer[0] = real[0];
        buffer[1] = real[BINS - 1];
        for (int bin = 1; bin < BINS - 1; bin++) {
            buffer[2 * bin] = real[bin];
            buffer[2 * bin + 1] = imaginary[bin];
        }
        transform.realInverse(buffer, true);
        for (int i = 0; i < SIZE; i++) {
            sound[from + i] += buffer[i] * WINDOW[i];
        }
    }
}
