package dev.unfog.plugins.anomaly;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Audio;
import dev.unfog.api.media.Media;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.ForwardProcesses;
import dev.unfog.api.sde.Marginal;
import java.util.Arrays;

/**
 * What a recording looks like to a network that takes noise from sound: the score norm at several times of its process, of a recording to
 * which no noise was added, in the cells of the recording's mel spectrogram.
 *
 * <p>The network's spectra are those of 512 frames at 16 kHz, every 256, under a root-Hann window, their magnitudes replaced by their
 * square roots; real parts, then imaginary parts. With the recording x as both state and observation the norm is
 * s‖∇ log p_t(x | x)‖ = ‖a D + b x − x‖ / s.
 */
final class SpectrumNorms implements CellNorms {
    /** The power of speech that the network was trained at. */
    static final double TRAINED_POWER = Math.pow(10, -2.5);

    private static final int RATE = 16_000;
    private static final int SIZE = 512;
    private static final int HOP = 256;
    private static final int BINS = SIZE / 2;
    /** Spectra at a time, without what the network sees to either side. */
    private static final int PIECE = 500;

    private final ScoreNetwork network;
    private final ForwardProcess process;
    private final double gain;
    private final double[] times;

    /**
     * @param network conditioned on an observation; not closed here
     * @param gain of the compressed spectra
     * @param times of the network's process, above 0 and below 1
     */
    SpectrumNorms(ScoreNetwork network, double gain, double[] times) {
        NetworkCard card = network.card();
        if (card.channels() != 2 * BINS || card.sampleRate() != RATE) {
            throw new UnfogException(
                    ErrorCode.CONTRACT_BROKEN,
                    "network " + card.id(),
                    "it is not for spectra of " + BINS + " frequencies at " + RATE + " Hz",
                    "leave --model out");
        }
        this.network = network;
        this.gain = gain;
        this.times = times.clone();
        process = ForwardProcesses.named(card.process().name(), card.process().constants());
    }

    /** Returns the gain that brings recordings of a mean power to the level of training: compressed by a root, as is the gain. */
    static double gain(double power) {
        return power > 0 ? Math.sqrt(Math.sqrt(TRAINED_POWER / power)) : 1;
    }

    @Override
    public int measures() {
        return times.length;
    }

    @Override
    public double level(int measure) {
        return process.marginal(times[measure]).noiseLevel();
    }

    @Override
    public CellGrid look(Media sample, PatchImage image, Cancellation cancellation) {
        Audio audio = (Audio) sample;
        float[] sound = converted(LogMel.mono(audio), audio.layout().sampleRate());
        int rows = image.height() / CellGrid.STRIDE;
        int columns = image.width() / CellGrid.STRIDE;
        float[] squares = new float[rows * columns * measures()];
        int spectra = (sound.length + HOP - 1) / HOP + 1;
        float[] spectrum = spectrum(sound, spectra);
        double[] energy = new double[spectra * BINS];
        for (int time = 0; time < times.length; time++) {
            residual(spectrum, spectra, times[time], energy, cancellation);
            add(energy, spectra, audio.layout().sampleRate(), rows, columns, time, squares);
        }
        return CellGrid.of(squares, rows, columns, measures());
    }

    /** Brings sound to the network's sample rate, by a sinc under a Hann window of 16 periods to either side. */
    static float[] converted(float[] sound, int rate) {
        if (rate == RATE) {
            return sound;
        }
        double ratio = (double) rate / RATE;
        double width = Math.max(1, ratio);
        float[] converted = new float[(int) (sound.length / ratio)];
        for (int i = 0; i < converted.length; i++) {
            double centre = i * ratio;
            int from = Math.max(0, (int) Math.ceil(centre - 16 * width));
            int to = Math.min(sound.length - 1, (int) (centre + 16 * width));
            double sum = 0;
            for (int j = from; j <= to; j++) {
                double x = (j - centre) / width;
                double sinc = Math.abs(x) < 1e-9 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
                sum += sound[j] * sinc * 0.5 * (1 + Math.cos(Math.PI * x / 16));
            }
            converted[i] = (float) (sum / width);
        }
        return converted;
    }

    /** The compressed spectra, {@code [2 * BINS][spectra]}; spectrum k begins at frame (k − 1) · HOP. */
    private float[] spectrum(float[] sound, int spectra) {
        float[] compressed = new float[2 * BINS * spectra];
        double[] real = new double[SIZE];
        double[] imaginary = new double[SIZE];
        for (int time = 0; time < spectra; time++) {
            for (int i = 0; i < SIZE; i++) {
                int at = (time - 1) * HOP + i;
                real[i] = at >= 0 && at < sound.length ? sound[at] * Math.sin(Math.PI * (i + 0.5) / SIZE) : 0;
                imaginary[i] = 0;
            }
            LogMel.transform(real, imaginary);
            for (int bin = 0; bin < BINS; bin++) {
                double magnitude = Math.hypot(real[bin], imaginary[bin]);
                double scale = magnitude > 0 ? gain / Math.sqrt(magnitude) : 0;
                compressed[bin * spectra + time] = (float) (real[bin] * scale);
                compressed[(BINS + bin) * spectra + time] = (float) (imaginary[bin] * scale);
            }
        }
        return compressed;
    }

    /** The squared norm at each frequency of each spectrum, {@code [spectra][BINS]}. */
    private void residual(float[] spectrum, int spectra, double time, double[] energy, Cancellation cancellation) {
        Marginal marginal = process.marginal(time);
        double a = marginal.meanScale();
        double kept = 1 - marginal.observationScale();
        double inverse = 1 / marginal.standardDeviation();
        int reach = network.card().receptiveField();
        for (int first = 0; first < spectra; first += PIECE) {
            cancellation.throwIfCancelled();
            int from = Math.max(0, first - reach);
            int to = Math.min(spectra, first + PIECE + reach);
            int length = to - from;
            float[] piece = new float[2 * BINS * length];
            for (int row = 0; row < 2 * BINS; row++) {
                System.arraycopy(spectrum, row * spectra + from, piece, row * length, length);
            }
            Tensor x = Tensor.of(piece, 1, 2 * BINS, length);
            Tensor denoised = Tensor.allocate(1, 2 * BINS, length);
            network.denoise(x, x, Tensor.of(new float[] {(float) time}, 1), denoised);
            float[] answer = denoised.toArray();
            for (int t = first; t < Math.min(spectra, first + PIECE); t++) {
                for (int bin = 0; bin < BINS; bin++) {
                    int at = bin * length + t - from;
                    int other = at + BINS * length;
                    double re = (a * answer[at] - kept * piece[at]) * inverse;
                    double im = (a * answer[other] - kept * piece[other]) * inverse;
                    energy[t * BINS + bin] = re * re + im * im;
                }
            }
        }
    }

    /** Adds the mean over the spectra and frequencies that a cell covers, at least one of each. */
    private void add(double[] energy, int spectra, int rate, int rows, int columns, int measure, float[] squares) {
        for (int column = 0; column < columns; column++) {
            double start = column * CellGrid.STRIDE * LogMel.HOP_MILLISECONDS * RATE / 1000.0 / HOP;
            double span = CellGrid.STRIDE * LogMel.HOP_MILLISECONDS * RATE / 1000.0 / HOP;
            int from = Math.min(spectra - 1, (int) Math.round(start + 1));
            int to = Math.min(spectra, Math.max(from + 1, (int) Math.round(start + span + 1)));
            for (int row = 0; row < rows; row++) {
                int low = Math.min(BINS - 1, bin(row * CellGrid.STRIDE, rate));
                int high = Math.min(BINS, Math.max(low + 1, bin((row + 1) * CellGrid.STRIDE, rate)));
                double sum = 0;
                for (int t = from; t < to; t++) {
                    sum += Arrays.stream(energy, t * BINS + low, t * BINS + high)
                            .sum();
                }
                squares[(row * columns + column) * measures() + measure] +=
                        (float) (sum / ((to - from) * (high - low)));
            }
        }
    }

    private static int bin(int band, int rate) {
        return (int) Math.round(LogMel.frequency(band, rate) * SIZE / RATE);
    }
}
