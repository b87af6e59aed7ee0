package dev.unfog.plugins.speech;

import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterType;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.LiveCleaner;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.score.ScoreNetwork;
import java.util.List;
import java.util.Set;
import org.pf4j.Extension;

/**
 * Takes noise out of speech while it is being spoken, with the network {@code speech} in one step.
 *
 * <p>Stateless; safe for use by many threads.
 */
@Extension
public final class LiveSpeechCleaner implements LiveCleaner {
    /** How much of what follows the network hears before it decides. */
    static final Parameter<Double> LOOK_AHEAD = new Parameter<>(
            "look-ahead",
            new ParameterType.Real(0, 500),
            64.0,
            "ms",
            "how much of what follows is heard before anything is decided: more cleans better and comes later");

    @Override
    public String summary() {
        return "takes noise out of speech while it is being spoken";
    }

    @Override
    public Set<MediaKind> accepts() {
        return Set.of(MediaKind.AUDIO);
    }

    @Override
    public List<Parameter<?>> parameters() {
        return List.of(
                SpeechCleaner.STRENGTH,
                SpeechCleaner.KEEP_NOISE,
                SpeechCleaner.SEPARATE_CHANNELS,
                SpeechCleaner.MUSIC,
                LOOK_AHEAD);
    }

    @Override
    public Stream open(AudioLayout layout, ParameterValues parameters, PluginContext context) {
        SpeechSettings settings = SpeechSettings.live(parameters, context.seed());
        ScoreNetwork network = context.openNetwork(SpeechCleaner.NETWORK);
        try {
            SpeechCleaner.requireSpeech(network.card());
            return new LiveSpeechStream(layout, settings, parameters.get(LOOK_AHEAD) / 1000, network);
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }
}
