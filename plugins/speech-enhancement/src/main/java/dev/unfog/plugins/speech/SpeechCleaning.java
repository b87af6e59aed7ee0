package dev.unfog.plugins.speech;

import dev.unfog.api.media.Audio;
import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.media.AudioSink;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.score.ScoreNetwork;
import java.util.Arrays;

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
    /** A channel may come out somewhat louder than it went in where others are louder, but not more. */
    private static final float LARGEST_FACTOR = 1.5f;

    private static final int WRITE_BLOCK = 32768;

    private final SpeechSettings settings;
    private final PluginContext context;
    private final Recording recording;
    private final RateConversion down;
    private final RateConversion up;
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
        up = new RateConversion(ShortTimeFourierTransform.SAMPLE_RATE, recording.sampleRate());
        denoiser = new WindowDenoiser(network, settings, context.cancellation());
        channels = recording.channels();
        reach = network.card().receptiveField();
        fade = settings.isOneStep() ? 0 : FADE;
        this.piece = channels <= 2 ? piece : Math.max(Math.min(piece, SMALLEST_PIECE), 2 * piece / channels);
    }

    void run(Outputs outputs) {
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
        // What is compressed by a square root takes the root of a gain.
        float scale = power > 0 ? (float) Math.sqrt(Math.sqrt(TRAINED_POWER / power)) : 1;
        long spectra = ShortTimeFourierTransform.spectra(down.outputFrames(frames));
        Writer writer = new Writer(sink, frames);
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
            writer.add(window, decide(window, (int) (first - from), core, kept, number, tails), first, core, scale);
            context.progress().report((number + 1.0) / pieces, "cleaning speech");
        }
        writer.finish();
    }

    /** A stretch of the recording: the compressed spectra of each channel. */
    private record Window(long from, int spectra, float[][] spectrograms) {}

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
        return new Window(from, spectra, spectrograms);
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
            }
            return cleaned;
        }
        float[] reference = reference(window);
        float[] denoised = denoiser.denoise(reference, window.spectra(), number);
        float[] wanted = core(denoised, window.spectra(), skip, core, kept, 0, tails);
        for (int channel = 0; channel < channels; channel++) {
            cleaned[channel] = masked(window, reference, wanted, skip, core, channel);
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

    /**
     * What stands for all channels: the root of their mean power, so that nothing cancels, with the phase of their sum.
     *
     * <p>For channels that are alike it is what each of them is.
     */
    private float[] reference(Window window) {
        int plane = BINS * window.spectra();
        float[] reference = new float[2 * plane];
        for (int i = 0; i < plane; i++) {
            float real = 0;
            float imaginary = 0;
            double power = 0;
            for (float[] channel : window.spectrograms()) {
                float magnitude = CompressedSpectrogram.expansion(channel[i], channel[plane + i]);
                real += channel[i] * magnitude;
                imaginary += channel[plane + i] * magnitude;
                power += Math.pow(magnitude, 4);
            }
            float[] first = window.spectrograms()[0];
            float sum = CompressedSpectrogram.expansion(real, imaginary);
            if (sum < 1e-12) {
                real = first[i];
                imaginary = first[plane + i];
                sum = CompressedSpectrogram.expansion(real, imaginary);
            }
            float magnitude = (float) Math.pow(power / channels, 0.25);
            if (sum > 0) {
                reference[i] = real / sum * magnitude;
                reference[plane + i] = imaginary / sum * magnitude;
            }
        }
        return reference;
    }

    private static float[] masked(Window window, float[] reference, float[] wanted, int skip, int core, int channel) {
        float[] observed = window.spectrograms()[channel];
        int spectra = window.spectra();
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

    /** Puts pieces together and writes them at the rate of the recording. */
    private final class Writer {
        private final AudioSink sink;
        private final long frames;
        private final Stretch[] cleaned = new Stretch[channels];
        private final Stretch[] observed = new Stretch[channels];
        private final Stretch highGains = new Stretch(0);
        private final float[][] cleanedHalves = new float[channels][HOP];
        private final float[][] observedHalves = new float[channels][HOP];
        private long written;

        Writer(AudioSink sink, long frames) {
            this.sink = sink;
            this.frames = frames;
            for (int channel = 0; channel < channels; channel++) {
                cleaned[channel] = new Stretch(-HOP);
                observed[channel] = new Stretch(-HOP);
            }
        }

        void add(Window window, float[][] spectrograms, long first, int core, float scale) {
            int skip = (int) (first - window.from());
            highGains.append(highGains(window, spectrograms, skip, core), 0, core);
            for (int channel = 0; channel < channels; channel++) {
                append(cleaned[channel], cleanedHalves[channel], spectrograms[channel], core, scale);
                // From its spectra again, since they lack half the sample rate: what they lack is left to the upper
                // band.
                float[] piece = new float[2 * BINS * core];
                for (int row = 0; row < 2 * BINS; row++) {
                    System.arraycopy(
                            window.spectrograms()[channel], row * window.spectra() + skip, piece, row * core, core);
                }
                append(observed[channel], observedHalves[channel], piece, core, scale);
            }
            write(up.outputFrames(Math.max(0, cleaned[0].end() - up.reach() - 1)));
        }

        /** Adds the sound of a piece, its first half spectrum to the last of the piece before. */
        private void append(Stretch stretch, float[] half, float[] spectrogram, int core, float scale) {
            for (int i = 0; i < spectrogram.length; i++) {
                spectrogram[i] /= scale;
            }
            float[] sound = CompressedSpectrogram.synthesise(transform, spectrogram, core);
            for (int i = 0; i < HOP; i++) {
                sound[i] += half[i];
                half[i] = sound[core * HOP + i];
            }
            stretch.append(sound, 0, core * HOP);
        }

        /** How the upper half of the network's band was attenuated, by power, all channels together. */
        private float[] highGains(Window window, float[][] spectrograms, int skip, int core) {
            float[] gains = new float[core];
            int plane = BINS * window.spectra();
            int corePlane = BINS * core;
            for (int time = 0; time < core; time++) {
                double before = 1e-20;
                double after = 0;
                for (int channel = 0; channel < channels; channel++) {
                    for (int bin = BINS / 2; bin < BINS; bin++) {
                        int at = bin * window.spectra() + skip + time;
                        float[] in = window.spectrograms()[channel];
                        before += Math.pow(CompressedSpectrogram.expansion(in[at], in[plane + at]), 4);
                        int coreAt = bin * core + time;
                        float[] out = spectrograms[channel];
                        after += Math.pow(CompressedSpectrogram.expansion(out[coreAt], out[corePlane + coreAt]), 4);
                    }
                }
                gains[time] = (float) Math.sqrt(Math.min(1, after / before));
            }
            return gains;
        }

        void finish() {
            write(frames);
        }

        private void write(long end) {
            end = Math.min(end, frames);
            float[][] sound = new float[channels][WRITE_BLOCK];
            float[][] original = new float[channels][WRITE_BLOCK];
            float[] low = new float[WRITE_BLOCK];
            boolean hasHighBand = recording.sampleRate() >= ShortTimeFourierTransform.SAMPLE_RATE;
            while (written < end) {
                int length = (int) Math.min(WRITE_BLOCK, end - written);
                recording.read(written, original, length);
                for (int channel = 0; channel < channels; channel++) {
                    cleaned[channel].convert(up, written, sound[channel], length);
                    if (hasHighBand) {
                        observed[channel].convert(up, written, low, length);
                        addHighBand(original[channel], low, sound[channel], length);
                    }
                    float residual = (float) settings.residual();
                    for (int i = 0; i < length; i++) {
                        sound[channel][i] += residual * (original[channel][i] - sound[channel][i]);
                    }
                }
                sink.write(sound, length);
                written += length;
            }
            long needed = up.inputFrame(written) - up.reach();
            for (int channel = 0; channel < channels; channel++) {
                cleaned[channel].forget(needed);
                observed[channel].forget(needed);
            }
            highGains.forget(needed / HOP - 2);
        }

        private void addHighBand(float[] original, float[] low, float[] sound, int length) {
            double spectraPerFrame = (double) ShortTimeFourierTransform.SAMPLE_RATE / recording.sampleRate() / HOP;
            for (int i = 0; i < length; i++) {
                double position = (written + i) * spectraPerFrame;
                long spectrum = (long) position;
                float share = (float) (position - spectrum);
                float gain = (1 - share) * highGains.at(spectrum) + share * highGains.at(spectrum + 1);
                sound[i] += gain * (original[i] - low[i]);
            }
        }
    }

    /** Consecutive values of which the oldest are forgotten. */
    private static final class Stretch {
        private long start;
        private int length;
        private float[] values = new float[1024];

        Stretch(long start) {
            this.start = start;
        }

        long end() {
            return start + length;
        }

        void append(float[] source, int from, int count) {
            if (length + count > values.length) {
                values = Arrays.copyOf(values, Math.max(length + count, values.length * 3 / 2));
            }
            System.arraycopy(source, from, values, length, count);
            length += count;
        }

        void forget(long before) {
            int count = (int) Math.max(0, Math.min(length, before - start));
            System.arraycopy(values, count, values, 0, length - count);
            start += count;
            length -= count;
        }

        float at(long position) {
            return values[(int) Math.max(0, Math.min(length - 1, position - start))];
        }

        void convert(RateConversion conversion, long outputStart, float[] output, int count) {
            conversion.convert(values, start, length, outputStart, output, count);
        }
    }
}
