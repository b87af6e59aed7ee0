package dev.unfog.api.media;

/**
 * A recording, read by block: three hours go through in flat memory.
 *
 * <p>Values are linear PCM with full scale at ±1; floating-point files may exceed it.
 *
 * @since 0.1.0
 */
public interface Audio extends Media {
    @Override
    default MediaKind kind() {
        return MediaKind.AUDIO;
    }

    /** {@return the shape of the recording} */
    AudioLayout layout();

    /**
     * Reads a block of frames.
     *
     * @param start the first frame, from 0
     * @param planar receives the values, {@code [channels][frames]}
     * @param frames how many frames to read, at most the length of each channel's array
     * @return how many frames were read; fewer only at the end, 0 at or after it
     */
    int read(long start, float[][] planar, int frames);
}
