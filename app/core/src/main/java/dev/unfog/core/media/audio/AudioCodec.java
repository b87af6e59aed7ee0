package dev.unfog.core.media.audio;

import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Audio;
import dev.unfog.api.media.MediaKind;
import dev.unfog.core.media.BuiltInCodec;
import dev.unfog.core.media.FileProblems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens recordings. Safe for use by many threads. */
public final class AudioCodec implements BuiltInCodec {
    private static final Logger LOG = LoggerFactory.getLogger(AudioCodec.class);
    private static final int MOST_CHANNELS = 256;
    private static final int HIGHEST_RATE = 768_000;
    private static final int LOWEST_RATE = 100;

    /** Creates the codec. */
    public AudioCodec() {}

    @Override
    public MediaKind kind() {
        return MediaKind.AUDIO;
    }

    @Override
    public Set<String> extensions() {
        Set<String> extensions = new TreeSet<>();
        Arrays.stream(AudioContainer.values()).forEach(container -> extensions.addAll(container.extensions()));
        return extensions;
    }

    @Override
    public boolean recognises(byte[] head) {
        return AudioContainer.ofContent(head).isPresent();
    }

    @Override
    public Audio open(Path file, Path temporaryDirectory) {
        AudioContainer container = container(file);
        AudioFile audio;
        try {
            audio = decode(file, container, temporaryDirectory);
        } catch (IOException e) {
            throw FileProblems.reading(file, e);
        }
        try {
            check(file, audio);
        } catch (UnfogException e) {
            audio.close();
            throw e;
        }
        audio.warnings().forEach(warning -> LOG.warn("{}: {}", file, warning));
        return audio;
    }

    private static AudioContainer container(Path file) {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(64);
        } catch (IOException e) {
            throw FileProblems.reading(file, e);
        }
        Optional<AudioContainer> found = AudioContainer.ofContent(head);
        if (found.isPresent()) {
            return found.get();
        }
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        AudioContainer named = AudioContainer.ofExtension(name.substring(name.lastIndexOf('.') + 1))
                .orElse(AudioContainer.OTHER);
        // An MP3 may begin with anything; of the others the first bytes are known.
        if (named != AudioContainer.OTHER && named != AudioContainer.MP3) {
            throw FileProblems.damaged(file, "it is not the " + named + " file that its name says");
        }
        return named;
    }

    private static AudioFile decode(Path file, AudioContainer container, Path temporaryDirectory) throws IOException {
        try {
            switch (container) {
                case WAV -> {
                    Optional<AudioFile> plain = WavReader.open(file);
                    return plain.isPresent() ? plain.get() : JavaSoundReader.open(file, container, temporaryDirectory);
                }
                case AIFF, AU, OGG -> {
                    return JavaSoundReader.open(file, container, temporaryDirectory);
                }
                case FLAC -> {
                    return FlacReader.open(file, temporaryDirectory);
                }
                case MP3 -> {
                    return MpegReader.open(file, temporaryDirectory);
                }
                default -> {
                    return withFfmpeg(file, container, temporaryDirectory);
                }
            }
        } catch (UnsupportedAudioFileException e) {
            return withFfmpeg(file, container, temporaryDirectory);
        }
    }

    private static AudioFile withFfmpeg(Path file, AudioContainer container, Path temporaryDirectory)
            throws IOException {
        Path program = FfmpegReader.program()
                .orElseThrow(() -> FileProblems.unsupported(
                        file, "the codec in it is not supported", "convert it to WAV or FLAC, or install ffmpeg"));
        return FfmpegReader.open(program, file, container, temporaryDirectory);
    }

    private static void check(Path file, AudioFile audio) {
        int rate = audio.layout().sampleRate();
        int channels = audio.layout().channels();
        if (rate < LOWEST_RATE || rate > HIGHEST_RATE) {
            throw FileProblems.unsupported(
                    file,
                    "its sample rate of " + rate + " Hz is not between " + LOWEST_RATE + " and " + HIGHEST_RATE,
                    "convert it to 48000 Hz");
        }
        if (channels > MOST_CHANNELS) {
            throw FileProblems.tooLarge(
                    file,
                    "it has " + channels + " channels, more than " + MOST_CHANNELS,
                    "split it into several files");
        }
    }
}
