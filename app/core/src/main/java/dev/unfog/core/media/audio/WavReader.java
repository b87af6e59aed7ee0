package dev.unfog.core.media.audio;

import dev.unfog.api.media.AudioLayout;
import dev.unfog.core.media.FileProblems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads WAV files where they lie: whole numbers of 8 to 32 bits, floats, extensible headers, RF64.
 *
 * <p>A file that ends before its header says so is read as far as it goes; so is one whose recorder never wrote the length.
 * Microsoft and IBM 1991, "Multimedia Programming Interface and Data Specifications 1.0"; EBU Tech 3306 for RF64.
 */
final class WavReader {
    private static final int PCM = 1;
    private static final int FLOAT = 3;
    private static final int EXTENSIBLE = 0xfffe;
    private static final long UNKNOWN = 0xffffffffL;
    /** Chunks that go with a result: texts, broadcast data, marks, and tags as of MP3. */
    private static final Set<String> KEPT = Set.of("LIST", "bext", "iXML", "cue ", "id3 ", "ID3 ");

    private static final int LARGEST_KEPT = 1 << 20;

    private final Path file;
    private final FileChannel channel;
    private final long size;
    private final List<WavChunk> kept = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private int codec;
    private int channels;
    private int sampleRate;
    private int blockBytes;
    private int bits;
    private long dataOffset = -1;
    private long dataBytes;
    private long longDataBytes = -1;

    private WavReader(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        size = channel.size();
    }

    /**
     * Opens a file.
     *
     * @return the recording, or nothing where its values are compressed, so that another reader has to do it
     */
    static Optional<AudioFile> open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            WavReader reader = new WavReader(file, channel);
            reader.parse();
            return reader.recording();
        }
    }

    private ByteBuffer bytes(long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {
            // Reads on; what is missing at the end of the file stays out.
        }
        return buffer.flip();
    }

    private void parse() throws IOException {
        long riffBytes = bytes(4, 4).getInt() & UNKNOWN;
        long at = 12;
        while (at + 8 <= size) {
            ByteBuffer head = bytes(at, 8);
            byte[] name = new byte[4];
            head.get(name);
            String id = new String(name, StandardCharsets.ISO_8859_1);
            long length = head.getInt() & UNKNOWN;
            at += 8;
            switch (id) {
                case "ds64" ->
                    longDataBytes =
                            bytes(at, 16).remaining() < 16 ? -1 : bytes(at, 16).getLong(8);
                case "fmt " -> format(bytes(at, (int) Math.min(length, 40)));
                case "data" -> length = data(at, length, riffBytes);
                default -> {
                    if (KEPT.contains(id) && length <= LARGEST_KEPT && at + length <= size) {
                        byte[] content = new byte[(int) length];
                        bytes(at, content.length).get(content);
                        kept.add(new WavChunk(id, content));
                    }
                }
            }
            at += length + (length & 1);
        }
    }

    private void format(ByteBuffer format) {
        if (format.remaining() < 16) {
            throw FileProblems.damaged(file, "its header ends before it says what the sound is");
        }
        codec = format.getShort() & 0xffff;
        channels = format.getShort() & 0xffff;
        sampleRate = format.getInt();
        format.getInt();
        blockBytes = format.getShort() & 0xffff;
        bits = format.getShort() & 0xffff;
        if (codec == EXTENSIBLE && format.remaining() >= 24) {
            codec = format.getShort(24) & 0xffff;
        }
    }

    /** Notes where the sound lies and returns how long it is. */
    private long data(long at, long declared, long riffBytes) {
        long available = size - at;
        long length = declared;
        if (declared == UNKNOWN && longDataBytes >= 0) {
            length = longDataBytes;
        } else if (declared == UNKNOWN || declared == 0 && riffBytes <= at - 8) {
            // The recorder was stopped before it wrote the length.
            length = available;
        }
        if (length > available) {
            warnings.add("it is cut short: its header promises more sound than there is");
            length = available;
        }
        if (dataOffset < 0) {
            dataOffset = at;
            dataBytes = length;
        }
        return length;
    }

    private Optional<AudioFile> recording() throws IOException {
        if (blockBytes == 0 && channels == 0) {
            throw FileProblems.damaged(file, "its header does not say what the sound is");
        }
        boolean isPlain = codec == PCM && bits >= 1 && bits <= 32 || codec == FLOAT && (bits == 32 || bits == 64);
        if (!isPlain) {
            return Optional.empty();
        }
        int bytes = (bits + 7) / 8;
        if (channels == 0 || sampleRate < 1 || blockBytes != channels * bytes) {
            throw FileProblems.damaged(
                    file,
                    "its header contradicts itself: " + channels + " channels of " + bits + " bits in " + blockBytes
                            + " bytes at " + sampleRate + " Hz");
        }
        if (dataOffset < 0 || dataBytes < blockBytes) {
            throw FileProblems.damaged(file, "it has a header but no sound");
        }
        SampleFormat.Kind kind = codec == FLOAT
                ? SampleFormat.Kind.FLOAT
                : bytes == 1 ? SampleFormat.Kind.UNSIGNED : SampleFormat.Kind.SIGNED;
        SampleFormat format = new SampleFormat(bytes, kind, false);
        AudioLayout layout = new AudioLayout(sampleRate, channels, dataBytes / blockBytes);
        return Optional.of(new AudioFile(
                file,
                AudioContainer.WAV,
                format,
                new StoredFrames(file, dataOffset, layout, format, false),
                TagFormats.ofWav(kept),
                warnings));
    }
}
