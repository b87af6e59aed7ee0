package dev.unfog.core.media.audio;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of file that hold recordings, told by their first bytes. */
public enum AudioContainer {
    /** Microsoft's RIFF WAVE, and RF64 for more than 4 GB. */
    WAV(true, "wav", "wave"),
    /** Apple's interchange format. */
    AIFF(true, "aif", "aiff", "aifc"),
    /** Sun's and NeXT's. */
    AU(true, "au", "snd"),
    /** The free lossless codec. */
    FLAC(true, "flac"),
    /** Ogg, which holds Vorbis or something else. */
    OGG(false, "ogg", "oga"),
    /** MPEG layer 3. */
    MP3(false, "mp3"),
    /** What ffmpeg reads. */
    OTHER(false, "m4a", "aac", "opus", "wma", "webm", "mka", "mp4", "mkv", "mov", "ac3", "amr", "caf", "ape", "wv");

    private final boolean isWritable;
    private final List<String> extensions;

    AudioContainer(boolean isWritable, String... extensions) {
        this.isWritable = isWritable;
        this.extensions = List.of(extensions);
    }

    /** Returns whether results can be written so. */
    public boolean isWritable() {
        return isWritable;
    }

    /** Returns its file name extensions, in lower case, the usual one first. */
    public List<String> extensions() {
        return extensions;
    }

    /** Returns the container of a file name extension, if it is one of a recording. */
    public static Optional<AudioContainer> ofExtension(String extension) {
        return Arrays.stream(values())
                .filter(container -> container.extensions.contains(extension))
                .findFirst();
    }

    /** Returns the container whose files begin so, if there is one; never {@link #OTHER}. */
    static Optional<AudioContainer> ofContent(byte[] head) {
        if ((text(head, 0).equals("RIFF") || text(head, 0).equals("RF64"))
                && text(head, 8).equals("WAVE")) {
            return Optional.of(WAV);
        }
        if (text(head, 0).equals("FORM") && text(head, 8).startsWith("AIF")) {
            return Optional.of(AIFF);
        }
        return switch (text(head, 0)) {
            case ".snd" -> Optional.of(AU);
            case "fLaC" -> Optional.of(FLAC);
            case "OggS" -> Optional.of(OGG);
            default -> text(head, 0).startsWith("ID3") || isMpegFrame(head) ? Optional.of(MP3) : Optional.empty();
        };
    }

    private static String text(byte[] head, int at) {
        return head.length < at + 4 ? "" : new String(head, at, 4, StandardCharsets.ISO_8859_1);
    }

    /** Layer 3, a bit rate and a sample rate that there are: two bytes of sync alone begin many other files. */
    private static boolean isMpegFrame(byte[] head) {
        return head.length >= 4
                && (head[0] & 0xff) == 0xff
                && (head[1] & 0xe0) == 0xe0
                && (head[1] & 0x18) != 0x08
                && (head[1] & 0x06) == 0x02
                && (head[2] & 0xf0) != 0xf0
                && (head[2] & 0xf0) != 0
                && (head[2] & 0x0c) != 0x0c;
    }
}
