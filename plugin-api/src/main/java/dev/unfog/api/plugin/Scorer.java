package dev.unfog.api.plugin;

import dev.unfog.api.media.Media;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.param.ParameterValues;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Says how far samples lie from what is normal, how sure that is, and where: {@code unfog score}.
 *
 * @since 0.1.0
 */
public interface Scorer extends Operation {
    /**
     * Opens a model that a {@link Fitter} of the same plugin wrote.
     *
     * @param model the file
     * @param parameters values for {@link #parameters()}
     * @param context what the host offers until the session is closed
     * @return the opened model, which the host closes
     * @throws dev.unfog.api.UnfogException if the file is not such a model or is damaged
     */
    Session open(Path model, ParameterValues parameters, PluginContext context);

    /**
     * An opened model. Calls from several threads are allowed.
     *
     * @since 0.1.0
     */
    interface Session extends AutoCloseable {
        /**
         * Scores the samples of one medium: a picture or a recording is one sample, a table holds one a row.
         *
         * @param input what to score; the host closes it
         * @param scores receives one score per sample, in order
         * @param outputs where maps and reports go
         */
        void score(Media input, Consumer<Score> scores, Outputs outputs);

        @Override
        void close();
    }

    /**
     * How far one sample lies from what is normal. A row that cannot be read keeps its place: both numbers are NaN then, and the detail
     * {@code error} says why.
     *
     * @param value the score: larger is further
     * @param pValue the chance that a normal sample scores at least this much, in (0, 1]
     * @param details further facts by name: {@code level}, the noise level that spoke; {@code columns} or {@code regions}, lists of texts
     *     that say where
     * @since 0.1.0
     */
    record Score(double value, double pValue, Map<String, Object> details) {}
}
