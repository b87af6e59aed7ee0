package dev.unfog.plugins.speech;

import java.util.Random;

/** Sound that has what speech has: a voice whose pitch moves, vowels that glide into each other, hiss, pauses. */
final class SyntheticSpeech {
    private static final double[][] VOWELS = {
        {730, 1090, 2440}, {270, 2290, 3010}, {300, 870, 2240}, {530, 1840, 2480}, {570, 840, 2410}
    };

    private SyntheticSpeech() {}

    /** Returns speech at about -25 dBFS, the same for the same seed. */
    static float[] speech(int sampleRate, int frames, long seed) {
        Random random = new Random(seed);
        double[][] state = new double[3][2];
        float[] sound = new float[frames];
        int[] order = new int[1000];
        for (int i = 0; i < order.length; i++) {
            order[i] = random.nextInt(VOWELS.length + 1);
        }
        double phase = 0;
        for (int i = 0; i < frames; i++) {
            double time = (double) i / sampleRate;
            double syllable = time / 0.18;
            int number = (int) syllable % order.length;
            double within = syllable - Math.floor(syllable);
            double envelope = order[number] == VOWELS.length ? 0 : Math.sin(Math.PI * within);
            double[] from = VOWELS[Math.min(order[number], VOWELS.length - 1)];
            double[] to = VOWELS[Math.min(order[(number + 1) % order.length], VOWELS.length - 1)];
            phase += (120 + 25 * Math.sin(2 * Math.PI * 0.7 * time)) / sampleRate;
            double excitation = 0.02 * random.nextGaussian();
            if (phase >= 1) {
                phase -= 1;
                excitation += 1;
            }
            double sum = 0;
            for (int formant = 0; formant < 3; formant++) {
                double frequency = from[formant] + within * (to[formant] - from[formant]);
                double radius = Math.exp(-Math.PI * (60 + 30 * formant) / sampleRate);
                double next = excitation
                        + 2 * radius * Math.cos(2 * Math.PI * frequency / sampleRate) * state[formant][0]
                        - radius * radius * state[formant][1];
                state[formant][1] = state[formant][0];
                state[formant][0] = next;
                sum += next / (1 + formant);
            }
            sound[i] = (float) (envelope * sum);
        }
        return level(sound, -25);
    }

    /** Returns sound with noise whose power falls with frequency. */
    static float[] noisy(float[] sound, double decibels, long seed) {
        Random random = new Random(seed);
        float[] noise = new float[sound.length];
        double low = 0;
        for (int i = 0; i < noise.length; i++) {
            low = 0.9 * low + random.nextGaussian();
            noise[i] = (float) low;
        }
        level(noise, decibels);
        float[] noisy = sound.clone();
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] += noise[i];
        }
        return noisy;
    }

    private static float[] level(float[] sound, double decibels) {
        double power = 0;
        for (float value : sound) {
            power += (double) value * value / sound.length;
        }
        float gain = (float) (Math.pow(10, decibels / 20) / Math.sqrt(power));
        for (int i = 0; i < sound.length; i++) {
            sound[i] *= gain;
        }
        return sound;
    }
}
