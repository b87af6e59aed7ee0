package dev.unfog.core.media;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.media.AudioSink;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureSink;
import dev.unfog.api.media.Region;
import dev.unfog.core.media.audio.AudioContainer;
import dev.unfog.core.media.audio.AudioFile;
import dev.unfog.core.media.audio.AudioResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The results of one call of a plugin: kept in scratch files until {@link #commit}, then written beside their final place and moved
 * there in one step.
 *
 * <p>The main result becomes the target; any other picture {@code stem.NAME.png} beside it, any other
 * recording {@code stem.NAME.wav}, any other file of a plugin's own format {@code stem.NAME} with its extension. Metadata and colour profile of the
 * source go with the main result; its colour profile alone with other pictures whose channels are of the same kind. Closing without
 * a commit leaves nothing. Asking for results is safe from many threads; committing and closing are for one.
 */
public final class ResultFiles implements Outputs, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ResultFiles.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]+");
    private static final Pattern EXTENSION = Pattern.compile("[a-z0-9]+");
    private static final Pattern PART = Pattern.compile("\\..+\\.(" + OwnerProcess.MARK + ")-[0-9a-f]+\\.part");
    private static final int DEFAULT_JPEG_QUALITY = 95;

    private final Path target;
    private final @Nullable Media source;
    private final ResultOptions options;
    private final Path temporaryDirectory;
    private final Map<String, StoredPicture> pictures = new LinkedHashMap<>();
    private final Map<String, AudioResult> sounds = new LinkedHashMap<>();
    private final Map<String, OwnFile> ownFiles = new LinkedHashMap<>();
    private final Map<String, Object> notes = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();

    /**
     * Prepares to write results. Nothing is written yet, but what can be known to fail fails now.
     *
     * @param target where the main result goes; the extension says in which format
     * @param source what the results are made from, whose metadata they carry; not closed
     * @param options how to write
     * @param temporaryDirectory an existing folder for pixels on their way
     * @throws UnfogException if the target is the source, its folder cannot be written to, or it is a folder itself
     */
    public ResultFiles(Path target, @Nullable Media source, ResultOptions options, Path temporaryDirectory) {
        this.target = target;
        this.source = source;
        this.options = options;
        this.temporaryDirectory = temporaryDirectory;
        checkTarget();
    }

    /**
     * Returns the extension that a result made from a sample gets where nobody says otherwise: that of the sample if its format can
     * be written, or one that loses nothing.
     *
     * @param source an open sample
     * @return in lower case, without a dot
     */
    public static String defaultExtension(Media source) {
        if (source instanceof PictureFile picture && picture.format().isWritable()) {
            String extension = MediaFiles.extension(picture.file());
            return PictureFormat.ofExtension(extension).equals(Optional.of(picture.format()))
                    ? extension
                    : picture.format().name().toLowerCase(Locale.ROOT);
        }
        if (source instanceof AudioFile audio) {
            String extension = MediaFiles.extension(audio.file());
            return audio.container().isWritable()
                            && audio.container().extensions().contains(extension)
                    ? extension
                    : AudioContainer.WAV.extensions().get(0);
        }
        boolean isOwnKind =
                !List.of(MediaKind.PICTURE, MediaKind.AUDIO, MediaKind.ROWS).contains(source.kind());
        String own = MediaFiles.extension(Path.of(source.name()));
        return isOwnKind && !own.isEmpty() ? own : "png";
    }

    private void checkTarget() {
        Path folder = folder();
        if (Files.isDirectory(target)) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    target.toString(),
                    "it is a folder",
                    "name a file, or a folder that ends in a slash");
        }
        Path existing = folder;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    target.toString(),
                    "the folder for it cannot be written to",
                    "choose a folder that you may write to");
        }
        boolean isInput = source instanceof PictureFile picture && isSame(picture.file())
                || source instanceof AudioFile audio && isSame(audio.file());
        if (isInput && !options.overwrite()) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    target.toString(),
                    "it is the input itself",
                    "choose another name or folder, or allow it to be overwritten");
        }
    }

    private boolean isSame(Path input) {
        try {
            return Files.exists(target) && Files.isSameFile(target, input);
        } catch (IOException e) {
            return target.toAbsolutePath()
                    .normalize()
                    .equals(input.toAbsolutePath().normalize());
        }
    }

    private Path folder() {
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE, target.toString(), "it is no file name", "name a file");
        }
        return folder;
    }

    private void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "A result's name is made of letters, digits and hyphens, not '" + name + "'");
        }
        if (pictures.containsKey(name) || sounds.containsKey(name) || ownFiles.containsKey(name)) {
            throw new IllegalArgumentException("There is already a result '" + name + "'");
        }
    }

    @Override
    public synchronized PictureSink picture(String name, PictureLayout layout) {
        checkName(name);
        PictureFormat format = format(name);
        checkLayout(name, format, layout);
        PixelStore pixels = PixelStore.create(temporaryDirectory, layout);
        StoredPicture picture = new StoredPicture(pixels, format);
        pictures.put(name, picture);
        return picture;
    }

    private PictureFormat format(String name) {
        if (!name.equals(MAIN)) {
            return PictureFormat.PNG;
        }
        String extension = MediaFiles.extension(target);
        return PictureFormat.ofExtension(extension)
                .filter(PictureFormat::isWritable)
                .orElseThrow(() -> new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        target.toString(),
                        extension.isEmpty()
                                ? "its name does not say which format to write"
                                : "pictures cannot be written as ." + extension,
                        "let its name end in .png, .jpg or .tif"));
    }

    private void checkLayout(String name, PictureFormat format, PictureLayout layout) {
        if (format != PictureFormat.JPEG) {
            return;
        }
        if (layout.alpha()) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    path(name).toString(),
                    "a JPEG cannot hold opacity",
                    "let its name end in .png or .tif");
        }
        if (layout.width() > JpegEncoder.LONGEST_SIDE || layout.height() > JpegEncoder.LONGEST_SIDE) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    path(name).toString(),
                    "a JPEG cannot be " + layout.width() + "x" + layout.height() + " pixels large",
                    "let its name end in .png or .tif");
        }
    }

    @Override
    public synchronized AudioSink audio(String name, AudioLayout layout) {
        checkName(name);
        AudioResult sound = new AudioResult(soundPath(name), layout, source, temporaryDirectory);
        sounds.put(name, sound);
        return sound;
    }

    private Path soundPath(String name) {
        return name.equals(MAIN) ? target : beside(name, "wav");
    }

    @Override
    public synchronized Path file(String name, String extension) {
        checkName(name);
        if (!EXTENSION.matcher(extension).matches()) {
            throw new IllegalArgumentException("A file name extension is made of letters and digits, in lower case");
        }
        if (name.equals(MAIN) && !MediaFiles.extension(target).equals(extension)) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    target.toString(),
                    "the plugin writes ." + extension + " files",
                    "let its name end in ." + extension);
        }
        Path scratch = temporaryDirectory.resolve("own-" + name + "." + extension);
        ownFiles.put(name, new OwnFile(scratch, name.equals(MAIN) ? target : beside(name, extension)));
        return scratch;
    }

    @Override
    public synchronized void note(String name, Object value) {
        notes.put(name, value);
    }

    /** Returns what was noted so far, in order. */
    public synchronized Map<String, Object> notes() {
        return new LinkedHashMap<>(notes);
    }

    /** Returns what had to be left out of the files, each as a clause; complete after {@link #commit}. */
    public synchronized List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Returns whether there is a main result. */
    public synchronized boolean hasMain() {
        return pictures.containsKey(MAIN) || sounds.containsKey(MAIN) || ownFiles.containsKey(MAIN);
    }

    /**
     * Writes all results, each into its place in one step.
     *
     * @param provenance how they were made; the notes are added to it under {@code notes}
     * @return the files, the main one first
     * @throws UnfogException if the disk is full or a file cannot be written; then none of them is there
     */
    public List<Path> commit(Map<String, ?> provenance) {
        return commit(provenance, (file, json) -> {});
    }

    /**
     * Writes all results, each into its place in one step.
     *
     * @param provenance as above
     * @param ownFormats writes the provenance, as JSON, into a file that the plugin wrote itself
     * @return the files, the main one first
     * @throws UnfogException if a result is missing or cannot be written; no result is left then
     */
    public synchronized List<Path> commit(Map<String, ?> provenance, BiConsumer<Path, String> ownFormats) {
        String json = json(provenance);
        Map<Path, Path> written = new LinkedHashMap<>();
        try {
            Files.createDirectories(folder());
            for (Map.Entry<String, StoredPicture> entry : inOrder()) {
                Path file = path(entry.getKey());
                Path part = partOf(file);
                written.put(part, file);
                encode(entry.getKey(), entry.getValue(), json, part);
            }
            for (Map.Entry<String, AudioResult> entry : sounds.entrySet()) {
                Path file = soundPath(entry.getKey());
                Path part = partOf(file);
                written.put(part, file);
                entry.getValue().finish(json, part);
            }
            for (Map.Entry<String, OwnFile> entry : ownFiles.entrySet()) {
                OwnFile own = entry.getValue();
                if (!Files.isRegularFile(own.scratch())) {
                    throw new UnfogException(
                            ErrorCode.PLUGIN_BROKEN,
                            target.toString(),
                            "the plugin did not write its result '" + entry.getKey() + "'",
                            "update the plugin, or name another one with --plugin");
                }
                ownFormats.accept(own.scratch(), json);
                Path part = partOf(own.target());
                written.put(part, own.target());
                Files.copy(own.scratch(), part);
            }
            for (Map.Entry<Path, Path> entry : written.entrySet()) {
                move(entry.getKey(), entry.getValue());
            }
            List<Path> files = new ArrayList<>(written.values());
            files.sort((a, b) -> Boolean.compare(b.equals(target), a.equals(target)));
            return List.copyOf(files);
        } catch (IOException e) {
            throw FileProblems.writing(target, e);
        } finally {
            written.keySet().forEach(ResultFiles::deleteQuietly);
        }
    }

    private static Path partOf(Path file) {
        String random = Long.toHexString(ThreadLocalRandom.current().nextLong());
        return file.resolveSibling("." + file.getFileName() + "." + OwnerProcess.mark() + "-" + random + ".part");
    }

    /** Deletes what killed processes left half-written in a folder, which need not exist; not in the folders in it. */
    public static void sweep(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(ResultFiles::isLeftBehind).forEach(ResultFiles::deleteQuietly);
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{}: what is half-written in it cannot be swept: {}", folder, e.toString());
        }
    }

    private static boolean isLeftBehind(Path file) {
        Matcher part = PART.matcher(file.getFileName().toString());
        return part.matches() && OwnerProcess.isDead(part.group(1));
    }

    private List<Map.Entry<String, StoredPicture>> inOrder() {
        List<Map.Entry<String, StoredPicture>> entries = new ArrayList<>(pictures.entrySet());
        entries.sort(
                (a, b) -> Boolean.compare(b.getKey().equals(MAIN), a.getKey().equals(MAIN)));
        return entries;
    }

    private String json(Map<String, ?> provenance) {
        Map<String, Object> all = new LinkedHashMap<>(provenance);
        if (!notes.isEmpty()) {
            all.put("notes", notes);
        }
        try {
            return JSON.writeValueAsString(all);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Provenance is made of texts, numbers, booleans, lists and maps", e);
        }
    }

    private void encode(String name, StoredPicture picture, String json, Path part) throws IOException {
        PictureEncoder encoder =
                switch (picture.format) {
                    case JPEG -> new JpegEncoder(compression());
                    case TIFF -> new TiffEncoder();
                    default -> new PngEncoder();
                };
        PictureMetadata metadata = metadata(name, picture.layout());
        if (picture.format != PictureFormat.PNG && metadata.needsPngForColours()) {
            warn(name, "its colours may look different: what the input says of them can be kept in a PNG only");
        }
        try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            encoder.encode(picture.pixels, metadata, json, out, warning -> warn(name, warning));
        }
    }

    private void warn(String name, String warning) {
        warnings.add(warning);
        LOG.warn("{}: {}", path(name), warning);
    }

    private JpegCompression compression() {
        if (options.jpegQuality().isPresent()) {
            return JpegCompression.ofQuality(options.jpegQuality().getAsInt());
        }
        JpegCompression kept = source instanceof PictureFile picture ? picture.jpeg() : null;
        return kept != null ? kept : JpegCompression.ofQuality(DEFAULT_JPEG_QUALITY);
    }

    private PictureMetadata metadata(String name, PictureLayout layout) {
        if (!(source instanceof PictureFile picture)) {
            return PictureMetadata.NONE;
        }
        PictureMetadata all = picture.metadata();
        boolean sameColours = layout.color() == picture.layout().color();
        if (name.equals(MAIN)) {
            return sameColours ? all : all.withoutColour();
        }
        return sameColours ? all.colourOnly() : PictureMetadata.NONE;
    }

    private Path path(String name) {
        if (name.equals(MAIN)) {
            return target;
        }
        return beside(name, "png");
    }

    private Path beside(String name, String extension) {
        String file = String.valueOf(target.getFileName());
        int dot = file.lastIndexOf('.');
        String stem = dot <= 0 ? file : file.substring(0, dot);
        return target.resolveSibling(stem + "." + name + "." + extension);
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void deleteQuietly(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            LOG.warn("{}: it could not be deleted: {}", part, e.toString());
        }
    }

    /** Gives scratch space back; what was not committed is lost. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        pictures.values().forEach(picture -> picture.pixels.close());
        sounds.values().forEach(AudioResult::close);
        ownFiles.values().forEach(own -> deleteQuietly(own.scratch()));
    }

    /** A result in a format of the plugin's own: where the plugin writes it, and what it becomes. */
    private record OwnFile(Path scratch, Path target) {}

    /** A result on its way. */
    private static final class StoredPicture implements PictureSink {
        private final PixelStore pixels;
        private final PictureFormat format;

        StoredPicture(PixelStore pixels, PictureFormat format) {
            this.pixels = pixels;
            this.format = format;
        }

        @Override
        public PictureLayout layout() {
            return pixels.layout();
        }

        @Override
        public void write(Region region, float[] planar) {
            pixels.write(region, planar);
        }
    }
}
