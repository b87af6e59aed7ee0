package dev.unfog.api.media;

/**
 * Where a plugin writes a recording, from its first frame to its last.
 *
 * <p>The host encodes as it goes and moves the file into place once the plugin has returned. For one thread.
 *
 * @since 0.1.0
 */
public interface AudioSink {
    /** {@return the layout that was asked for} */
    AudioLayout layout();

    /**
     * Appends a block of frames.
     *
     * @param planar the values, {@code [channels][frames]}, full scale ±1; not kept
     * @param frames how many frames to append
     */
    void write(float[][] planar, int frames);
}
