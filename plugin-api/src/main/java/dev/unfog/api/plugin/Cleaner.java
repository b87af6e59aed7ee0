package dev.unfog.api.plugin;

import dev.unfog.api.media.Media;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.param.ParameterValues;

/**
 * Cleans a sample: {@code unfog clean}.
 *
 * @since 0.1.0
 */
public interface Cleaner extends Operation {
    /**
     * Cleans one sample.
     *
     * @param input what to clean, of a kind that {@link #accepts()} names; the host closes it
     * @param outputs where the results go; the one named {@link Outputs#MAIN} is required
     * @param parameters values for {@link #parameters()}
     * @param context what the host offers during this call
     * @throws dev.unfog.api.UnfogException if the sample or a parameter cannot be handled, or the work was cancelled
     */
    void clean(Media input, Outputs outputs, ParameterValues parameters, PluginContext context);
}
