package dev.unfog.plugins.anomaly;

import java.util.List;

/**
 * How a picture is brought to mean ½ and deviation 1 before a network sees it, channel by channel.
 *
 * @param means of each channel over the normal pictures
 * @param deviations of each channel over the normal pictures, above 0
 */
record Standardisation(float[] means, float[] deviations) {
    private static final double SMALLEST = 1e-3;

    /** Returns the one that leaves pictures as they are. */
    static Standardisation none(int channels) {
        float[] means = new float[channels];
        float[] deviations = new float[channels];
        java.util.Arrays.fill(means, 0.5f);
        java.util.Arrays.fill(deviations, 1);
        return new Standardisation(means, deviations);
    }

    /** Learns mean and deviation from pictures. */
    static Standardisation of(List<PatchImage> images, int channels) {
        float[] means = new float[channels];
        float[] deviations = new float[channels];
        for (int channel = 0; channel < channels; channel++) {
            double sum = 0;
            double squares = 0;
            long count = 0;
            for (PatchImage image : images) {
                int area = image.height() * image.width();
                for (int i = channel * area; i < (channel + 1) * area; i++) {
                    sum += image.values()[i];
                    squares += (double) image.values()[i] * image.values()[i];
                }
                count += area;
            }
            means[channel] = (float) (sum / count);
            double variance = squares / count - (sum / count) * (sum / count);
            deviations[channel] = (float) Math.max(SMALLEST, Math.sqrt(Math.max(0, variance)));
        }
        return new Standardisation(means, deviations);
    }

    /** Returns the picture, standardised. */
    PatchImage apply(PatchImage image) {
        float[] moved = new float[image.values().length];
        int area = image.height() * image.width();
        for (int i = 0; i < moved.length; i++) {
            moved[i] = (image.values()[i] - means[i / area]) / deviations[i / area] + 0.5f;
        }
        return new PatchImage(moved, image.channels(), image.height(), image.width());
    }
}
