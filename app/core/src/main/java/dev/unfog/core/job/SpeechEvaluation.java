package dev.unfog.core.job;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Audio;
import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.media.AudioSink;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureSink;
import dev.unfog.api.media.Region;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.core.measure.ScaleInvariantRatio;
import dev.unfog.core.measure.ShortTimeIntelligibility;
import dev.unfog.core.onnx.SpeechQuality;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Measures how well a plugin cleans speech: has it clean noisy recordings as {@code unfog clean} would, and compares what comes out
 * with the clean ones.
 *
 * <p>Protocol: nothing is rounded between the plugin and the measures; the two recordings of a pair are compared over the length of
 * the shorter; of more than one channel each is measured, and the mean taken. DNSMOS is for recordings at 16 kHz. For one thread.
 */
public final class SpeechEvaluation implements AutoCloseable {
    private static final int QUALITY_RATE = 16000;

    private final Unfog unfog;
    private final PluginExtension<Cleaner> cleaner;
    private final ParameterValues parameters;
    private final RunSettings settings;
    private final @Nullable SpeechQuality quality;

    /**
     * What was measured of one pair.
     *
     * @param file its name
     * @param figures by name, in a fixed order: those ending in {@code _in} are of the noisy recording; NaN where one has no meaning
     * @param networkId the network that cleaned it; empty if none did
     * @param networkSha256 the SHA-256 of that network's file; empty if none did
     */
    public record Measurement(String file, Map<String, Double> figures, String networkId, String networkSha256) {}

    /**
     * Creates an evaluation.
     *
     * @param unfog the host
     * @param cleaner what is to be measured
     * @param parameters the user's texts by parameter name
     * @param settings how the plugin is run
     * @param dnsmos the file of the DNSMOS network, if it is to be asked
     * @throws UnfogException if a parameter is wrong or the file is no such network
     */
    public SpeechEvaluation(
            Unfog unfog,
            PluginExtension<Cleaner> cleaner,
            Map<String, String> parameters,
            RunSettings settings,
            Optional<Path> dnsmos) {
        this.unfog = unfog;
        this.cleaner = cleaner;
        this.parameters =
                ParameterValues.parse(cleaner.<List<Parameter<?>>>call(called -> called.parameters()), parameters);
        this.settings = settings;
        quality = dnsmos.map(SpeechQuality::new).orElse(null);
    }

    /**
     * Measures one pair.
     *
     * @param clean the clean recording
     * @param noisy the noisy recording of the same, aligned
     * @param progress told how far the plugin is
     * @param cancellation asked whether to go on
     */
    public Measurement measure(Path clean, Path noisy, Progress progress, Cancellation cancellation) {
        try (TemporaryFolder temporary = TemporaryFolder.create();
                Media cleanMedia = unfog.open(clean, temporary.path());
                Media noisyMedia = unfog.open(noisy, temporary.path())) {
            float[][] reference = read(clean, cleanMedia);
            float[][] input = read(noisy, noisyMedia);
            AudioLayout layout = ((Audio) noisyMedia).layout();
            if (((Audio) cleanMedia).layout().sampleRate() != layout.sampleRate() || reference.length != input.length) {
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        noisy.toString(),
                        "its sample rate or number of channels is not that of the clean recording",
                        "give pairs of the same kind");
            }
            SoundOutputs outputs = new SoundOutputs();
            CallContext context = new CallContext(
                    unfog, cleaner.pluginId(), settings, progress, cancellation, temporary.subfolder("plugin"));
            long began = System.nanoTime();
            cleaner.run(called -> called.clean(noisyMedia, outputs, parameters, context));
            double seconds = (System.nanoTime() - began) / 1e9;
            cancellation.throwIfCancelled();
            Map<String, Double> figures = compare(reference, input, outputs.main(cleaner), layout.sampleRate());
            figures.put("rtf", seconds * layout.sampleRate() / input[0].length);
            Optional<CallContext.UsedNetwork> network =
                    context.networks().stream().findFirst();
            return new Measurement(
                    noisyMedia.name(),
                    figures,
                    network.map(CallContext.UsedNetwork::id).orElse(""),
                    network.map(CallContext.UsedNetwork::sha256).orElse(""));
        }
    }

    private static float[][] read(Path file, Media media) {
        if (!(media instanceof Audio audio)) {
            throw new UnfogException(
                    ErrorCode.UNSUPPORTED_MEDIA,
                    file.toString(),
                    "it is no recording but of kind " + media.kind(),
                    "name folders of recordings");
        }
        int frames = Math.toIntExact(audio.layout().frames());
        float[][] sound = new float[audio.layout().channels()][frames];
        audio.read(0, sound, frames);
        return sound;
    }

    private interface Figure {
        double of(float[] reference, float[] sound);
    }

    private Map<String, Double> compare(float[][] reference, float[][] input, float[][] output, int sampleRate) {
        Map<String, Figure> figures = new LinkedHashMap<>();
        figures.put("si_sdr", ScaleInvariantRatio::decibels);
        figures.put("stoi", (clean, sound) -> ShortTimeIntelligibility.stoi(clean, sound, sampleRate));
        figures.put("estoi", (clean, sound) -> ShortTimeIntelligibility.estoi(clean, sound, sampleRate));
        int frames = Math.min(reference[0].length, Math.min(input[0].length, output[0].length));
        Map<String, Double> results = new LinkedHashMap<>();
        figures.forEach((name, figure) -> {
            results.put(name + "_in", mean(reference, input, frames, figure));
            results.put(name, mean(reference, output, frames, figure));
        });
        if (quality != null) {
            SpeechQuality.Opinion before = opinion(quality, input, sampleRate);
            SpeechQuality.Opinion after = opinion(quality, output, sampleRate);
            results.put("sig_in", before.signal());
            results.put("sig", after.signal());
            results.put("bak_in", before.background());
            results.put("bak", after.background());
            results.put("ovrl_in", before.overall());
            results.put("ovrl", after.overall());
        }
        return results;
    }

    private static double mean(float[][] reference, float[][] sound, int frames, Figure figure) {
        double sum = 0;
        for (int channel = 0; channel < reference.length; channel++) {
            sum += figure.of(Arrays.copyOf(reference[channel], frames), Arrays.copyOf(sound[channel], frames));
        }
        return sum / reference.length;
    }

    private static SpeechQuality.Opinion opinion(SpeechQuality quality, float[][] sound, int sampleRate) {
        if (sampleRate != QUALITY_RATE) {
            return new SpeechQuality.Opinion(Double.NaN, Double.NaN, Double.NaN);
        }
        double[] sums = new double[3];
        for (float[] channel : sound) {
            SpeechQuality.Opinion opinion = quality.opinion(channel);
            sums[0] += opinion.signal() / sound.length;
            sums[1] += opinion.background() / sound.length;
            sums[2] += opinion.overall() / sound.length;
        }
        return new SpeechQuality.Opinion(sums[0], sums[1], sums[2]);
    }

    @Override
    public void close() {
        if (quality != null) {
            quality.close();
        }
    }

    /** Keeps the main recording in memory. */
    private static final class SoundOutputs implements Outputs {
        private float @Nullable [][] sound;

        @Override
        public PictureSink picture(String name, PictureLayout layout) {
            if (name.equals(MAIN)) {
                throw new UnfogException(
                        ErrorCode.PLUGIN_BROKEN,
                        name,
                        "the plugin answers sound with a picture",
                        "update the plugin, or name another one with --plugin");
            }
            return new PictureSink() {
                @Override
                public PictureLayout layout() {
                    return layout;
                }

                @Override
                public void write(Region region, float[] planar) {
                    // A figure beside the sound is not measured.
                }
            };
        }

        @Override
        public AudioSink audio(String name, AudioLayout layout) {
            float[][] target = new float[layout.channels()][Math.toIntExact(layout.frames())];
            if (name.equals(MAIN)) {
                sound = target;
            }
            return new AudioSink() {
                private int written;

                @Override
                public AudioLayout layout() {
                    return layout;
                }

                @Override
                public void write(float[][] planar, int frames) {
                    for (int channel = 0; channel < target.length; channel++) {
                        System.arraycopy(planar[channel], 0, target[channel], written, frames);
                    }
                    written += frames;
                }
            };
        }

        @Override
        public Path file(String name, String extension) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    name,
                    "the plugin answers sound with a file of its own format",
                    "update the plugin, or name another one with --plugin");
        }

        @Override
        public void note(String name, Object value) {
            // An evaluation has no provenance file.
        }

        float[][] main(PluginExtension<Cleaner> cleaner) {
            if (sound == null) {
                throw new UnfogException(
                        ErrorCode.PLUGIN_BROKEN,
                        "plugin " + cleaner.pluginId(),
                        "it returned no result",
                        "update the plugin, or name another one with --plugin");
            }
            return sound;
        }
    }
}
