package dev.unfog.api.plugin;

import dev.unfog.api.param.ParameterValues;
import java.nio.file.Path;

/**
 * Learns what is normal: {@code unfog fit}.
 *
 * @since 0.1.0
 */
public interface Fitter extends Operation {
    /**
     * Learns from normal samples and writes a model that a {@link Scorer} of the same plugin reads.
     *
     * @param normals the samples
     * @param model the file to write; the host moves it into place once this returns normally
     * @param parameters values for {@link #parameters()}
     * @param context what the host offers during this call
     * @throws dev.unfog.api.UnfogException if the samples do not suffice, or the work was cancelled
     */
    void fit(Samples normals, Path model, ParameterValues parameters, PluginContext context);
}
