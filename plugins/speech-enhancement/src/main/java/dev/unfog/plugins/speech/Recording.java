package dev.unfog.plugins.speech;

import dev.unfog.api.Cancellation;
import dev.unfog.api.media.Audio;

/** A recording to read from at any place: silence before and after it, and where a value is not finite. For one thread. */
final class Recording {
    private static final int BLOCK = 32768;

    private final Audio audio;
    private final int channels;
    private final float[][] block;
    private long frames;
    private final ActiveLevel level = new ActiveLevel();

    Recording(Audio audio) {
        this.audio = audio;
        channels = audio.layout().channels();
        block = new float[channels][BLOCK];
    }

    /** Reads everything once, to know how long and how loud it is. */
    void measure(Cancellation cancellation) {
        int blockFrames = Math.max(1, (int) Math.round(audio.layout().sampleRate() * ActiveLevel.BLOCK_SECONDS));
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
            level.add(power(values, 0, read));
            at += read;
        }
        frames = at;
    }

    /**
     * Returns the mean power of frames around their mean, over the channels too, so that a constant offset counts for nothing; what is
     * not finite counts as silence.
     */
    static double power(float[][] planar, int from, int count) {
        double power = 0;
        for (float[] channel : planar) {
            double sum = 0;
            double squares = 0;
            for (int i = from; i < from + count; i++) {
                double value = Float.isFinite(channel[i]) ? channel[i] : 0;
                sum += value;
                squares += value * value;
            }
            power += Math.max(0, squares - sum * sum / count);
        }
        return power / ((double) count * planar.length);
    }

    /** Returns how many frames there are; known once measured. */
    long frames() {
        return frames;
    }

    /** Returns the mean power where there is sound, 0 for silence; known once measured. */
    double activePower() {
        return level.power();
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
