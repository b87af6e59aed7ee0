package dev.unfog.core.media.audio;

import com.github.trilarion.sound.vorbis.sampled.spi.VorbisAudioFileReader;
import com.github.trilarion.sound.vorbis.sampled.spi.VorbisFormatConversionProvider;
import dev.unfog.api.UnfogException;
import dev.unfog.core.media.FileProblems;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioFormat.Encoding;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/** Decodes what Java Sound knows, AIFF, AU and telephone codes, and Ogg Vorbis with the provider for it. */
final class JavaSoundReader {
    private static final int BLOCK = 1 << 15;
    /** How many milliseconds a provider may give nothing: that of Vorbis decodes on a thread of its own. */
    private static final int MOST_IDLE = 20_000;

    private static final int VORBIS_PADDING = 4096;

    private JavaSoundReader() {}

    /**
     * Decodes a file.
     *
     * @throws UnsupportedAudioFileException if Java Sound does not know what is in it
     */
    static AudioFile open(Path file, AudioContainer container, Path temporaryDirectory)
            throws IOException, UnsupportedAudioFileException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
                AudioInputStream encoded = stream(in, container);
                AudioInputStream plain = plain(encoded, container);
                FrameScratch scratch = new FrameScratch(temporaryDirectory)) {
            AudioFormat format = plain.getFormat();
            SampleFormat values = values(format);
            List<String> warnings = new ArrayList<>();
            byte[] bytes = new byte[Math.max(1, BLOCK / format.getFrameSize()) * format.getFrameSize()];
            try {
                int idle = 0;
                for (int read = plain.read(bytes); read >= 0 && idle < MOST_IDLE; read = plain.read(bytes)) {
                    scratch.write(bytes, read);
                    idle = read == 0 ? idle + 1 : 0;
                    if (read == 0) {
                        LockSupport.parkNanos(1_000_000);
                    }
                }
            } catch (IOException | RuntimeException e) {
                // Providers throw whatever damaged data leads them to.
                warnings.add("it is damaged or cut short: its sound ends early");
            }
            StoredFrames frames =
                    scratch.frames(file, Math.round(format.getSampleRate()), format.getChannels(), values);
            if (warnings.isEmpty() && frames.layout().frames() < encoded.getFrameLength()) {
                warnings.add("it is cut short: its header promises more sound than there is");
            }
            return new AudioFile(file, container, values, frames, tags(file, container), warnings);
        } catch (RuntimeException e) {
            if (e instanceof UnfogException) {
                throw e;
            }
            throw FileProblems.damaged(file, "its header cannot be read", e);
        }
    }

    private static RecordingTags tags(Path file, AudioContainer container) throws IOException {
        return switch (container) {
            case OGG -> TagFormats.ofVorbis(file);
            case AIFF -> TagFormats.ofAiff(file);
            default -> RecordingTags.NONE;
        };
    }

    private static AudioInputStream stream(InputStream in, AudioContainer container)
            throws IOException, UnsupportedAudioFileException {
        if (container != AudioContainer.OGG) {
            return AudioSystem.getAudioInputStream(in);
        }
        // The provider drops the block that it holds when the file ends, all of a short one: what follows here is no
        // page of Ogg.
        InputStream padded = new SequenceInputStream(in, new ByteArrayInputStream(new byte[VORBIS_PADDING]));
        return new VorbisAudioFileReader().getAudioInputStream(new BufferedInputStream(padded, 1 << 16));
    }

    private static AudioInputStream plain(AudioInputStream encoded, AudioContainer container) {
        AudioFormat format = encoded.getFormat();
        if (isPlain(format.getEncoding())) {
            return encoded;
        }
        AudioFormat plain = new AudioFormat(format.getSampleRate(), 16, format.getChannels(), true, false);
        return container == AudioContainer.OGG
                ? new VorbisFormatConversionProvider().getAudioInputStream(plain, encoded)
                : AudioSystem.getAudioInputStream(plain, encoded);
    }

    private static boolean isPlain(Encoding encoding) {
        return encoding.equals(Encoding.PCM_SIGNED)
                || encoding.equals(Encoding.PCM_UNSIGNED)
                || encoding.equals(Encoding.PCM_FLOAT);
    }

    private static SampleFormat values(AudioFormat format) {
        SampleFormat.Kind kind = format.getEncoding().equals(Encoding.PCM_FLOAT)
                ? SampleFormat.Kind.FLOAT
                : format.getEncoding().equals(Encoding.PCM_UNSIGNED)
                        ? SampleFormat.Kind.UNSIGNED
                        : SampleFormat.Kind.SIGNED;
        return new SampleFormat((format.getSampleSizeInBits() + 7) / 8, kind, format.isBigEndian());
    }
}
