package dev.unfog.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchJournalTest {
    @TempDir
    private Path folder;

    private static BatchJournal.Entry entry(String place, long size) {
        return new BatchJournal.Entry(
                place,
                new BatchJournal.Version(size, "2026-01-01T00:00:00Z"),
                "settings",
                Map.of("photo", "0af1"),
                Map.of(place, 10 * size));
    }

    private void write(BatchJournal.Entry... entries) {
        try (BatchJournal journal = BatchJournal.open(folder, List.of())) {
            for (BatchJournal.Entry entry : entries) {
                journal.add(entry);
            }
        }
    }

    @Test
    void whatIsWrittenIsReadAndTheLastWordCounts() {
        assertThat(BatchJournal.read(folder.resolve("nowhere"))).isEmpty();
        write(entry("ä/a \"b\"\n.png", 1), entry("b.png", 2));
        write(entry("b.png", 3));
        assertThat(BatchJournal.read(folder).values())
                .containsExactlyInAnyOrder(entry("ä/a \"b\"\n.png", 1), entry("b.png", 3));
    }

    @Test
    void whatIsToBeDoneAnewNoLongerCounts() throws Exception {
        write(entry("a.png", 1), entry("b.png", 2));
        BatchJournal.open(folder, List.of("a.png", "c.png")).close();
        assertThat(BatchJournal.read(folder)).containsOnlyKeys("b.png");
        BatchJournal.open(folder, List.of("b.png")).close();
        assertThat(folder.resolve(BatchJournal.NAME))
                .as("nothing left to remember")
                .isEmptyFile();
    }

    @Test
    void aLineThatIsCutAnywhereCostsItsOwnFileAlone() throws Exception {
        write(entry("a.png", 1), entry("ü.png", 2));
        Path file = folder.resolve(BatchJournal.NAME);
        byte[] whole = Files.readAllBytes(file);
        int firstLine = new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf('\n') + 1;
        for (int length = firstLine; length < whole.length - 1; length += 7) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertThat(BatchJournal.read(folder)).containsOnlyKeys("a.png");
            write(entry("c.png", 3));
            assertThat(BatchJournal.read(folder)).containsOnlyKeys("a.png", "c.png");
        }
        Files.writeString(file, "null\n{}\n[1]\n{\"place\":7}\n", StandardOpenOption.APPEND);
        assertThat(BatchJournal.read(folder)).containsKey("a.png");
    }

    @Test
    void aJournalThatCannotBeKeptIsAnErrorThatNamesIt() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> BatchJournal.open(file, List.of()))
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_NOT_WRITABLE))
                .hasMessageContaining(BatchJournal.NAME);
    }
}
