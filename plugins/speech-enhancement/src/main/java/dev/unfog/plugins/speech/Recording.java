package dev.unfog.plugins.speech;

import dev.unfog.api.Cancellation;
import dev.unfog.api.media.Audio;

/** A recording to read from at any place: silence before and after it, and where a value is not finite. For one thread. */
final class Recording {
    private static final int BLOCK = 32768;
    /** Blocks of 20 ms are counted by their level in whole decibels below full scale. */
    private static final int LEVELS = 160;

    private static final double SILENT = 1e-16;

    private final Audio audio;
    private final int channels;
    private final float[][] block;
    private long frames;
    private double activePower;

    Recording(Audio audio) {
        this.audio = audio;
        channels = audio.layout().channels();
        block = new float[channels][BLOCK];
    }

    /**
     * Reads everything once, to know how long and how loud it is.
     *
     * <p>How loud: the mean power, over the channels too, of the blocks of 20 ms that are at most 25 dB below the loudest of
     * all but one in fifty.
     */
    void measure(Cancellation cancellation) {
        int blockFrames = Math.max(1, audio.layout().sampleRate() / 50);
        long[] counts = new long[LEVELS];
        double[] powers = new double[LEVELS];
        float[][] values = new float[channels][blockFrames];
        long at = 0;
        while (true) {
            if ((at / blockFrames) % 500 == 0) {
                cancellation.throwIfCancelled();
            }
            int read = audio.read(at, values, blockFrames);
            if (read == 0) {
                break;
            }
            double power = 0;
            for (float[] channel : values) {
                for (int i = 0; i < read; i++) {
                    float value = channel[i];
                    power += Float.isFinite(value) ? (double) value * value : 0;
                }
            }
            power /= (double) read * channels;
            if (power > SILENT) {
                int level = (int) Math.max(0, Math.min(LEVELS - 1, -10 * Math.log10(power)));
                counts[level]++;
                powers[level] += power;
            }
            at += read;
        }
        frames = at;
        activePower = gated(counts, powers);
    }

    private static double gated(long[] counts, double[] powers) {
        long total = 0;
        for (long count : counts) {
            total += count;
        }
        int loudest = 0;
        for (long above = 0; loudest < LEVELS - 1; loudest++) {
            above += counts[loudest];
            if (above > total / 50) {
                break;
            }
        }
        long count = 0;
        double power = 0;
        for (int level = 0; level < Math.min(LEVELS, loudest + 25); level++) {
            count += counts[level];
            power += powers[level];
        }
        return count == 0 ? 0 : power / count;
    }

    /** Returns how many frames there are; known once measured. */
    long frames() {
        return frames;
    }

    /** Returns the mean power where there is sound, 0 for silence; known once measured. */
    double activePower() {
        return activePower;
    }

    int channels() {
        return channels;
    }

    int sampleRate() {
        return audio.layout().sampleRate();
    }

    /**
     * Reads frames, silence where there are none.
     *
     * @param start the first frame, may be below 0
     * @param into receives {@code [channels][length]}, from index 0
     */
    void read(long start, float[][] into, int length) {
        int done = 0;
        while (done < length) {
            long at = start + done;
            int wanted = Math.min(BLOCK, length - done);
            int read = 0;
            if (at < 0) {
                wanted = (int) Math.min(wanted, -at);
            } else if (at < frames) {
                read = audio.read(at, block, (int) Math.min(wanted, frames - at));
            }
            for (int channel = 0; channel < channels; channel++) {
                for (int i = 0; i < wanted; i++) {
                    float value = i < read ? block[channel][i] : 0;
                    into[channel][done + i] = Float.isFinite(value) ? value : 0;
                }
            }
            done += wanted;
        }
    }
}
