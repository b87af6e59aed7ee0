package dev.unfog.training.speech;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import dev.unfog.plugins.speech.CompressedSpectrogram;
import dev.unfog.plugins.speech.ShortTimeFourierTransform;

/** Measures a speech network in one call on fixed mixtures of speech and noise that training does not see. */
final class SpeechValidation {
    private final SpeechMixtures mixtures;
    private final int count;

    SpeechValidation(SpeechMixtures mixtures, int count) {
        this.mixtures = mixtures;
        this.count = count;
    }

    /** Scale-invariant signal-to-distortion ratio in dB, of the noisy and of the cleaned sound, mean over the mixtures. */
    record Ratios(double noisy, double cleaned) {}

    Ratios measure(NDManager manager, Block block, ParameterStore store, double time) {
        ShortTimeFourierTransform transform = new ShortTimeFourierTransform();
        int spectra = mixtures.sampleShape()[2];
        int bins = CompressedSpectrogram.BINS;
        double noisy = 0;
        double cleaned = 0;
        int measured = 0;
        for (int number = 0; number < count; number++) {
            SpeechMixtures.Pair pair = mixtures.pair(number);
            if (Sounds.power(pair.clean()) < 1e-8) {
                continue;
            }
            float[] y = new float[2 * bins * spectra];
            CompressedSpectrogram.analyse(transform, pair.noisy(), 0, spectra, y);
            float[] denoised;
            try (NDManager temporary = manager.newSubManager()) {
                NDArray observation = temporary.create(y, new Shape(1, 2, bins, spectra));
                NDArray times = temporary.create(new float[] {(float) time});
                denoised = block.forward(store, new NDList(observation, observation, times), false)
                        .singletonOrThrow()
                        .toFloatArray();
            }
            float[] sound = CompressedSpectrogram.synthesise(transform, denoised, spectra);
            // The first and the last half spectrum have no partner to overlap with.
            int hop = ShortTimeFourierTransform.HOP;
            noisy += ratio(pair.clean(), pair.noisy(), hop, sound.length - hop);
            cleaned += ratio(pair.clean(), sound, hop, sound.length - hop);
            measured++;
        }
        return new Ratios(noisy / measured, cleaned / measured);
    }

    private static double ratio(float[] clean, float[] estimate, int from, int to) {
        double product = 0;
        double power = 0;
        for (int i = from; i < to; i++) {
            product += (double) clean[i] * estimate[i];
            power += (double) clean[i] * clean[i];
        }
        double scale = product / power;
        double distortion = 0;
        for (int i = from; i < to; i++) {
            double difference = estimate[i] - scale * clean[i];
            distortion += difference * difference;
        }
        return 10 * Math.log10(scale * scale * power / Math.max(1e-20, distortion));
    }
}
