package dev.unfog.core.media.audio;

import java.util.Arrays;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.Control;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineListener;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.SourceDataLine;
import javax.sound.sampled.TargetDataLine;

/**
 * A sound card that is none: its microphone hears a given sound, its loudspeaker keeps what it plays.
 *
 * <p>Both go by one clock: the time of the day, or, so that tests are fast and the same every time, one that goes on as the
 * microphone is read.
 */
public final class LoopbackMixer implements Mixer, AutoCloseable {
    private final Info info;
    private final int sampleRate;
    private final short[] heard;
    private final boolean isPaced;
    private final Microphone microphone = new Microphone();
    private final Loudspeaker loudspeaker = new Loudspeaker();
    private long began;
    private long readFrames;

    /** A name and nothing else. */
    private static final class Name extends Info {
        Name(String name) {
            super(name, "Unfog", "plays back what it is given", "1");
        }
    }

    /**
     * Makes a card and tells Java Sound of it.
     *
     * @param name what it is called
     * @param sampleRate the only rate that it does, with one channel of 16 bits
     * @param heard what its microphone hears, then nothing more, as if it were unplugged
     * @param isPaced whether it goes by the time of the day
     */
    public LoopbackMixer(String name, int sampleRate, float[] heard, boolean isPaced) {
        info = new Name(name);
        this.sampleRate = sampleRate;
        this.heard = new short[heard.length];
        for (int i = 0; i < heard.length; i++) {
            this.heard[i] = (short) Math.round(Math.max(-32768, Math.min(32767, 32768 * heard[i])));
        }
        this.isPaced = isPaced;
        LoopbackMixerProvider.add(this);
    }

    /** Returns what was played up to now, silence included. */
    public float[] played() {
        float[] sound = new float[loudspeaker.bytes / 2];
        for (int i = 0; i < sound.length; i++) {
            sound[i] = ((loudspeaker.data[2 * i] & 0xff) | loudspeaker.data[2 * i + 1] << 8) / 32768f;
        }
        return sound;
    }

    /** Takes the card out. */
    @Override
    public void close() {
        LoopbackMixerProvider.remove(this);
    }

    private long now() {
        return isPaced ? (System.nanoTime() - began) * sampleRate / 1_000_000_000L : readFrames;
    }

    /** What both lines have. */
    private abstract class Base implements DataLine {
        private boolean open;
        private boolean running;
        int bufferBytes;

        /** As both kinds of line declare it, and the next. */
        public void open(AudioFormat wanted, int bytes) throws LineUnavailableException {
            if (open) {
                throw new LineUnavailableException("it is in use");
            }
            open = true;
            bufferBytes = bytes;
        }

        public void open(AudioFormat wanted) throws LineUnavailableException {
            open(wanted, sampleRate);
        }

        @Override
        public void start() {
            running = true;
            if (began == 0) {
                began = System.nanoTime();
            }
        }

        @Override
        public void stop() {
            running = false;
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public boolean isActive() {
            return running;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }

        @Override
        public AudioFormat getFormat() {
            return format();
        }

        @Override
        public int getBufferSize() {
            return bufferBytes;
        }

        @Override
        public void drain() {}

        @Override
        public void flush() {}

        @Override
        public int getFramePosition() {
            return (int) now();
        }

        @Override
        public long getLongFramePosition() {
            return now();
        }

        @Override
        public long getMicrosecondPosition() {
            return now() * 1_000_000 / sampleRate;
        }

        @Override
        public float getLevel() {
            return -1;
        }

        @Override
        public void open() throws LineUnavailableException {
            open(format());
        }

        @Override
        public Control[] getControls() {
            return new Control[0];
        }

        @Override
        public boolean isControlSupported(Control.Type type) {
            return false;
        }

        @Override
        public Control getControl(Control.Type type) {
            throw new IllegalArgumentException("no controls");
        }

        @Override
        public void addLineListener(LineListener listener) {}

        @Override
        public void removeLineListener(LineListener listener) {}
    }

    private AudioFormat format() {
        return new AudioFormat(sampleRate, 16, 1, true, false);
    }

    private final class Microphone extends Base implements TargetDataLine {
        @Override
        public Line.Info getLineInfo() {
            return new DataLine.Info(TargetDataLine.class, format());
        }

        @Override
        public int available() {
            long end = isPaced ? Math.min(heard.length, now()) : heard.length;
            return (int) Math.max(0, Math.min(getBufferSize(), 2 * (end - readFrames)));
        }

        @Override
        public int read(byte[] bytes, int from, int length) {
            int frames = Math.min(length, available()) / 2;
            for (int i = 0; i < frames; i++) {
                short value = heard[(int) readFrames++];
                bytes[from + 2 * i] = (byte) value;
                bytes[from + 2 * i + 1] = (byte) (value >> 8);
            }
            return 2 * frames;
        }
    }

    private final class Loudspeaker extends Base implements SourceDataLine {
        private byte[] data = new byte[1 << 16];
        private int bytes;
        private long queueEnd;

        @Override
        public Line.Info getLineInfo() {
            return new DataLine.Info(SourceDataLine.class, format());
        }

        @Override
        public int available() {
            return (int) (bufferBytes - 2 * Math.max(0, queueEnd - now()));
        }

        @Override
        public int write(byte[] from, int offset, int length) {
            if (bytes + length > data.length) {
                data = Arrays.copyOf(data, Math.max(2 * data.length, bytes + length));
            }
            System.arraycopy(from, offset, data, bytes, length);
            bytes += length;
            queueEnd = Math.max(queueEnd, now()) + length / 2;
            return length;
        }
    }

    @Override
    public Info getMixerInfo() {
        return info;
    }

    @Override
    public Line.Info[] getSourceLineInfo() {
        return new Line.Info[] {loudspeaker.getLineInfo()};
    }

    @Override
    public Line.Info[] getTargetLineInfo() {
        return new Line.Info[] {microphone.getLineInfo()};
    }

    @Override
    public Line.Info[] getSourceLineInfo(Line.Info wanted) {
        return wanted.getLineClass() == SourceDataLine.class ? getSourceLineInfo() : new Line.Info[0];
    }

    @Override
    public Line.Info[] getTargetLineInfo(Line.Info wanted) {
        return wanted.getLineClass() == TargetDataLine.class ? getTargetLineInfo() : new Line.Info[0];
    }

    @Override
    public boolean isLineSupported(Line.Info wanted) {
        return wanted instanceof DataLine.Info line
                && (line.getLineClass() == TargetDataLine.class || line.getLineClass() == SourceDataLine.class)
                && line.getFormats()[0].matches(format());
    }

    @Override
    public Line getLine(Line.Info wanted) {
        return wanted.getLineClass() == TargetDataLine.class ? microphone : loudspeaker;
    }

    @Override
    public int getMaxLines(Line.Info wanted) {
        return 1;
    }

    @Override
    public Line[] getSourceLines() {
        return new Line[0];
    }

    @Override
    public Line[] getTargetLines() {
        return new Line[0];
    }

    @Override
    public void synchronize(Line[] lines, boolean maintainSync) {
        throw new IllegalArgumentException("cannot");
    }

    @Override
    public void unsynchronize(Line[] lines) {}

    @Override
    public boolean isSynchronizationSupported(Line[] lines, boolean maintainSync) {
        return false;
    }

    @Override
    public Line.Info getLineInfo() {
        return new Line.Info(Mixer.class);
    }

    @Override
    public void open() {}

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public Control[] getControls() {
        return new Control[0];
    }

    @Override
    public boolean isControlSupported(Control.Type type) {
        return false;
    }

    @Override
    public Control getControl(Control.Type type) {
        throw new IllegalArgumentException("no controls");
    }

    @Override
    public void addLineListener(LineListener listener) {}

    @Override
    public void removeLineListener(LineListener listener) {}
}
