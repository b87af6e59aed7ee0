package dev.unfog.plugins.speech;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Audio;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterType;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.sde.Samplers;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.pf4j.Extension;

/**
 * Takes noise and echo out of recordings of speech, whatever their rate, number of channels and length.
 *
 * <p>In one step the network {@code speech} gives the mean of all that may have been said; in more, what may have been said is drawn
 * and its loudness averaged, or one draw is the answer.
 * Stateless; safe for use by many threads.
 */
@Extension
public final class SpeechCleaner implements Cleaner {
    /** How often the network is asked. */
    static final Parameter<Long> STEPS = new Parameter<>(
            "steps",
            new ParameterType.Whole(1, 30),
            1L,
            "",
            "1 gives the mean of what may have been said; more draw what may have been said and keep more of its detail, and take "
                    + "as many times as long");

    /** What is made of the steps. */
    static final Parameter<String> SAMPLER = new Parameter<>(
            "sampler",
            new ParameterType.Choice(Stream.concat(Stream.of(MagnitudeAverage.NAME), Samplers.names().stream())
                    .toList()),
            MagnitudeAverage.NAME,
            "",
            "magnitude-average draws twice, with opposite noise, and averages how loud each frequency is; the others draw once, rougher: heun "
                    + "and dpm-solver with nothing random on the way");

    /** How much of the noise is taken away. */
    static final Parameter<Double> STRENGTH = new Parameter<>(
            "strength", new ParameterType.Real(0, 1), 1.0, "", "how much of the noise to take away: 0 none, 1 all");

    /** How loud the noise stays. */
    static final Parameter<Double> KEEP_NOISE = new Parameter<>(
            "keep-noise",
            new ParameterType.Real(-80, 0),
            null,
            "dB",
            "leave the noise in at this level below what it was, such as -20; nothing is left where not given");

    /** Whether each channel is judged alone. */
    static final Parameter<Boolean> SEPARATE_CHANNELS = new Parameter<>(
            "separate-channels",
            new ParameterType.Flag(),
            false,
            "",
            "clean each channel by itself, for channels that hold different voices; otherwise all together, so that "
                    + "everything stays where it is heard");

    /** The choice of {@link #MUSIC} that leaves it. */
    static final String KEEP = "keep";

    /** What becomes of music. */
    static final Parameter<String> MUSIC = new Parameter<>(
            "music",
            new ParameterType.Choice(List.of("clean", KEEP)),
            "clean",
            "",
            "keep leaves tones that are held for half a second as they are, music's, and hum and whistles with them; drums "
                    + "and breath are taken for noise all the same");

    /** Whether to draw a figure. */
    static final Parameter<Boolean> SPECTROGRAM = new Parameter<>(
            "spectrogram",
            new ParameterType.Flag(),
            false,
            "",
            "also write the output spectrogram: before and after in one figure, beside the result as NAME.spectrogram.png");

    /** The name of the network. */
    static final String NETWORK = "speech";

    @Override
    public String summary() {
        return "takes noise out of recordings of speech";
    }

    @Override
    public Set<MediaKind> accepts() {
        return Set.of(MediaKind.AUDIO);
    }

    @Override
    public List<Parameter<?>> parameters() {
        return List.of(STRENGTH, KEEP_NOISE, STEPS, SAMPLER, SEPARATE_CHANNELS, MUSIC, SPECTROGRAM);
    }

    @Override
    public void clean(Media input, Outputs outputs, ParameterValues parameters, PluginContext context) {
        if (!(input instanceof Audio audio)) {
            throw new UnfogException(
                    ErrorCode.UNSUPPORTED_MEDIA, input.name(), "it is not a recording", "give a file with sound");
        }
        SpeechSettings settings = SpeechSettings.of(parameters, context.seed());
        try (ScoreNetwork network = context.openNetwork(NETWORK)) {
            requireSpeech(network.card());
            new SpeechCleaning(audio, settings, network, context).run(outputs, parameters.get(SPECTROGRAM));
        }
    }

    static void requireSpeech(NetworkCard card) {
        if (card.conditioning() != NetworkCard.Conditioning.OBSERVATION
                || card.channels() != 2 * CompressedSpectrogram.BINS
                || card.sampleRate() != ShortTimeFourierTransform.SAMPLE_RATE) {
            throw new UnfogException(
                    ErrorCode.CONTRACT_BROKEN,
                    card.id(),
                    "it is not a network for the spectrum of speech",
                    "give a network for 16000 Hz with 512 channels and the inputs x, y and time");
        }
    }
}
