package dev.unfog.plugins.speech;

import dev.unfog.api.media.Audio;
import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.media.AudioSink;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.score.ScoreNetwork;
import org.jspecify.annotations.Nullable;

/**
 * The cleaning of one recording, piece by piece, in memory that does not grow with its length.
 *
 * <p>Each piece is read at 16 kHz with as much before and after as the network can see, so that in one step pieces fit without
 * a seam; where a sampler draws, a second of the next piece is cross-faded. What lies above 8 kHz is attenuated as the network
 * attenuates what lies above 4 kHz. For one thread.
 */
final class SpeechCleaning {
    private static final int HOP = ShortTimeFourierTransform.HOP;
    private static final int BINS = CompressedSpectrogram.BINS;
    /** Spectra in a piece: 20 seconds. */
    private static final int PIECE = 1250;

    private static final int SMALLEST_PIECE = 250;
    /** Spectra that are cross-faded: one second. */
    private static final int FADE = 64;
    /** The level of speech in training, the middle of what was drawn, as a power. */
    private static final double TRAINED_POWER = Math.pow(10, -2.5);

    private static final int WRITE_BLOCK = 32768;

    private final SpeechSettings settings;
    private final PluginContext context;
    private final Recording recording;
    private final RateConversion down;
    private final ShortTimeFourierTransform transform = new ShortTimeFourierTransform();
    private final WindowDenoiser denoiser;
    private final int channels;
    private final int reach;
    private final int fade;
    private final int piece;

    SpeechCleaning(Audio audio, SpeechSettings settings, ScoreNetwork network, PluginContext context) {
        this(audio, settings, network, context, PIECE);
    }

    SpeechCleaning(Audio audio, SpeechSettings settings, ScoreNetwork network, PluginContext context, int piece) {
        this.settings = settings;
        this.context = context;
        recording = new Recording(audio);
        down = new RateConversion(recording.sampleRate(), ShortTimeFourierTransform.SAMPLE_RATE);
        denoiser = new WindowDenoiser(network, settings, context.cancellation());
        channels = recording.channels();
        reach = network.card().receptiveField();
        fade = settings.isOneStep() ? 0 : FADE;
        this.piece = channels <= 2 ? piece : Math.max(Math.min(piece, SMALLEST_PIECE), 2 * piece / channels);
    }

    /** Cleans it; draws a figure where that is wanted. */
    void run(Outputs outputs, boolean drawsFigure) {
        recording.measure(context.cancellation());
        long frames = recording.frames();
        AudioSink sink = outputs.audio(Outputs.MAIN, new AudioLayout(recording.sampleRate(), channels, frames));
        double power = recording.activePower();
        if (power > 0) {
            outputs.note("activeLevelDecibels", Math.round(100 * Math.log10(power)) / 10.0);
        }
        if (frames == 0) {
            return;
        }
        float scale = scale(power);
        long spectra = ShortTimeFourierTransform.spectra(down.outputFrames(frames));
        Resynthesis resynthesis = new Resynthesis(recording.sampleRate(), channels, settings.residual());
        SpectrogramFigure figure = drawsFigure ? new SpectrogramFigure(recording.sampleRate(), channels, frames) : null;
        long written = 0;
        float[][] tails = new float[settings.separateChannels() ? channels : 1][];
        long pieces = (spectra + piece - 1) / piece;
        for (long number = 0; number < pieces; number++) {
            context.cancellation().throwIfCancelled();
            long first = number * piece;
            long end = Math.min(spectra, first + piece);
            long from = Math.max(0, first - reach);
            long to = Math.min(spectra, end + fade + reach);
            Window window = read(from, (int) (to - from), scale);
            int core = (int) (end - first);
            int kept = (int) (Math.min(spectra, end + fade) - first);
            int skip = (int) (first - from);
            float[][] cleaned = decide(window, skip, core, kept, number, tails);
            resynthesis.add(window.spectrograms(), window.spectra(), skip, cleaned, core, scale);
            written = write(resynthesis, sink, figure, written, Math.min(frames, resynthesis.available()));
            context.progress().report((number + 1.0) / pieces, "cleaning speech");
        }
        write(resynthesis, sink, figure, written, frames);
        if (figure != null) {
            figure.write(outputs);
        }
    }

    /** Returns the factor that brings compressed spectra to the level of the training; 1 for silence. */
    static float scale(double power) {
        // What is compressed by a square root takes the root of a gain.
        return power > 0 ? (float) Math.sqrt(Math.sqrt(TRAINED_POWER / power)) : 1;
    }

    private long write(
            Resynthesis resynthesis, AudioSink sink, @Nullable SpectrogramFigure figure, long from, long end) {
        float[][] sound = new float[channels][WRITE_BLOCK];
        float[][] original = new float[channels][WRITE_BLOCK];
        long written = from;
        while (written < end) {
            int length = (int) Math.min(WRITE_BLOCK, end - written);
            recording.read(written, original, length);
            resynthesis.render(written, original, sound, length);
            sink.write(sound, length);
            if (figure != null) {
                figure.add(original, sound, length);
            }
            written += length;
        }
        resynthesis.forget(written);
        return written;
    }

    /** A stretch of the recording: the compressed spectra of each channel. */
    private record Window(int spectra, float[][] spectrograms) {}

    private Window read(long from, int spectra, float scale) {
        int length = (spectra + 1) * HOP;
        long start = (from - 1) * HOP;
        float[] sound = new float[length];
        long nativeStart = down.inputFrame(start) - down.reach();
        int nativeLength = (int) (down.inputFrame(start + length) + down.reach() + 1 - nativeStart);
        float[][] nativeSound = new float[channels][nativeLength];
        recording.read(nativeStart, nativeSound, nativeLength);
        float[][] spectrograms = new float[channels][2 * BINS * spectra];
        for (int channel = 0; channel < channels; channel++) {
            down.convert(nativeSound[channel], nativeStart, nativeLength, start, sound, length);
            CompressedSpectrogram.analyse(transform, sound, 0, spectra, spectrograms[channel]);
            for (int i = 0; i < spectrograms[channel].length; i++) {
                spectrograms[channel][i] *= scale;
            }
        }
        return new Window(spectra, spectrograms);
    }

    /**
     * Returns the cleaned spectrogram of each channel, {@code [512, core]}.
     *
     * @param skip spectra of the window before the piece
     * @param core spectra of the piece
     * @param kept spectra of the piece and of what is cross-faded with the next
     * @param tails what the piece before said about the beginning of this one; replaced
     */
    private float[][] decide(Window window, int skip, int core, int kept, long number, float[][] tails) {
        float[][] cleaned = new float[channels][];
        if (settings.separateChannels() || channels == 1) {
            for (int channel = 0; channel < channels; channel++) {
                float[] denoised =
                        denoiser.denoise(window.spectrograms()[channel], window.spectra(), number * channels + channel);
                cleaned[channel] = core(denoised, window.spectra(), skip, core, kept, channel, tails);
                if (settings.keepMusic()) {
                    float[] alone = window.spectrograms()[channel];
                    SustainedTones.keep(
                            alone,
                            new float[][] {alone},
                            window.spectra(),
                            new float[][] {cleaned[channel]},
                            skip,
                            core);
                }
            }
            return cleaned;
        }
        float[] reference = JointChannels.reference(window.spectrograms(), window.spectra());
        float[] denoised = denoiser.denoise(reference, window.spectra(), number);
        float[] wanted = core(denoised, window.spectra(), skip, core, kept, 0, tails);
        for (int channel = 0; channel < channels; channel++) {
            cleaned[channel] = JointChannels.applied(
                    window.spectrograms()[channel], reference, window.spectra(), wanted, skip, core);
        }
        if (settings.keepMusic()) {
            SustainedTones.keep(reference, window.spectrograms(), window.spectra(), cleaned, skip, core);
        }
        return cleaned;
    }

    /** Cuts a piece out of a window, cross-fades its beginning with the tail of the piece before and keeps its own. */
    private static float[] core(
            float[] denoised, int spectra, int skip, int core, int kept, int slot, float[][] tails) {
        float[] piece = new float[2 * BINS * core];
        float[] before = tails[slot];
        int beforeLength = before == null ? 0 : Math.min(core, before.length / (2 * BINS));
        int beforeStride = before == null ? 0 : before.length / (2 * BINS);
        int tail = kept - core;
        float[] after = new float[2 * BINS * tail];
        for (int row = 0; row < 2 * BINS; row++) {
            System.arraycopy(denoised, row * spectra + skip, piece, row * core, core);
            for (int i = 0; i < beforeLength; i++) {
                float share = (i + 1f) / (beforeStride + 1);
                piece[row * core + i] = share * piece[row * core + i] + (1 - share) * before[row * beforeStride + i];
            }
            System.arraycopy(denoised, row * spectra + skip + core, after, row * tail, tail);
        }
        tails[slot] = after;
        return piece;
    }
}
