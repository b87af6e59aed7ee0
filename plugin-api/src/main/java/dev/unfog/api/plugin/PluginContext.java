package dev.unfog.api.plugin;

import dev.unfog.api.Cancellation;
import dev.unfog.api.Progress;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.train.ScoreTraining;
import java.nio.file.Path;

/**
 * What the host hands to a plugin for the length of one call: networks, progress, cancellation and room to work in.
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1.0
 */
public interface PluginContext {
    /**
     * Opens a score network.
     *
     * @param id the network's name; the user's {@code --model} takes its place, then come the installed networks of that name, then
     *     those that the plugin brings
     * @return the network, which the caller closes
     * @throws dev.unfog.api.UnfogException if there is none, it is damaged, or it does not satisfy the contract
     */
    ScoreNetwork openNetwork(String id);

    /**
     * Opens a score network that is part of something else, such as a model that a {@link Fitter} wrote.
     *
     * @param network an ONNX file that carries its card within, as {@link ScoreTraining} writes it; it may be deleted once the
     *     network is open
     * @return the network, which the caller closes
     * @throws dev.unfog.api.UnfogException if the file is damaged or does not satisfy the contract
     */
    ScoreNetwork openNetwork(Path network);

    /**
     * {@return the service that trains score networks}
     *
     * @throws dev.unfog.api.UnfogException with {@link dev.unfog.api.ErrorCode#PLUGIN_NOT_FOUND} if it is not installed, since a
     *     distribution may lack it
     */
    ScoreTraining training();

    /**
     * Opens a media file that a parameter names.
     *
     * @param file as the user wrote it
     * @param kind the kind that it must be of
     * @return the sample, which the caller closes
     * @throws dev.unfog.api.UnfogException if it cannot be read or is of another kind
     */
    Media openMedia(Path file, MediaKind kind);

    /** {@return where to say how far the work has come} */
    Progress progress();

    /** {@return whether the user still wants the result} */
    Cancellation cancellation();

    /** {@return the seed of all randomness in this call; the same seed gives the same result} */
    long seed();

    /** {@return an empty folder for this call's own use, which the host deletes afterwards} */
    Path temporaryDirectory();
}
