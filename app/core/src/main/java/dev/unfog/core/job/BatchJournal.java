package dev.unfog.core.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a batch has done, kept beside its results so that a killed one can go on: {@code .unfog-journal}, one JSON object a line.
 *
 * <p>Lines are only ever added, each forced to the disk once its results are in place; a line that a kill has cut short counts for
 * nothing. Safe for use by many threads.
 */
public final class BatchJournal implements AutoCloseable {
    /** The name of the file. */
    public static final String NAME = ".unfog-journal";

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Path file;
    private final FileChannel channel;

    /**
     * One file that was done, or is to be done anew.
     *
     * @param place the file's path in the folder that was cleaned, with slashes; where it was named itself, its name
     * @param source what the file was; null if what was done before no longer counts
     * @param settings a digest of all that decides what the result is, but for the networks
     * @param networks the SHA-256 of each network that was opened, by what the plugin asked for
     * @param results the sizes in bytes of the results, by their path beside the journal, with slashes
     */
    record Entry(
            String place,
            @Nullable Version source,
            String settings,
            Map<String, String> networks,
            Map<String, Long> results) {
        Entry {
            Objects.requireNonNull(place);
            Objects.requireNonNull(settings);
            networks = Map.copyOf(networks);
            results = Map.copyOf(results);
        }

        /** Says that what was done of a file before no longer counts. */
        static Entry undone(String place) {
            return new Entry(place, null, "", Map.of(), Map.of());
        }
    }

    /**
     * Which of the successive contents of a file is meant.
     *
     * @param size in bytes
     * @param modified when it was changed last, as ISO 8601
     */
    record Version(long size, String modified) {
        static Version of(Path file) throws IOException {
            return new Version(Files.size(file), Files.getLastModifiedTime(file).toString());
        }
    }

    private BatchJournal(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Reads what was done.
     *
     * @param folder where the results are; need not exist
     * @return the last word on each file, by its place
     */
    static Map<String, Entry> read(Path folder) {
        Path file = folder.resolve(NAME);
        Map<String, Entry> entries = new LinkedHashMap<>();
        if (!Files.exists(file)) {
            return entries;
        }
        try {
            // Decoded leniently: a kill may have cut the last line within a letter.
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            text.lines().forEach(line -> read(line, entries));
        } catch (IOException e) {
            throw unusable(file, e);
        }
        return entries;
    }

    private static void read(String line, Map<String, Entry> entries) {
        try {
            Entry entry = JSON.readValue(line, Entry.class);
            if (entry == null) {
                return;
            }
            if (entry.source() == null) {
                entries.remove(entry.place());
            } else {
                entries.put(entry.place(), entry);
            }
        } catch (JsonProcessingException e) {
            // A kill has cut it short, so its file is done again.
        }
    }

    /**
     * Opens the journal of a folder for what will be done, making both if need be.
     *
     * @param folder where the results are
     * @param undone the places of those files that are about to be done anew
     * @throws UnfogException with {@link ErrorCode#OUTPUT_NOT_WRITABLE}
     */
    static BatchJournal open(Path folder, Collection<String> undone) {
        Path file = folder.resolve(NAME);
        Map<String, Entry> entries = read(folder);
        boolean isAllUndone = undone.containsAll(entries.keySet());
        FileChannel channel = null;
        try {
            Files.createDirectories(folder);
            boolean isCut = endsWithinALine(file);
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            BatchJournal journal = new BatchJournal(file, channel);
            StringBuilder text = new StringBuilder();
            if (isAllUndone) {
                channel.truncate(0);
            } else {
                text.append(isCut ? "\n" : "");
                undone.stream().filter(entries::containsKey).forEach(place -> text.append(line(Entry.undone(place))));
            }
            journal.append(text);
            return journal;
        } catch (IOException e) {
            closeQuietly(channel);
            throw unusable(file, e);
        }
    }

    private static boolean endsWithinALine(Path file) throws IOException {
        if (!Files.exists(file) || Files.size(file) == 0) {
            return false;
        }
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            in.read(last, in.size() - 1);
            return last.get(0) != '\n';
        }
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // The error that led here is the one to be told.
        }
    }

    /** Adds an entry and returns once it is on the disk. */
    synchronized void add(Entry entry) {
        try {
            append(line(entry));
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    private static String line(Entry entry) {
        try {
            return JSON.writeValueAsString(entry) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Texts and numbers can be written as JSON", e);
        }
    }

    private void append(CharSequence text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(false);
    }

    private static UnfogException unusable(Path file, IOException cause) {
        return new UnfogException(
                ErrorCode.OUTPUT_NOT_WRITABLE,
                file.toString(),
                "the journal of what is done cannot be kept: " + cause.getMessage(),
                "choose a folder that you may write to, or make room on its disk",
                cause);
    }

    @Override
    public synchronized void close() {
        closeQuietly(channel);
    }
}
