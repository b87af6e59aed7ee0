package dev.unfog.api.media;

/**
 * The shape of a recording.
 *
 * @param sampleRate frames per second, in Hz
 * @param channels how many channels, at least 1
 * @param frames how many frames (one value per channel each), or -1 where the end is not known
 * @since 0.1.0
 */
public record AudioLayout(int sampleRate, int channels, long frames) {
    /**
     * Requires a positive rate and at least one channel.
     *
     * @param sampleRate frames per second, in Hz
     * @param channels how many channels, at least 1
     * @param frames how many frames (one value per channel each), or -1 where the end is not known
     */
    public AudioLayout {
        if (sampleRate < 1 || channels < 1 || frames < -1) {
            throw new IllegalArgumentException(
                    "Not a recording: " + sampleRate + " Hz, " + channels + " channels, " + frames + " frames");
        }
    }
}
