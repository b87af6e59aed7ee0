package dev.unfog.plugins.speech;

/**
 * Finds tones that are held, as music has them, so that they can be left as they are.
 *
 * <p>A tone at a time is a peak over the frequencies that stands at least 8 dB above those around it; it is held where such a peak is
 * within a bin (31 Hz) for most of half a second. Voiced speech glides and breaks off; noise has no peak that stays. What is not
 * tonal, drums and breath, is not found; hum and whistles are. Stateless.
 */
final class SustainedTones {
    private static final int BINS = CompressedSpectrogram.BINS;
    /** Half the time that a tone is to be held, in spectra: a quarter of a second. */
    private static final int REACH =
            Math.round(0.25f * ShortTimeFourierTransform.SAMPLE_RATE / ShortTimeFourierTransform.HOP);
    /** How far a peak stands out, as a ratio of compressed magnitudes: 8 dB. */
    private static final float PEAK = 1.585f;

    private static final int RING_FROM = 3;
    private static final int RING_TO = 9;
    /** To either side of a peak its tone reaches this far, in bins. */
    private static final int WIDTH = 2;
    /** The shares of the time from which a tone begins to count, and counts in full. */
    private static final float LEAST_SHARE = 0.6f;

    private static final float FULL_SHARE = 0.85f;

    private SustainedTones() {}

    /**
     * Leaves held tones in cleaned spectra as they were.
     *
     * @param reference what stands for all channels, where tones are looked for, {@code [512, spectra]}
     * @param observed the compressed spectrogram of each channel, {@code [channels][512 * spectra]}
     * @param cleaned the same cleaned from spectrum {@code skip} on, {@code [channels][512 * core]}; changed
     */
    static void keep(float[] reference, float[][] observed, int spectra, float[][] cleaned, int skip, int core) {
        float[] shares = shares(reference, spectra, skip, core);
        int plane = BINS * spectra;
        int corePlane = BINS * core;
        for (int channel = 0; channel < observed.length; channel++) {
            float[] in = observed[channel];
            float[] out = cleaned[channel];
            for (int bin = 0; bin < BINS; bin++) {
                for (int time = 0; time < core; time++) {
                    int coreAt = bin * core + time;
                    int at = bin * spectra + skip + time;
                    out[coreAt] += shares[coreAt] * (in[at] - out[coreAt]);
                    out[corePlane + coreAt] += shares[coreAt] * (in[plane + at] - out[corePlane + coreAt]);
                }
            }
        }
    }

    /**
     * Returns how much of each value is to be left.
     *
     * @param observed the compressed spectrogram of what stands for all channels, {@code [512, spectra]}
     * @param skip where the spectra that are asked for begin
     * @param core how many
     * @return {@code [256, core]}, 0 to 1
     */
    private static float[] shares(float[] observed, int spectra, int skip, int core) {
        boolean[] peaks = peaks(observed, spectra);
        float[] held = new float[BINS * core];
        for (int bin = 1; bin < BINS - 1; bin++) {
            for (int time = 0; time < core; time++) {
                int from = Math.max(0, skip + time - REACH);
                int to = Math.min(spectra - 1, skip + time + REACH);
                int count = 0;
                for (int t = from; t <= to; t++) {
                    boolean isPeak = peaks[bin * spectra + t]
                            || peaks[(bin - 1) * spectra + t]
                            || peaks[(bin + 1) * spectra + t];
                    count += isPeak ? 1 : 0;
                }
                float share = (float) count / (to - from + 1);
                held[bin * core + time] = Math.max(0, Math.min(1, (share - LEAST_SHARE) / (FULL_SHARE - LEAST_SHARE)));
            }
        }
        float[] shares = new float[BINS * core];
        for (int bin = 0; bin < BINS; bin++) {
            for (int other = Math.max(0, bin - WIDTH); other <= Math.min(BINS - 1, bin + WIDTH); other++) {
                for (int time = 0; time < core; time++) {
                    shares[bin * core + time] = Math.max(shares[bin * core + time], held[other * core + time]);
                }
            }
        }
        return shares;
    }

    private static boolean[] peaks(float[] observed, int spectra) {
        int plane = BINS * spectra;
        boolean[] peaks = new boolean[plane];
        float[] sizes = new float[BINS];
        for (int time = 0; time < spectra; time++) {
            for (int bin = 0; bin < BINS; bin++) {
                int at = bin * spectra + time;
                sizes[bin] = CompressedSpectrogram.expansion(observed[at], observed[plane + at]);
            }
            for (int bin = 1; bin < BINS - 1; bin++) {
                if (sizes[bin] > 0 && sizes[bin] >= sizes[bin - 1] && sizes[bin] >= sizes[bin + 1]) {
                    peaks[bin * spectra + time] = sizes[bin] > PEAK * around(sizes, bin);
                }
            }
        }
        return peaks;
    }

    /** The mean of what lies around a bin, without what its own tone reaches. */
    private static float around(float[] sizes, int bin) {
        float sum = 0;
        int count = 0;
        for (int distance = RING_FROM; distance <= RING_TO; distance++) {
            if (bin - distance >= 0) {
                sum += sizes[bin - distance];
                count++;
            }
            if (bin + distance < BINS) {
                sum += sizes[bin + distance];
                count++;
            }
        }
        return sum / count;
    }
}
