package dev.unfog.core.measure;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Short-time objective intelligibility, STOI and its extended form ESTOI: how well speech would be understood, 0 to 1.
 *
 * <p>Taal et al. 2011, "An Algorithm for Intelligibility Prediction of Time–Frequency Weighted Noisy Speech"; Jensen and Taal
 * 2016, "An Algorithm for Predicting the Intelligibility of Speech Masked by Modulated Noise Maskers". Both compare the envelopes
 * of 15 third-octave bands over 384 ms at 10 kHz, after leaving out where the clean speech is more than 40 dB below its loudest.
 */
public final class ShortTimeIntelligibility {
    private static final int SAMPLE_RATE = 10000;
    private static final int FRAME = 256;
    private static final int HOP = 128;
    private static final int TRANSFORM = 512;
    private static final int BANDS = 15;
    private static final double LOWEST_BAND = 150;
    private static final int SEGMENT = 30;
    private static final double DYNAMIC_RANGE = 40;
    /** 1 + 10^(15/20): the most that a value may be above the clean one, so that one outlier does not decide. */
    private static final double CLIP = 1 + Math.pow(10, 15 / 20.0);

    private static final double TINY = Math.ulp(1.0);
    private static final double[] WINDOW = window();
    private static final int[][] EDGES = edges();

    private ShortTimeIntelligibility() {}

    /**
     * Returns STOI.
     *
     * @param clean the clean speech
     * @param processed the speech to judge, as long and aligned
     * @param sampleRate of both, in Hz
     * @return about 0 to 1; NaN where there is less than 384 ms of speech
     */
    public static double stoi(float[] clean, float[] processed, int sampleRate) {
        return mean(clean, processed, sampleRate, ShortTimeIntelligibility::correlation);
    }

    /**
     * Returns ESTOI, which also feels the modulation of noise.
     *
     * @param clean the clean speech
     * @param processed the speech to judge, as long and aligned
     * @param sampleRate of both, in Hz
     * @return about 0 to 1; NaN where there is less than 384 ms of speech
     */
    public static double estoi(float[] clean, float[] processed, int sampleRate) {
        return mean(clean, processed, sampleRate, ShortTimeIntelligibility::extendedCorrelation);
    }

    private interface SegmentMeasure {
        /** Of two segments, [band][time]. */
        double of(double[][] clean, double[][] processed);
    }

    private static double mean(float[] clean, float[] processed, int sampleRate, SegmentMeasure measure) {
        if (clean.length != processed.length) {
            throw new IllegalArgumentException(
                    "STOI compares as many values with as many, not " + clean.length + " with " + processed.length);
        }
        double[][] spoken = spoken(resampled(clean, sampleRate), resampled(processed, sampleRate));
        double[][] cleanBands = bands(spoken[0]);
        double[][] processedBands = bands(spoken[1]);
        int count = cleanBands[0].length - SEGMENT + 1;
        if (count < 1) {
            return Double.NaN;
        }
        double sum = 0;
        for (int at = 0; at < count; at++) {
            sum += measure.of(segment(cleanBands, at), segment(processedBands, at));
        }
        return sum / count;
    }

    private static double[][] segment(double[][] bands, int at) {
        double[][] segment = new double[BANDS][SEGMENT];
        for (int band = 0; band < BANDS; band++) {
            System.arraycopy(bands[band], at, segment[band], 0, SEGMENT);
        }
        return segment;
    }

    /** Equations 3 to 6 of Taal et al. */
    private static double correlation(double[][] clean, double[][] processed) {
        double sum = 0;
        for (int band = 0; band < BANDS; band++) {
            double scale = norm(clean[band]) / (norm(processed[band]) + TINY);
            double[] clipped = new double[SEGMENT];
            for (int i = 0; i < SEGMENT; i++) {
                clipped[i] = Math.min(processed[band][i] * scale, clean[band][i] * CLIP);
            }
            double[] reference = clean[band].clone();
            normalise(reference);
            normalise(clipped);
            for (int i = 0; i < SEGMENT; i++) {
                sum += reference[i] * clipped[i];
            }
        }
        return sum / BANDS;
    }

    /** Equations 2 to 6 of Jensen and Taal: bands are normalised over time, then moments over bands. */
    private static double extendedCorrelation(double[][] clean, double[][] processed) {
        for (int band = 0; band < BANDS; band++) {
            normalise(clean[band]);
            normalise(processed[band]);
        }
        double sum = 0;
        double[] first = new double[BANDS];
        double[] second = new double[BANDS];
        for (int time = 0; time < SEGMENT; time++) {
            for (int band = 0; band < BANDS; band++) {
                first[band] = clean[band][time];
                second[band] = processed[band][time];
            }
            normalise(first);
            normalise(second);
            for (int band = 0; band < BANDS; band++) {
                sum += first[band] * second[band];
            }
        }
        return sum / SEGMENT;
    }

    /** Takes the mean away and scales to length 1. */
    private static void normalise(double[] values) {
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] -= mean;
        }
        double length = norm(values) + TINY;
        for (int i = 0; i < values.length; i++) {
            values[i] /= length;
        }
    }

    private static double norm(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    /** Leaves out the frames of both in which the clean speech is too quiet, and joins the rest again. */
    private static double[][] spoken(double[] clean, double[] processed) {
        int frames = Math.max(0, (clean.length - FRAME) / HOP + 1);
        double[] levels = new double[frames];
        double loudest = Double.NEGATIVE_INFINITY;
        for (int frame = 0; frame < frames; frame++) {
            double power = 0;
            for (int i = 0; i < FRAME; i++) {
                double value = WINDOW[i] * clean[frame * HOP + i];
                power += value * value;
            }
            levels[frame] = 20 * Math.log10(Math.sqrt(power) + TINY);
            loudest = Math.max(loudest, levels[frame]);
        }
        List<Integer> kept = new ArrayList<>();
        for (int frame = 0; frame < frames; frame++) {
            if (levels[frame] > loudest - DYNAMIC_RANGE) {
                kept.add(frame);
            }
        }
        int length = kept.isEmpty() ? 0 : (kept.size() - 1) * HOP + FRAME;
        double[][] joined = new double[2][length];
        for (int k = 0; k < kept.size(); k++) {
            for (int i = 0; i < FRAME; i++) {
                int from = kept.get(k) * HOP + i;
                joined[0][k * HOP + i] += WINDOW[i] * clean[from];
                joined[1][k * HOP + i] += WINDOW[i] * processed[from];
            }
        }
        return joined;
    }

    /** The magnitudes of the third-octave bands over time, [band][frame]. */
    private static double[][] bands(double[] sound) {
        int frames = Math.max(0, (sound.length - FRAME) / HOP + 1);
        double[][] bands = new double[BANDS][frames];
        double[] real = new double[TRANSFORM];
        double[] imaginary = new double[TRANSFORM];
        for (int frame = 0; frame < frames; frame++) {
            Arrays.fill(real, 0);
            Arrays.fill(imaginary, 0);
            for (int i = 0; i < FRAME; i++) {
                real[i] = WINDOW[i] * sound[frame * HOP + i];
            }
            transform(real, imaginary);
            for (int band = 0; band < BANDS; band++) {
                double power = 0;
                for (int bin = EDGES[band][0]; bin < EDGES[band][1]; bin++) {
                    power += real[bin] * real[bin] + imaginary[bin] * imaginary[bin];
                }
                bands[band][frame] = Math.sqrt(power);
            }
        }
        return bands;
    }

    private static double[] window() {
        double[] window = new double[FRAME];
        for (int i = 0; i < FRAME; i++) {
            window[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * (i + 1) / (FRAME + 1));
        }
        return window;
    }

    private static int[][] edges() {
        int[][] edges = new int[BANDS][2];
        for (int band = 0; band < BANDS; band++) {
            edges[band][0] = bin(LOWEST_BAND * Math.pow(2, (2 * band - 1) / 6.0));
            edges[band][1] = bin(LOWEST_BAND * Math.pow(2, (2 * band + 1) / 6.0));
        }
        return edges;
    }

    private static int bin(double frequency) {
        return (int) Math.round(frequency * TRANSFORM / SAMPLE_RATE);
    }

    /** Fourier transform in place (Cooley and Tukey 1965); the length is a power of two. */
    private static void transform(double[] real, double[] imaginary) {
        int length = real.length;
        for (int i = 1, j = 0; i < length; i++) {
            int bit = length >> 1;
            for (; (j & bit) != 0; bit >>= 1) {
                j ^= bit;
            }
            j |= bit;
            if (i < j) {
                double swap = real[i];
                real[i] = real[j];
                real[j] = swap;
                swap = imaginary[i];
                imaginary[i] = imaginary[j];
                imaginary[j] = swap;
            }
        }
        for (int size = 2; size <= length; size <<= 1) {
            for (int k = 0; k < size / 2; k++) {
                double cosine = Math.cos(-2 * Math.PI * k / size);
                double sine = Math.sin(-2 * Math.PI * k / size);
                for (int start = k; start < length; start += size) {
                    int other = start + size / 2;
                    double re = real[other] * cosine - imaginary[other] * sine;
                    double im = real[other] * sine + imaginary[other] * cosine;
                    real[other] = real[start] - re;
                    imaginary[other] = imaginary[start] - im;
                    real[start] += re;
                    imaginary[start] += im;
                }
            }
        }
    }

    /** Changes the sample rate to 10 kHz by windowed-sinc interpolation. */
    private static double[] resampled(float[] sound, int sampleRate) {
        if (sampleRate == SAMPLE_RATE) {
            double[] same = new double[sound.length];
            for (int i = 0; i < same.length; i++) {
                same[i] = sound[i];
            }
            return same;
        }
        int divisor = BigInteger.valueOf(sampleRate)
                .gcd(BigInteger.valueOf(SAMPLE_RATE))
                .intValue();
        int up = SAMPLE_RATE / divisor;
        int down = sampleRate / divisor;
        double[][] phases = phases(up, (double) sampleRate / SAMPLE_RATE);
        int taps = phases[0].length;
        double[] result = new double[(int) (((long) sound.length * up + down - 1) / down)];
        for (int i = 0; i < result.length; i++) {
            long scaled = (long) i * down;
            double[] weights = phases[(int) (scaled % up)];
            int first = (int) (scaled / up) - taps / 2 + 1;
            double sum = 0;
            for (int tap = Math.max(0, -first); tap < taps && first + tap < sound.length; tap++) {
                sum += weights[tap] * sound[first + tap];
            }
            result[i] = sum;
        }
        return result;
    }

    /** The weights of the values around a place between two of them, for each of the places that come up. */
    private static double[][] phases(int up, double step) {
        double bandwidth = Math.min(1, 1 / step) * 0.97;
        int reach = (int) Math.ceil(40 * Math.max(1, step));
        double[][] phases = new double[up][2 * reach];
        for (int phase = 0; phase < up; phase++) {
            double sum = 0;
            for (int tap = 0; tap < 2 * reach; tap++) {
                double distance = tap - reach + 1 - (double) phase / up;
                double x = Math.PI * bandwidth * distance;
                double sinc = Math.abs(x) < 1e-9 ? 1 : Math.sin(x) / x;
                phases[phase][tap] = sinc * (0.5 + 0.5 * Math.cos(Math.PI * distance / (reach + 1)));
                sum += phases[phase][tap];
            }
            for (int tap = 0; tap < 2 * reach; tap++) {
                phases[phase][tap] /= sum;
            }
        }
        return phases;
    }
}
