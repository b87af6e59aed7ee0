package dev.unfog.plugins.speech;

/**
 * One decision for all channels of a recording, so that everything stays where it is heard: the network is asked about a mixture of
 * them, and what it makes of that is done to each.
 */
final class JointChannels {
    private static final int BINS = CompressedSpectrogram.BINS;
    /** A channel may come out somewhat louder than it went in where others are louder, but not more. */
    private static final float LARGEST_FACTOR = 1.5f;

    private JointChannels() {}

    /**
     * What stands for all channels: the root of their mean power, so that nothing cancels, with the phase of their sum.
     *
     * <p>For channels that are alike it is what each of them is.
     *
     * @param observed the compressed spectrogram of each channel, {@code [channels][512 * spectra]}
     * @param spectra their length
     * @return of the shape of one
     */
    static float[] reference(float[][] observed, int spectra) {
        int plane = BINS * spectra;
        float[] reference = new float[2 * plane];
        for (int i = 0; i < plane; i++) {
            float real = 0;
            float imaginary = 0;
            double power = 0;
            for (float[] channel : observed) {
                float magnitude = CompressedSpectrogram.expansion(channel[i], channel[plane + i]);
                real += channel[i] * magnitude;
                imaginary += channel[plane + i] * magnitude;
                power += Math.pow(magnitude, 4);
            }
            float[] first = observed[0];
            float sum = CompressedSpectrogram.expansion(real, imaginary);
            if (sum < 1e-12) {
                real = first[i];
                imaginary = first[plane + i];
                sum = CompressedSpectrogram.expansion(real, imaginary);
            }
            float magnitude = (float) Math.pow(power / observed.length, 0.25);
            if (sum > 0) {
                reference[i] = real / sum * magnitude;
                reference[plane + i] = imaginary / sum * magnitude;
            }
        }
        return reference;
    }

    /**
     * Does to a channel what was done to the reference.
     *
     * @param observed the channel, {@code [512, spectra]}
     * @param reference of the same shape
     * @param wanted what the reference is to become from spectrum {@code skip} on, {@code [512, core]}
     * @return the channel cleaned, of the shape of {@code wanted}
     */
    static float[] applied(float[] observed, float[] reference, int spectra, float[] wanted, int skip, int core) {
        int plane = BINS * spectra;
        int corePlane = BINS * core;
        float[] cleaned = new float[2 * corePlane];
        for (int bin = 0; bin < BINS; bin++) {
            for (int time = 0; time < core; time++) {
                int at = bin * spectra + skip + time;
                int coreAt = bin * core + time;
                float referenceReal = reference[at];
                float referenceImaginary = reference[plane + at];
                float power = referenceReal * referenceReal + referenceImaginary * referenceImaginary + 1e-12f;
                float real = (wanted[coreAt] * referenceReal + wanted[corePlane + coreAt] * referenceImaginary) / power;
                float imaginary =
                        (wanted[corePlane + coreAt] * referenceReal - wanted[coreAt] * referenceImaginary) / power;
                float size = CompressedSpectrogram.expansion(real, imaginary);
                if (size > LARGEST_FACTOR) {
                    real *= LARGEST_FACTOR / size;
                    imaginary *= LARGEST_FACTOR / size;
                }
                cleaned[coreAt] = observed[at] * real - observed[plane + at] * imaginary;
                cleaned[corePlane + coreAt] = observed[at] * imaginary + observed[plane + at] * real;
            }
        }
        return cleaned;
    }
}
