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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

    private final AudioContainer container;
    private final Path scratch;
    private final WavWriter writer;
    private final List<WavChunk> chunks = new ArrayList<>();
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
                        "let its name end in .wav, .aiff or .au"));
        SampleFormat wanted = SampleFormat.INT16;
        if (source instanceof AudioFile file) {
            wanted = file.format();
            chunks.addAll(file.chunks());
        }
        if (container != AudioContainer.WAV && wanted.kind() == SampleFormat.Kind.FLOAT) {
            // Java Sound writes whole numbers alone into these.
            wanted = new SampleFormat(3, SampleFormat.Kind.SIGNED, false);
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
     * @param provenance how it was made, JSON; kept in WAV files
     * @param file the file
     * @throws IOException if it cannot be written
     */
    public void finish(String provenance, Path file) throws IOException {
        chunks.add(new WavChunk(PROVENANCE_CHUNK, provenance.getBytes(StandardCharsets.UTF_8)));
        writer.finish(chunks);
        if (container == AudioContainer.WAV) {
            Files.move(scratch, file);
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
        } catch (IllegalArgumentException e) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    file.toString(),
                    "sound of this format cannot be written as " + container,
                    "let its name end in .wav",
                    e);
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
