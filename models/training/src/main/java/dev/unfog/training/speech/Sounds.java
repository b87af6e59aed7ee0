package dev.unfog.training.speech;

import be.tarsos.dsp.util.ConcurrencyUtils;
import be.tarsos.dsp.util.fft.FloatFFT;
import java.util.random.RandomGenerator;

/** What is done to sound when mixtures are made. For one thread. */
final class Sounds {
    private static final int TRANSFORM = 65536;

    private final FloatFFT transform;
    private final float[] left = new float[TRANSFORM];
    private final float[] right = new float[TRANSFORM];

    Sounds() {
        // The batches are drawn on one thread; the transform's own would take the processors from the training.
        ConcurrencyUtils.setNumberOfThreads(1);
        transform = new FloatFFT(TRANSFORM);
    }

    static double power(float[] sound) {
        double sum = 0;
        for (float value : sound) {
            sum += (double) value * value;
        }
        return sum / sound.length;
    }

    /** The power where there is sound: mean over the blocks within 30 dB of the loudest. */
    static double activePower(float[] sound) {
        int block = 512;
        double[] powers = new double[sound.length / block];
        double loudest = 0;
        for (int i = 0; i < powers.length; i++) {
            double sum = 0;
            for (int j = 0; j < block; j++) {
                sum += (double) sound[i * block + j] * sound[i * block + j];
            }
            powers[i] = sum / block;
            loudest = Math.max(loudest, powers[i]);
        }
        double sum = 0;
        int count = 0;
        for (double power : powers) {
            if (power > 1e-3 * loudest) {
                sum += power;
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
    }

    static void scale(float[] sound, double factor) {
        for (int i = 0; i < sound.length; i++) {
            sound[i] *= (float) factor;
        }
    }

    static void add(float[] sound, float[] other) {
        for (int i = 0; i < sound.length; i++) {
            sound[i] += other[i];
        }
    }

    /**
     * Reads a recording at another speed, from one place, round and round if need be.
     *
     * <p>Cubic interpolation: what it adds above 6 kHz lies below the noise of the recordings.
     */
    static void read(short[] recording, double start, double speed, float[] into, int from, int length) {
        int size = recording.length;
        double position = start;
        if (speed == 1) {
            int at = (int) start;
            for (int i = 0; i < length; i++) {
                into[from + i] = recording[at] / 32768f;
                at = at + 1 == size ? 0 : at + 1;
            }
            return;
        }
        for (int i = 0; i < length; i++) {
            int at = (int) position;
            double share = position - at;
            double before = recording[at == 0 ? size - 1 : at - 1];
            double first = recording[at];
            double second = recording[(at + 1) % size];
            double after = recording[(at + 2) % size];
            double value = first
                    + 0.5
                            * share
                            * (second
                                    - before
                                    + share
                                            * (2 * before
                                                    - 5 * first
                                                    + 4 * second
                                                    - after
                                                    + share * (3 * (first - second) + after - before)));
            into[from + i] = (float) (value / 32768);
            position += speed;
            if (position >= size) {
                position -= size;
            }
        }
    }

    /** Convolves a sound with two responses; each result is as long as the sound. */
    void convolve(float[] sound, float[] first, float[] firstResult, float[] second, float[] secondResult) {
        java.util.Arrays.fill(left, 0);
        System.arraycopy(sound, 0, left, 0, sound.length);
        transform.realForward(left);
        convolve(first, firstResult);
        convolve(second, secondResult);
    }

    private void convolve(float[] response, float[] result) {
        java.util.Arrays.fill(right, 0);
        System.arraycopy(response, 0, right, 0, response.length);
        transform.realForward(right);
        right[0] *= left[0];
        right[1] *= left[1];
        for (int i = 2; i < TRANSFORM; i += 2) {
            float real = right[i] * left[i] - right[i + 1] * left[i + 1];
            right[i + 1] = right[i] * left[i + 1] + right[i + 1] * left[i];
            right[i] = real;
        }
        transform.realInverse(right, true);
        System.arraycopy(right, 0, result, 0, result.length);
    }

    /** Quantises a sound as a telephone exchange does: 8 bits of a logarithm (ITU-T G.711, mu = 255, as a smooth curve). */
    static void compand(float[] sound) {
        double scale = Math.log(256);
        for (int i = 0; i < sound.length; i++) {
            double code = Math.rint(127 * Math.log(1 + 255 * Math.min(1, Math.abs(sound[i]))) / scale);
            sound[i] = (float) Math.copySign((Math.exp(code / 127 * scale) - 1) / 255, sound[i]);
        }
    }

    /**
     * Keeps a band of frequencies, without delay.
     *
     * @param lowest where it begins, in Hz
     * @param highest where it ends, in Hz
     * @param slope over how many Hz it begins and ends, as half a period of a cosine
     */
    void keep(float[] sound, double lowest, double highest, double slope) {
        java.util.Arrays.fill(left, 0);
        System.arraycopy(sound, 0, left, 0, sound.length);
        transform.realForward(left);
        // The first two values are those of 0 and of 8000 Hz.
        left[0] *= gain((0 - lowest) / slope);
        left[1] *= gain((highest - 8000) / slope);
        for (int i = 2; i < TRANSFORM; i += 2) {
            double frequency = 8000.0 * i / TRANSFORM;
            float gain = gain((frequency - lowest) / slope) * gain((highest - frequency) / slope);
            left[i] *= gain;
            left[i + 1] *= gain;
        }
        transform.realInverse(left, true);
        System.arraycopy(left, 0, sound, 0, sound.length);
    }

    private static float gain(double inside) {
        return (float) (0.5 + 0.5 * Math.sin(Math.PI * Math.max(-0.5, Math.min(0.5, inside))));
    }

    /** Noise whose power falls as 1/f^exponent, of standard deviation 1. */
    float[] coloured(int length, double exponent, RandomGenerator random) {
        java.util.Arrays.fill(right, 0);
        for (int bin = 3; bin < TRANSFORM / 2; bin++) {
            double scale = Math.pow(bin, -exponent / 2);
            right[2 * bin] = (float) (scale * random.nextGaussian());
            right[2 * bin + 1] = (float) (scale * random.nextGaussian());
        }
        transform.realInverse(right, true);
        float[] noise = java.util.Arrays.copyOf(right, length);
        scale(noise, 1 / Math.sqrt(Math.max(1e-20, power(noise))));
        return noise;
    }

    /** A second-order filter, in place (Bristow-Johnson's audio equaliser cookbook). */
    record Biquad(double b0, double b1, double b2, double a1, double a2) {
        /** Raises or lowers a band. */
        static Biquad peak(double frequency, double quality, double decibels) {
            double amplitude = Math.pow(10, decibels / 40);
            double omega = 2 * Math.PI * frequency / 16000;
            double alpha = Math.sin(omega) / (2 * quality);
            double a0 = 1 + alpha / amplitude;
            return new Biquad(
                    (1 + alpha * amplitude) / a0,
                    -2 * Math.cos(omega) / a0,
                    (1 - alpha * amplitude) / a0,
                    -2 * Math.cos(omega) / a0,
                    (1 - alpha / amplitude) / a0);
        }

        static Biquad lowPass(double frequency, double quality) {
            double omega = 2 * Math.PI * frequency / 16000;
            double alpha = Math.sin(omega) / (2 * quality);
            double a0 = 1 + alpha;
            double cosine = Math.cos(omega);
            return new Biquad(
                    (1 - cosine) / 2 / a0,
                    (1 - cosine) / a0,
                    (1 - cosine) / 2 / a0,
                    -2 * cosine / a0,
                    (1 - alpha) / a0);
        }

        static Biquad highPass(double frequency, double quality) {
            double omega = 2 * Math.PI * frequency / 16000;
            double alpha = Math.sin(omega) / (2 * quality);
            double a0 = 1 + alpha;
            double cosine = Math.cos(omega);
            return new Biquad(
                    (1 + cosine) / 2 / a0,
                    -(1 + cosine) / a0,
                    (1 + cosine) / 2 / a0,
                    -2 * cosine / a0,
                    (1 - alpha) / a0);
        }

        void apply(float[] sound) {
            double first = 0;
            double second = 0;
            for (int i = 0; i < sound.length; i++) {
                double in = sound[i];
                double out = b0 * in + first;
                first = b1 * in - a1 * out + second;
                second = b2 * in - a2 * out;
                sound[i] = (float) out;
            }
        }
    }
}
