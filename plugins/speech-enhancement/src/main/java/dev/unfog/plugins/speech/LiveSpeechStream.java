package dev.unfog.plugins.speech;

import dev.unfog.api.Cancellation;
import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.plugin.LiveCleaner;
import dev.unfog.api.score.ScoreNetwork;

/**
 * The cleaning of a stream of speech.
 *
 * <p>For each block the network is asked anew about a window that ends with what was heard last: as much of the past as it can see,
 * the spectra that are to be decided, and a little of what follows them. What it would see beyond that is what the answer differs by
 * from that for a whole recording, together with the level of speech, which here is that of the last half minute. For one thread.
 */
final class LiveSpeechStream implements LiveCleaner.Stream {
    private static final int HOP = ShortTimeFourierTransform.HOP;
    private static final int BINS = CompressedSpectrogram.BINS;
    private static final double SPECTRA_PER_SECOND = (double) ShortTimeFourierTransform.SAMPLE_RATE / HOP;
    private static final double BLOCK_SECONDS = 0.064;
    /** After this time what was heard counts a third, for the level of speech. */
    private static final double LEVEL_SECONDS = 15;
    /** No network is asked about a longer past, in seconds: it would not be done in time. */
    private static final double LONGEST_PAST = 1.5;
    /** Blocks whose lag is looked at: far more than it takes until two rates meet again. */
    private static final int LAG_BLOCKS = 2000;

    private final SpeechSettings settings;
    private final ScoreNetwork network;
    private final WindowDenoiser denoiser;
    private final int channels;
    private final int blockFrames;
    private final int lookAhead;
    private final int window;
    private final RateConversion down;
    private final Resynthesis resynthesis;
    private final ShortTimeFourierTransform transform = new ShortTimeFourierTransform();
    private final ActiveLevel level = new ActiveLevel();
    private final Stretch[] heard;
    private final Stretch[] atNetworkRate;
    private final Stretch[] rendered;
    private final int latency;
    private long decided;
    private long asked;

    /**
     * Opens a stream.
     *
     * @param lookAhead how much of what follows is heard before anything is decided, in seconds
     * @param network closed with the stream
     */
    LiveSpeechStream(AudioLayout layout, SpeechSettings settings, double lookAhead, ScoreNetwork network) {
        this.settings = settings;
        this.network = network;
        denoiser = new WindowDenoiser(network, settings, Cancellation.NEVER);
        channels = layout.channels();
        blockFrames = Math.max(1, (int) Math.round(layout.sampleRate() * BLOCK_SECONDS));
        // Where a block is no whole number of spectra, one more is waited for; the look-ahead makes up for it.
        boolean isWhole =
                (long) blockFrames * ShortTimeFourierTransform.SAMPLE_RATE % ((long) layout.sampleRate() * HOP) == 0;
        this.lookAhead = (int) Math.max(0, Math.round(lookAhead * SPECTRA_PER_SECOND) - (isWhole ? 0 : 1));
        int block = (int) Math.ceil(BLOCK_SECONDS * SPECTRA_PER_SECOND);
        int past = Math.min(network.card().receptiveField(), (int) (LONGEST_PAST * SPECTRA_PER_SECOND));
        // One more, for rates of which a block is no whole number of spectra.
        window = past + block + 1 + this.lookAhead;
        down = new RateConversion(layout.sampleRate(), ShortTimeFourierTransform.SAMPLE_RATE);
        resynthesis = new Resynthesis(layout.sampleRate(), channels, settings.residual());
        heard = new Stretch[channels];
        atNetworkRate = new Stretch[channels];
        rendered = new Stretch[channels];
        int primed = lagOfRendering();
        latency = primed + silence();
        for (int channel = 0; channel < channels; channel++) {
            heard[channel] = new Stretch(0);
            heard[channel].append(new float[silence()], 0, silence());
            atNetworkRate[channel] = new Stretch(0);
            rendered[channel] = new Stretch(0);
            rendered[channel].append(new float[primed], 0, primed);
        }
        // The first calls of a network take longer than any after them.
        for (int call = 0; call < 3; call++) {
            denoiser.denoise(new float[2 * BINS * window], window, 0);
        }
    }

    /** Silence before the stream, so that what the conversion of the rate needs beyond a block's end is there. */
    private int silence() {
        return down.reach();
    }

    private long framesAtNetworkRate(long frames) {
        return down.outputFrames(Math.max(0, frames - down.reach()));
    }

    private long spectraToDecide(long framesAtNetworkRate) {
        return Math.max(0, framesAtNetworkRate / HOP - lookAhead);
    }

    /** By how many frames rendering may lag behind hearing. */
    private int lagOfRendering() {
        long lag = 0;
        for (long block = 1; block <= LAG_BLOCKS; block++) {
            long spectra = spectraToDecide(framesAtNetworkRate(silence() + block * blockFrames));
            lag = Math.max(lag, block * blockFrames - resynthesis.available((spectra - 1) * HOP));
        }
        return Math.toIntExact(lag);
    }

    @Override
    public int blockFrames() {
        return blockFrames;
    }

    @Override
    public int latencyFrames() {
        return latency;
    }

    @Override
    public void process(float[][] planar) {
        if (planar.length != channels) {
            throw new IllegalArgumentException(planar.length + " channels, not " + channels);
        }
        hear(planar);
        long wanted = spectraToDecide(atNetworkRate[0].end());
        if (wanted > decided) {
            decide((int) (wanted - decided));
            decided = wanted;
        }
        render();
        for (int channel = 0; channel < channels; channel++) {
            Stretch ready = rendered[channel];
            long from = ready.end() - ready.length();
            ready.read(from, planar[channel], blockFrames);
            ready.forget(from + blockFrames);
        }
    }

    private void hear(float[][] planar) {
        long ready = atNetworkRate[0].end();
        for (int channel = 0; channel < channels; channel++) {
            for (int i = 0; i < blockFrames; i++) {
                planar[channel][i] = Float.isFinite(planar[channel][i]) ? planar[channel][i] : 0;
            }
            heard[channel].append(planar[channel], 0, blockFrames);
            long end = framesAtNetworkRate(heard[channel].end());
            float[] converted = new float[(int) (end - ready)];
            heard[channel].convert(down, ready, converted, converted.length);
            atNetworkRate[channel].append(converted, 0, converted.length);
            atNetworkRate[channel].forget(end - (window + 2L) * HOP);
        }
        int parts = (int) Math.max(1, Math.round(BLOCK_SECONDS / ActiveLevel.BLOCK_SECONDS));
        level.fade(Math.exp(-BLOCK_SECONDS / LEVEL_SECONDS));
        for (int part = 0; part < parts; part++) {
            int from = part * blockFrames / parts;
            int to = (part + 1) * blockFrames / parts;
            if (to > from) {
                level.add(Recording.power(planar, from, to - from));
            }
        }
    }

    private void decide(int core) {
        float scale = SpeechCleaning.scale(level.power());
        long known = decided + core + lookAhead;
        int skip = window - lookAhead - core;
        float[] sound = new float[(window + 1) * HOP];
        float[][] spectrograms = new float[channels][2 * BINS * window];
        for (int channel = 0; channel < channels; channel++) {
            atNetworkRate[channel].read((known - window - 1) * HOP, sound, sound.length);
            CompressedSpectrogram.analyse(transform, sound, 0, window, spectrograms[channel]);
            for (int i = 0; i < spectrograms[channel].length; i++) {
                spectrograms[channel][i] *= scale;
            }
        }
        resynthesis.add(spectrograms, window, skip, cleaned(spectrograms, skip, core), core, scale);
    }

    private float[][] cleaned(float[][] spectrograms, int skip, int core) {
        float[][] cleaned = new float[channels][];
        if (settings.separateChannels() || channels == 1) {
            for (int channel = 0; channel < channels; channel++) {
                cleaned[channel] = cut(denoiser.denoise(spectrograms[channel], window, asked++), skip, core);
                if (settings.keepMusic()) {
                    float[] alone = spectrograms[channel];
                    SustainedTones.keep(
                            alone, new float[][] {alone}, window, new float[][] {cleaned[channel]}, skip, core);
                }
            }
            return cleaned;
        }
        float[] reference = JointChannels.reference(spectrograms, window);
        float[] wanted = cut(denoiser.denoise(reference, window, asked++), skip, core);
        for (int channel = 0; channel < channels; channel++) {
            cleaned[channel] = JointChannels.applied(spectrograms[channel], reference, window, wanted, skip, core);
        }
        if (settings.keepMusic()) {
            SustainedTones.keep(reference, spectrograms, window, cleaned, skip, core);
        }
        return cleaned;
    }

    private float[] cut(float[] denoised, int skip, int core) {
        float[] piece = new float[2 * BINS * core];
        for (int row = 0; row < 2 * BINS; row++) {
            System.arraycopy(denoised, row * window + skip, piece, row * core, core);
        }
        return piece;
    }

    private void render() {
        long from = rendered[0].end() - (latency - silence());
        int length = (int) (resynthesis.available() - from);
        if (length > 0) {
            float[][] original = new float[channels][length];
            float[][] sound = new float[channels][length];
            for (int channel = 0; channel < channels; channel++) {
                heard[channel].read(from, original[channel], length);
            }
            resynthesis.render(from, original, sound, length);
            for (int channel = 0; channel < channels; channel++) {
                rendered[channel].append(sound[channel], 0, length);
            }
        }
        long next = rendered[0].end() - (latency - silence());
        resynthesis.forget(next);
        long needed = Math.min(next, down.inputFrame(atNetworkRate[0].end()) - down.reach());
        for (Stretch channel : heard) {
            channel.forget(needed);
        }
    }

    @Override
    public void close() {
        network.close();
    }
}
