package dev.unfog.core.media.audio;

import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.media.AudioSink;
import dev.unfog.core.media.FileProblems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes a WAV file from the first frame to the last; its lengths are filled in at the end, as RF64 where they need more than 32
 * bits.
 *
 * <p>Where values of at most 16 bits are made, noise with a triangular distribution of ±1 step is added before rounding, so that
 * what is lost is heard as a faint steady hiss, not as distortion (Lipshitz, Wannamaker, Vanderkooy 1992, "Quantization and
 * Dither"). It is the same every time. For one thread.
 */
final class WavWriter implements AudioSink, AutoCloseable {
    private static final int BLOCK_FRAMES = 8192;
    private static final int LONG_SIZES = 28;
    private static final int FORMAT_BYTES = 40;
    /** Where the sound begins, in bytes. */
    static final int DATA_OFFSET = 12 + 8 + LONG_SIZES + 8 + FORMAT_BYTES + 8;

    private static final long LARGEST_SHORT = 0xffffffffL - 1024;

    private final Path file;
    private final AudioLayout layout;
    private final SampleFormat format;
    private final FileChannel channel;
    private final SplittableRandom dither = new SplittableRandom(0);
    private final ByteBuffer block;
    private long frames;

    WavWriter(Path file, AudioLayout layout, SampleFormat source) {
        this.file = file;
        this.layout = layout;
        SampleFormat.Kind kind = source.kind() == SampleFormat.Kind.FLOAT
                ? SampleFormat.Kind.FLOAT
                : source.bytes() == 1 ? SampleFormat.Kind.UNSIGNED : SampleFormat.Kind.SIGNED;
        format = new SampleFormat(kind == SampleFormat.Kind.FLOAT ? 4 : source.bytes(), kind, false);
        int frameBytes = layout.channels() * format.bytes();
        block = ByteBuffer.allocate(BLOCK_FRAMES * frameBytes);
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            channel.position(DATA_OFFSET);
        } catch (IOException e) {
            throw FileProblems.scratch(file, e);
        }
    }

    @Override
    public AudioLayout layout() {
        return layout;
    }

    @Override
    public void write(float[][] planar, int count) {
        boolean dithers = format.wantsDither();
        for (int done = 0; done < count; ) {
            int part = Math.min(BLOCK_FRAMES, count - done);
            int at = 0;
            for (int frame = done; frame < done + part; frame++) {
                for (int c = 0; c < layout.channels(); c++, at += format.bytes()) {
                    float value = planar[c][frame];
                    // Digital silence stays silent.
                    double noise = dithers && value != 0 ? dither.nextDouble() - dither.nextDouble() : 0;
                    format.encode(value, noise, block.array(), at);
                }
            }
            try {
                block.position(0).limit(at);
                while (block.hasRemaining()) {
                    channel.write(block);
                }
            } catch (IOException e) {
                throw FileProblems.scratch(file, e);
            }
            done += part;
        }
        frames += count;
    }

    /**
     * Completes the file.
     *
     * @param chunks to be written after the sound
     */
    void finish(List<WavChunk> chunks) throws IOException {
        long dataBytes = frames * layout.channels() * format.bytes();
        if ((dataBytes & 1) == 1) {
            writeFully(ByteBuffer.allocate(1));
        }
        for (WavChunk chunk : chunks) {
            ByteBuffer bytes = little(8 + chunk.content().length + (chunk.content().length & 1));
            bytes.put(chunk.id().getBytes(StandardCharsets.ISO_8859_1));
            bytes.putInt(chunk.content().length).put(chunk.content());
            writeFully(bytes.rewind());
        }
        long riffBytes = channel.position() - 8;
        boolean isLong = riffBytes > LARGEST_SHORT;
        ByteBuffer head = little(DATA_OFFSET);
        head.put(bytes(isLong ? "RF64" : "RIFF")).putInt(isLong ? -1 : (int) riffBytes);
        head.put(bytes("WAVE"));
        head.put(bytes(isLong ? "ds64" : "JUNK")).putInt(LONG_SIZES);
        if (isLong) {
            head.putLong(riffBytes).putLong(dataBytes).putLong(frames).putInt(0);
        } else {
            head.position(head.position() + LONG_SIZES);
        }
        format(head);
        head.put(bytes("data")).putInt(isLong ? -1 : (int) dataBytes);
        channel.position(0);
        writeFully(head.rewind());
        channel.close();
    }

    private void format(ByteBuffer head) {
        int frameBytes = layout.channels() * format.bytes();
        int codec = format.kind() == SampleFormat.Kind.FLOAT ? 3 : 1;
        boolean isExtensible = layout.channels() > 2 || format.bytes() > 2;
        head.put(bytes("fmt ")).putInt(FORMAT_BYTES);
        head.putShort((short) (isExtensible ? 0xfffe : codec)).putShort((short) layout.channels());
        head.putInt(layout.sampleRate())
                .putInt((int) Math.min(Integer.MAX_VALUE, (long) layout.sampleRate() * frameBytes));
        head.putShort((short) frameBytes).putShort((short) (8 * format.bytes()));
        head.putShort((short) 22).putShort((short) (8 * format.bytes())).putInt(0);
        // The rest of the identifier of plain values in an extensible header.
        head.putShort((short) codec).putShort((short) 0).putShort((short) 0).putShort((short) 0x10);
        head.put(new byte[] {(byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38, (byte) 0x9b, 0x71});
    }

    private static byte[] bytes(String id) {
        return id.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static ByteBuffer little(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void writeFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw FileProblems.scratch(file, e);
        }
    }
}
