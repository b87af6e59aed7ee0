package dev.unfog.core.media.audio;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.AudioLayout;
import javax.sound.sampled.TargetDataLine;

/** A microphone that records. For one thread. */
public final class Microphone implements AutoCloseable {
    private static final long PATIENCE_NANOS = 3_000_000_000L;
    private static final long PAUSE_MILLISECONDS = 2;

    private final String name;
    private final TargetDataLine line;
    private final AudioLayout layout;

    Microphone(String name, TargetDataLine line, AudioLayout layout) {
        this.name = name;
        this.line = line;
        this.layout = layout;
    }

    /** Returns what the device is called. */
    public String name() {
        return name;
    }

    /** Returns the shape of what it records; the number of frames is -1. */
    public AudioLayout layout() {
        return layout;
    }

    /**
     * Waits for frames.
     *
     * @param planar receives them, {@code [channels][frames]}, full scale ±1
     * @param frames how many
     * @throws UnfogException with {@link ErrorCode#DEVICE_UNAVAILABLE} if the device delivers nothing any more, as one that was
     *     unplugged
     */
    public void read(float[][] planar, int frames) {
        SampleFormat format = SampleFormat.INT16;
        int frameBytes = layout.channels() * format.bytes();
        byte[] bytes = new byte[frames * frameBytes];
        int done = 0;
        long progress = System.nanoTime();
        while (done < bytes.length) {
            int ready = Math.min(line.available() / frameBytes * frameBytes, bytes.length - done);
            int read = ready > 0 ? line.read(bytes, done, ready) : 0;
            if (read > 0) {
                done += read;
                progress = System.nanoTime();
            } else if (!line.isOpen() || System.nanoTime() - progress > PATIENCE_NANOS) {
                throw gone();
            } else {
                pause();
            }
        }
        for (int frame = 0, at = 0; frame < frames; frame++) {
            for (int channel = 0; channel < layout.channels(); channel++, at += format.bytes()) {
                planar[channel][frame] = format.decode(bytes, at);
            }
        }
    }

    private UnfogException gone() {
        return new UnfogException(
                ErrorCode.DEVICE_UNAVAILABLE,
                "microphone " + name,
                "it delivers nothing any more",
                "see that it is plugged in, and start again");
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnfogException(
                    ErrorCode.CANCELLED, "microphone " + name, "the work was interrupted", "start it again", e);
        }
    }

    @Override
    public void close() {
        line.stop();
        line.close();
    }
}
