package dev.unfog.core.media.audio;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.media.AudioSink;
import dev.unfog.api.media.Media;
import dev.unfog.core.media.FileProblems;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.jspecify.annotations.Nullable;

/**
 * A recording on its way into a file: kept as WAV in the folder for temporary data until it is complete.
 *
 * <p>Values are stored as those of the recording that it is made from; 16-bit numbers where there is none. For one thread.
 */
public final class AudioResult implements AudioSink, AutoCloseable {
    /** The chunk of a WAV file that says how it was made, JSON in UTF-8. */
    static final String PROVENANCE_CHUNK = "unfg";

    /** The comment of a FLAC file that says the same. */
    static final String PROVENANCE_COMMENT = "UNFOG";

    private final AudioContainer container;
    private final Path scratch;
    private final WavWriter writer;
    private final RecordingTags tags;
    private final SampleFormat format;
    private long frames;

    /**
     * Begins a recording.
     *
     * @param target what the file will be called, for its extension
     * @param layout its shape
     * @param source what it is made from, if it is made from a recording
     * @param temporaryDirectory an existing folder
     * @throws UnfogException if files of this extension cannot be written
     */
    public AudioResult(Path target, AudioLayout layout, @Nullable Media source, Path temporaryDirectory) {
        String name = String.valueOf(target.getFileName());
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        container = AudioContainer.ofExtension(extension)
                .filter(AudioContainer::isWritable)
                .orElseThrow(() -> new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        target.toString(),
                        "sound cannot be written as ." + extension,
                        "let its name end in .wav, .flac, .aiff or .au"));
        SampleFormat wanted = SampleFormat.INT16;
        RecordingTags said = RecordingTags.NONE;
        if (source instanceof AudioFile file) {
            wanted = file.format();
            said = file.tags();
        }
        tags = said;
        boolean isTooWide = container == AudioContainer.FLAC && 8 * wanted.bytes() > FlacEncoder.MOST_BITS;
        if (container != AudioContainer.WAV && (wanted.kind() == SampleFormat.Kind.FLOAT || isTooWide)) {
            // Whole numbers alone are written into these.
            wanted = new SampleFormat(3, SampleFormat.Kind.SIGNED, false);
        }
        if (container == AudioContainer.FLAC && layout.channels() > FlacEncoder.MOST_CHANNELS) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    target.toString(),
                    "FLAC holds " + FlacEncoder.MOST_CHANNELS + " channels at most, and these are " + layout.channels(),
                    "let its name end in .wav");
        }
        format = wanted;
        scratch = temporaryDirectory.resolve("result-" + UUID.randomUUID() + ".wav");
        writer = new WavWriter(scratch, layout, format);
    }

    @Override
    public AudioLayout layout() {
        return writer.layout();
    }

    @Override
    public void write(float[][] planar, int count) {
        writer.write(planar, count);
        frames += count;
    }

    /**
     * Completes the recording and puts it into a file that does not exist yet.
     *
     * @param provenance how it was made, JSON; kept in WAV and FLAC files
     * @param file the file
     * @throws IOException if it cannot be written
     */
    public void finish(String provenance, Path file) throws IOException {
        List<WavChunk> chunks = TagFormats.chunks(tags);
        chunks.add(new WavChunk(PROVENANCE_CHUNK, provenance.getBytes(StandardCharsets.UTF_8)));
        writer.finish(chunks);
        if (container == AudioContainer.WAV) {
            Files.move(scratch, file);
            return;
        }
        if (container == AudioContainer.FLAC) {
            writeFlac(provenance, file);
            return;
        }
        AudioFileFormat.Type type =
                container == AudioContainer.AIFF ? AudioFileFormat.Type.AIFF : AudioFileFormat.Type.AU;
        int bits = 8 * format.bytes();
        AudioLayout layout = layout();
        boolean isSigned = format.kind() == SampleFormat.Kind.SIGNED;
        AudioFormat plain = new AudioFormat(layout.sampleRate(), bits, layout.channels(), isSigned, false);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(scratch), 1 << 16)) {
            in.skipNBytes(WavWriter.DATA_OFFSET);
            AudioSystem.write(new AudioInputStream(in, plain, frames), type, file.toFile());
            if (container == AudioContainer.AIFF) {
                TagFormats.addToAiff(file, tags);
            }
        } catch (IllegalArgumentException e) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    file.toString(),
                    "sound of this format cannot be written as " + container,
                    "let its name end in .wav",
                    e);
        }
    }

    private void writeFlac(String provenance, Path file) throws IOException {
        Map<String, List<String>> texts = new LinkedHashMap<>(tags.texts());
        texts.put(PROVENANCE_COMMENT, List.of(provenance));
        List<RecordingTags.FlacBlock> blocks = new ArrayList<>();
        blocks.add(new RecordingTags.FlacBlock(RecordingTags.FlacBlock.COMMENTS, TagFormats.comments(texts)));
        blocks.addAll(tags.blocks());
        int channels = layout().channels();
        int block = FlacEncoder.blockFrames();
        byte[] bytes = new byte[block * channels * format.bytes()];
        int[][] values = new int[channels][block];
        int zero = format.kind() == SampleFormat.Kind.UNSIGNED ? 128 : 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(scratch), 1 << 16);
                FileChannel out = FileChannel.open(
                        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            in.skipNBytes(WavWriter.DATA_OFFSET);
            FlacEncoder encoder = new FlacEncoder(out, layout(), 8 * format.bytes(), blocks);
            for (long done = 0; done < frames; done += block) {
                int count = (int) Math.min(block, frames - done);
                in.readNBytes(bytes, 0, count * channels * format.bytes());
                for (int frame = 0, at = 0; frame < count; frame++) {
                    for (int channel = 0; channel < channels; channel++) {
                        int value = 0;
                        for (int i = 0; i < format.bytes(); i++, at++) {
                            value |= (bytes[at] & 0xff) << 8 * i;
                        }
                        int unused = 32 - 8 * format.bytes();
                        values[channel][frame] = zero == 0 ? value << unused >> unused : value - zero;
                    }
                }
                encoder.encode(values, count);
            }
            encoder.finish();
        }
    }

    /** Gives scratch space back. */
    @Override
    public void close() {
        writer.close();
        try {
            Files.deleteIfExists(scratch);
        } catch (IOException e) {
            throw FileProblems.scratch(scratch, e);
        }
    }
}
