package dev.unfog.api.plugin;

import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.param.ParameterValues;

/**
 * Cleans sound while it is being recorded: {@code unfog live}.
 *
 * @since 0.1.0
 */
public interface LiveCleaner extends Operation {
    /**
     * Opens a stream.
     *
     * @param layout the shape of the sound; its number of frames is -1
     * @param parameters values for {@link #parameters()}
     * @param context what the host offers until the stream is closed
     * @return the stream, which the host closes
     */
    Stream open(AudioLayout layout, ParameterValues parameters, PluginContext context);

    /**
     * A stream of sound, block in, block out; for one thread.
     *
     * @since 0.1.0
     */
    interface Stream extends AutoCloseable {
        /** {@return how many frames a block holds} */
        int blockFrames();

        /** {@return by how many frames the output lags behind the input} */
        int latencyFrames();

        /**
         * Cleans one block in place.
         *
         * @param planar the block, {@code [channels][blockFrames]}, full scale ±1; overwritten with the cleaned sound of
         *     {@link #latencyFrames()} ago
         */
        void process(float[][] planar);

        @Override
        void close();
    }
}
