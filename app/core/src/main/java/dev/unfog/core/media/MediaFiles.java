package dev.unfog.core.media;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Codec;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.core.media.audio.AudioCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Opens media files, by what is in them and then by what they are called.
 *
 * <p>The host's own codecs are asked first, then those of plugins. Safe for use by many threads.
 */
public final class MediaFiles {
    /** The most pixels that a picture may have unless another limit is set. */
    public static final long DEFAULT_PIXEL_LIMIT = 1_000_000_000L;

    private static final int HEAD_BYTES = 64;

    private final List<BuiltInCodec> builtIn;
    private final List<Codec> added;

    /** Opens what the host knows by itself. */
    public MediaFiles() {
        this(List.of());
    }

    /**
     * Opens what the host knows by itself, and what plugins add.
     *
     * @param codecs of plugins
     */
    public MediaFiles(List<Codec> codecs) {
        this(codecs, DEFAULT_PIXEL_LIMIT);
    }

    /**
     * Opens what the host knows by itself, and what plugins add.
     *
     * @param codecs of plugins
     * @param pixelLimit the most pixels that a picture may have
     */
    public MediaFiles(List<Codec> codecs, long pixelLimit) {
        this.builtIn = List.of(new PictureCodec(new PixelLimit(pixelLimit)), new TableCodec(), new AudioCodec());
        this.added = List.copyOf(codecs);
    }

    /**
     * Opens a file.
     *
     * @param file the file
     * @param temporaryDirectory an existing folder for decoded data; it must outlive the result
     * @return the sample, which the caller closes
     * @throws UnfogException if there is no such file, it is damaged, too large, or of a kind that nothing here handles
     */
    public Media open(Path file, Path temporaryDirectory) {
        byte[] head = head(file);
        return codec(file, head)
                .orElseThrow(() -> FileProblems.unsupported(
                        file,
                        "nothing here reads a file of this kind",
                        "convert it to one of: " + String.join(", ", extensions())))
                .open(file, temporaryDirectory);
    }

    /**
     * Returns what kind of media a file holds, without decoding it; empty where nothing here reads it.
     *
     * @throws UnfogException if there is no such file, it is empty, or it cannot be read
     */
    public Optional<MediaKind> kindOf(Path file) {
        return codec(file, head(file)).map(Codec::kind);
    }

    /** Returns the file name extensions of all that can be read, in lower case, without a dot, sorted. */
    public Set<String> extensions() {
        Set<String> extensions = new TreeSet<>();
        builtIn.forEach(codec -> extensions.addAll(codec.extensions()));
        added.forEach(codec -> extensions.addAll(codec.extensions()));
        return extensions;
    }

    /**
     * Writes into a file of a plugin's format how it was made, if the plugin does so.
     *
     * @param file written by a plugin
     * @param provenance a JSON object
     */
    public void addProvenance(Path file, String provenance) {
        added.stream()
                .filter(codec -> codec.extensions().contains(extension(file)))
                .findFirst()
                .ifPresent(codec -> codec.addProvenance(file, provenance));
    }

    private Optional<Codec> codec(Path file, byte[] head) {
        for (BuiltInCodec codec : builtIn) {
            if (codec.recognises(head)) {
                return Optional.of(codec);
            }
        }
        String extension = extension(file);
        for (Codec codec : added) {
            if (codec.extensions().contains(extension)) {
                return Optional.of(codec);
            }
        }
        for (BuiltInCodec codec : builtIn) {
            if (codec.extensions().contains(extension)) {
                return Optional.of(codec);
            }
        }
        return Optional.empty();
    }

    private static byte[] head(Path file) {
        if (Files.isDirectory(file)) {
            throw FileProblems.unsupported(file, "it is a folder", "name the files in it");
        }
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(HEAD_BYTES);
        } catch (IOException e) {
            throw Files.exists(file)
                    ? FileProblems.reading(file, e)
                    : FileProblems.reading(file, new NoSuchFileException(file.toString()));
        }
        if (head.length == 0) {
            throw new UnfogException(
                    ErrorCode.UNREADABLE_MEDIA, file.toString(), "it is empty", "copy it again from its source");
        }
        return head;
    }

    /** Returns a file name's extension in lower case, without the dot; empty if it has none. */
    static String extension(Path file) {
        Path name = file.getFileName();
        String text = name == null ? "" : name.toString();
        int dot = text.lastIndexOf('.');
        return dot <= 0 ? "" : text.substring(dot + 1).toLowerCase(Locale.ROOT);
    }
}
