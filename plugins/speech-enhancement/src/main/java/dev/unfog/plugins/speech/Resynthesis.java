package dev.unfog.plugins.speech;

/**
 * Turns cleaned spectra back into sound at the rate of the recording, as they come.
 *
 * <p>What lies above 8 kHz is attenuated as the upper half of what lies below it was, and what the user wants left of the noise is
 * left. For one thread.
 */
final class Resynthesis {
    private static final int HOP = ShortTimeFourierTransform.HOP;
    private static final int BINS = CompressedSpectrogram.BINS;

    private final RateConversion up;
    private final int sampleRate;
    private final int channels;
    private final float residual;
    private final ShortTimeFourierTransform transform = new ShortTimeFourierTransform();
    private final Stretch[] cleaned;
    private final Stretch[] observed;
    private final Stretch highGains = new Stretch(0);
    private final float[][] cleanedHalves;
    private final float[][] observedHalves;
    private float[] low = {};

    /**
     * Begins a recording.
     *
     * @param sampleRate its rate, in Hz
     * @param channels how many
     * @param residual how much of what was taken away is left, as a factor
     */
    Resynthesis(int sampleRate, int channels, double residual) {
        up = new RateConversion(ShortTimeFourierTransform.SAMPLE_RATE, sampleRate);
        this.sampleRate = sampleRate;
        this.channels = channels;
        this.residual = (float) residual;
        cleaned = new Stretch[channels];
        observed = new Stretch[channels];
        cleanedHalves = new float[channels][HOP];
        observedHalves = new float[channels][HOP];
        for (int channel = 0; channel < channels; channel++) {
            cleaned[channel] = new Stretch(-HOP);
            observed[channel] = new Stretch(-HOP);
        }
    }

    /**
     * Adds the spectra that follow those before.
     *
     * @param window the compressed spectrogram of each channel as it was, {@code [channels][512 * spectra]}
     * @param spectra its length
     * @param skip where in it the spectra to be added begin
     * @param spectrograms the same cleaned, {@code [channels][512 * core]}; overwritten
     * @param core how many spectra to add
     * @param scale the factor by which all of these values are larger than those of the recording
     */
    void add(float[][] window, int spectra, int skip, float[][] spectrograms, int core, float scale) {
        highGains.append(highGains(window, spectra, spectrograms, skip, core), 0, core);
        for (int channel = 0; channel < channels; channel++) {
            append(cleaned[channel], cleanedHalves[channel], spectrograms[channel], core, scale);
            // From its spectra again, since they lack half the sample rate: what they lack is left to the upper band.
            float[] piece = new float[2 * BINS * core];
            for (int row = 0; row < 2 * BINS; row++) {
                System.arraycopy(window[channel], row * spectra + skip, piece, row * core, core);
            }
            append(observed[channel], observedHalves[channel], piece, core, scale);
        }
    }

    /** Adds the sound of a piece, its first half spectrum to the last of the piece before. */
    private void append(Stretch stretch, float[] half, float[] spectrogram, int core, float scale) {
        for (int i = 0; i < spectrogram.length; i++) {
            spectrogram[i] /= scale;
        }
        float[] sound = CompressedSpectrogram.synthesise(transform, spectrogram, core);
        for (int i = 0; i < HOP; i++) {
            sound[i] += half[i];
            half[i] = sound[core * HOP + i];
        }
        stretch.append(sound, 0, core * HOP);
    }

    /** How the upper half of the network's band was attenuated, by power, all channels together. */
    private float[] highGains(float[][] window, int spectra, float[][] spectrograms, int skip, int core) {
        float[] gains = new float[core];
        int plane = BINS * spectra;
        int corePlane = BINS * core;
        for (int time = 0; time < core; time++) {
            double before = 1e-20;
            double after = 0;
            for (int channel = 0; channel < channels; channel++) {
                float[] in = window[channel];
                float[] out = spectrograms[channel];
                for (int bin = BINS / 2; bin < BINS; bin++) {
                    int at = bin * spectra + skip + time;
                    before += Math.pow(CompressedSpectrogram.expansion(in[at], in[plane + at]), 4);
                    int coreAt = bin * core + time;
                    after += Math.pow(CompressedSpectrogram.expansion(out[coreAt], out[corePlane + coreAt]), 4);
                }
            }
            gains[time] = (float) Math.sqrt(Math.min(1, after / before));
        }
        return gains;
    }

    /** Returns how many frames of the recording, from its first, can be rendered by now. */
    long available() {
        return available(cleaned[0].end());
    }

    /** Returns how many frames can be rendered once the sound at the network's rate is complete up to a frame. */
    long available(long end) {
        return up.outputFrames(Math.max(0, end - up.reach() - 1));
    }

    /**
     * Renders frames.
     *
     * @param start the number of the first
     * @param original the recording from there on, {@code [channels][length]}
     * @param sound receives it cleaned, from index 0
     */
    void render(long start, float[][] original, float[][] sound, int length) {
        boolean hasHighBand = sampleRate >= ShortTimeFourierTransform.SAMPLE_RATE;
        low = low.length < length ? new float[length] : low;
        for (int channel = 0; channel < channels; channel++) {
            float[] out = sound[channel];
            cleaned[channel].convert(up, start, out, length);
            if (hasHighBand) {
                observed[channel].convert(up, start, low, length);
                addHighBand(start, original[channel], out, length);
            }
            for (int i = 0; i < length; i++) {
                out[i] += residual * (original[channel][i] - out[i]);
            }
        }
    }

    private void addHighBand(long start, float[] original, float[] sound, int length) {
        double spectraPerFrame = (double) ShortTimeFourierTransform.SAMPLE_RATE / sampleRate / HOP;
        for (int i = 0; i < length; i++) {
            double position = (start + i) * spectraPerFrame;
            long spectrum = (long) position;
            float share = (float) (position - spectrum);
            float gain = (1 - share) * highGains.at(spectrum) + share * highGains.at(spectrum + 1);
            sound[i] += gain * (original[i] - low[i]);
        }
    }

    /** Forgets what is needed only for frames before a number. */
    void forget(long frame) {
        long needed = up.inputFrame(frame) - up.reach();
        for (int channel = 0; channel < channels; channel++) {
            cleaned[channel].forget(needed);
            observed[channel].forget(needed);
        }
        highGains.forget(needed / HOP - 2);
    }
}
