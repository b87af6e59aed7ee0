package dev.unfog.core.media.audio;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.AudioLayout;
import javax.sound.sampled.SourceDataLine;

/** A loudspeaker that plays what it is given, in turn. For one thread. */
public final class Loudspeaker implements AutoCloseable {
    private final String name;
    private final SourceDataLine line;
    private final AudioLayout layout;
    private final int lineChannels;

    Loudspeaker(String name, SourceDataLine line, AudioLayout layout) {
        this.name = name;
        this.line = line;
        this.layout = layout;
        lineChannels = line.getFormat().getChannels();
        line.start();
    }

    /** Returns what the device is called. */
    public String name() {
        return name;
    }

    /** Returns how many frames it has been given and has not played yet. */
    public int queuedFrames() {
        return Math.max(0, line.getBufferSize() - line.available())
                / line.getFormat().getFrameSize();
    }

    /**
     * Gives it frames; waits while it has half a second's worth.
     *
     * @param planar {@code [channels][frames]}, full scale ±1; a single channel is played on all
     * @param frames how many
     * @throws UnfogException with {@link ErrorCode#DEVICE_UNAVAILABLE} if it takes none any more
     */
    public void write(float[][] planar, int frames) {
        SampleFormat format = SampleFormat.INT16;
        byte[] bytes = new byte[frames * lineChannels * format.bytes()];
        for (int frame = 0, at = 0; frame < frames; frame++) {
            for (int channel = 0; channel < lineChannels; channel++, at += format.bytes()) {
                format.encode(planar[Math.min(channel, layout.channels() - 1)][frame], 0, bytes, at);
            }
        }
        if (line.write(bytes, 0, bytes.length) < bytes.length) {
            throw new UnfogException(
                    ErrorCode.DEVICE_UNAVAILABLE,
                    "loudspeaker " + name,
                    "it plays nothing any more",
                    "see that it is plugged in, and start again");
        }
    }

    /** Plays silence. */
    public void writeSilence(int frames) {
        write(new float[layout.channels()][frames], frames);
    }

    @Override
    public void close() {
        line.stop();
        line.close();
    }
}
