package dev.unfog.plugins.anomaly;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Audio;

/**
 * A recording as a picture: the logarithm of the energy in {@value #BANDS} mel bands, one column every {@value #HOP_MILLISECONDS} ms.
 *
 * <p>Row 0 is the lowest band; bands are evenly spaced on the mel scale (O'Shaughnessy 1987) from 50 Hz to 8 kHz, or to half the sample
 * rate. Channels are averaged.
 */
final class LogMel {
    static final int BANDS = 64;
    static final int HOP_MILLISECONDS = 10;

    private static final double LOWEST = 50;
    private static final double HIGHEST = 8000;

    private LogMel() {}

    /**
     * Computes the picture.
     *
     * @throws UnfogException if the recording is shorter than a patch
     */
    static PatchImage of(Audio audio) {
        int rate = audio.layout().sampleRate();
        int hop = Math.max(1, rate * HOP_MILLISECONDS / 1000);
        int size = Integer.highestOneBit(Math.max(64, 2 * 4 * hop - 1));
        float[] samples = mono(audio);
        int columns = samples.length < size ? 0 : (samples.length - size) / hop + 1;
        if (columns < PatchImage.SHORTEST) {
            throw new UnfogException(
                    ErrorCode.UNSUPPORTED_MEDIA,
                    audio.name(),
                    "it lasts " + samples.length * 1000L / rate + " ms, less than a patch",
                    "give a recording of at least half a second");
        }
        PatchImage.requireSize(audio.name(), columns, BANDS, 1, "frames and bands");
        int[] edges = edges(rate, size);
        float[] values = new float[BANDS * columns];
        double[] real = new double[size];
        double[] imaginary = new double[size];
        for (int column = 0; column < columns; column++) {
            for (int i = 0; i < size; i++) {
                real[i] = samples[column * hop + i] * 0.5 * (1 - Math.cos(2 * Math.PI * i / size));
                imaginary[i] = 0;
            }
            transform(real, imaginary);
            for (int band = 0; band < BANDS; band++) {
                values[band * columns + column] = (float) Math.log(energy(real, imaginary, edges, band) + 1e-8);
            }
        }
        return new PatchImage(values, 1, BANDS, columns);
    }

    /** Returns the frequency at the lower edge of a band, in Hz; of {@value #BANDS} for the upper edge of the last. */
    static double frequency(int band, int rate) {
        double low = mel(LOWEST);
        double high = mel(Math.min(HIGHEST, rate / 2.0));
        double mel = low + (high - low) * band / BANDS;
        return 700 * (Math.pow(10, mel / 2595) - 1);
    }

    private static double mel(double frequency) {
        return 2595 * Math.log10(1 + frequency / 700);
    }

    private static int[] edges(int rate, int size) {
        int[] edges = new int[BANDS + 1];
        for (int band = 0; band <= BANDS; band++) {
            edges[band] = (int) Math.round(frequency(band, rate) * size / rate);
        }
        return edges;
    }

    /** The mean energy between a band's edges; a band narrower than a bin has that of its bin. */
    private static double energy(double[] real, double[] imaginary, int[] edges, int band) {
        int from = edges[band];
        int to = Math.max(from + 1, edges[band + 1]);
        double sum = 0;
        for (int bin = from; bin < to; bin++) {
            sum += real[bin] * real[bin] + imaginary[bin] * imaginary[bin];
        }
        return sum / (to - from) / real.length;
    }

    /** Returns the mean square of a recording. */
    static double power(Audio audio) {
        double sum = 0;
        float[] samples = mono(audio);
        for (float sample : samples) {
            sum += (double) sample * sample;
        }
        return sum / Math.max(1, samples.length);
    }

    /** Returns the mean of the channels. */
    static float[] mono(Audio audio) {
        int channels = audio.layout().channels();
        float[][] block = new float[channels][1 << 16];
        float[] samples =
                new float[(int) Math.max(1 << 16, Math.min(audio.layout().frames(), 1 << 28))];
        int count = 0;
        int read;
        while ((read = audio.read(count, block, block[0].length)) > 0) {
            if (count + read > 1 << 28) {
                throw new UnfogException(
                        ErrorCode.MEDIA_TOO_LARGE,
                        audio.name(),
                        "it is longer than fits in memory",
                        "cut it into pieces");
            }
            if (count + read > samples.length) {
                samples = java.util.Arrays.copyOf(samples, Math.max(2 * samples.length, count + read));
            }
            for (int i = 0; i < read; i++) {
                float sum = 0;
                for (float[] channel : block) {
                    sum += channel[i];
                }
                samples[count + i] = sum / channels;
            }
            count += read;
        }
        return java.util.Arrays.copyOf(samples, count);
    }

    /** The fast Fourier transform in place (Cooley and Tukey 1965); the length is a power of two. */
    static void transform(double[] real, double[] imaginary) {
        int size = real.length;
        for (int i = 1, j = 0; i < size; i++) {
            int bit = size >> 1;
            for (; (j & bit) != 0; bit >>= 1) {
                j ^= bit;
            }
            j ^= bit;
            if (i < j) {
                double swapped = real[i];
                real[i] = real[j];
                real[j] = swapped;
                swapped = imaginary[i];
                imaginary[i] = imaginary[j];
                imaginary[j] = swapped;
            }
        }
        for (int half = 1; half < size; half *= 2) {
            for (int k = 0; k < half; k++) {
                double angle = -Math.PI * k / half;
                double cosine = Math.cos(angle);
                double sine = Math.sin(angle);
                for (int i = k; i < size; i += 2 * half) {
                    int other = i + half;
                    double re = real[other] * cosine - imaginary[other] * sine;
                    double im = real[other] * sine + imaginary[other] * cosine;
                    real[other] = real[i] - re;
                    imaginary[other] = imaginary[i] - im;
                    real[i] += re;
                    imaginary[i] += im;
                }
            }
        }
    }
}
