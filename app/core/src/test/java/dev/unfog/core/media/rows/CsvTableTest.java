package dev.unfog.core.media.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Rows;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTableTest {
    @TempDir
    private Path folder;

    @Test
    void rowsComeInOrderWithTheirColumns() throws IOException {
        CsvTable table = table("a,b\n1,2\n\n 3 ,\n");

        assertThat(table.columns()).containsExactly("a", "b");
        assertThat(rows(table)).containsExactly(List.of("1", "2"), List.of("3", ""));
    }

    @Test
    void aTableCanBeReadTwice() throws IOException {
        CsvTable table = table("a,b\n1,2\n");

        assertThat(rows(table)).isEqualTo(rows(table)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t", "|"})
    void theSeparatorIsFoundOut(String separator) throws IOException {
        CsvTable table = table("width" + separator + "name\n1.5" + separator + "\"x" + separator + " y\"\n");

        assertThat(table.columns()).containsExactly("width", "name");
        assertThat(rows(table)).containsExactly(List.of("1.5", "x" + separator + " y"));
    }

    @Test
    void aDecimalCommaIsAPointWhereSemicolonsSeparate() throws IOException {
        assertThat(rows(table("a;b\n-1,5;x,y\n2,5e3;\n")))
                .containsExactly(List.of("-1.5", "x,y"), List.of("2.5e3", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "windows-1252"})
    void theEncodingIsFoundOut(String charset) throws IOException {
        Path file = folder.resolve("table.csv");
        Files.write(file, "Größe,n\n1,2\n".getBytes(Charset.forName(charset)));

        assertThat(CsvTable.open(file).columns()).containsExactly("Größe", "n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
    void aByteOrderMarkIsNotPartOfTheFirstName(String charset) throws IOException {
        Path file = folder.resolve("table.csv");
        Files.write(file, "\uFEFFGröße,n\n1,2\n".getBytes(Charset.forName(charset)));

        assertThat(CsvTable.open(file).columns()).containsExactly("Größe", "n");
    }

    @Test
    void aGzipFileIsUnpackedWhateverItsName() throws IOException {
        Path file = folder.resolve("table.csv");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("a,b\n1,2\n".getBytes(StandardCharsets.UTF_8));
        }

        assertThat(rows(CsvTable.open(file))).containsExactly(List.of("1", "2"));
    }

    @Test
    void aGzipFileThatIsCutShortIsRefused() throws IOException {
        Path file = folder.resolve("table.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < 50_000; i++) {
                out.write((i == 0 ? "a,b\n" : i + "," + i * 7919L % 1000 + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));

        assertRefused(ErrorCode.UNREADABLE_MEDIA, "cut short", () -> rows(CsvTable.open(file)));
    }

    @Test
    void anEmptyFileIsRefused() {
        assertRefused(ErrorCode.UNREADABLE_MEDIA, "it is empty", () -> table(""));
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        assertRefused(ErrorCode.UNREADABLE_MEDIA, "no such file", () -> CsvTable.open(folder.resolve("none.csv")));
    }

    @Test
    void aFileOfBytesIsRefused() throws IOException {
        Path file = folder.resolve("table.csv");
        Files.write(file, new byte[] {1, 2, 0, 3, 4, 5, 6, 7, 8, 9});

        assertRefused(ErrorCode.UNREADABLE_MEDIA, "not text", () -> CsvTable.open(file));
    }

    @Test
    void aRaggedRowIsNamed() {
        assertRefused(ErrorCode.UNREADABLE_MEDIA, "row 2 has 3 cells", () -> rows(table("a,b\n1,2\n3,4,5\n")));
    }

    @Test
    void anUnclosedQuoteIsRefused() {
        assertRefused(ErrorCode.UNREADABLE_MEDIA, "row 1 has 1 cell", () -> rows(table("a,b\n\"1,2\n3,4\n5,6\n")));
    }

    @Test
    void aMissingHeaderIsRefused() {
        assertRefused(ErrorCode.UNREADABLE_MEDIA, "first line holds numbers", () -> table("1,2\n3,4\n"));
    }

    @Test
    void aColumnNamedTwiceIsRefused() {
        assertRefused(ErrorCode.UNREADABLE_MEDIA, "columns 1 and 3 are both named 'a'", () -> table("a,b,a\n1,2,3\n"));
    }

    @Test
    void aMillionColumnsAreRefused() {
        String header = "c" + ",c".repeat(999_999);

        assertRefused(ErrorCode.MEDIA_TOO_LARGE, "1000000 columns", () -> table(header + "\n"));
    }

    @Test
    void aByteOfAnotherEncodingFarIntoTheFileIsReported() throws IOException {
        Path file = folder.resolve("table.csv");
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write("a,b\n".getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 300_000; i++) {
                out.write("1,22\n".getBytes(StandardCharsets.UTF_8));
            }
            out.write(new byte[] {(byte) 0xFC, ',', '1', '\n'});
        }

        assertRefused(ErrorCode.UNREADABLE_MEDIA, "changes its encoding", () -> rows(CsvTable.open(file)));
    }

    private CsvTable table(String text) throws IOException {
        Path file = folder.resolve("table.csv");
        Files.writeString(file, text);
        return CsvTable.open(file);
    }

    private static List<List<String>> rows(Rows table) {
        List<List<String>> rows = new ArrayList<>();
        String[] cells = new String[table.columns().size()];
        try (Rows.Reader reader = table.open()) {
            while (reader.next(cells)) {
                rows.add(List.of(cells));
            }
        }
        return rows;
    }

    private static void assertRefused(ErrorCode code, String problem, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(UnfogException.class, error -> {
            assertThat(error.code()).isEqualTo(code);
            assertThat(error.problem()).contains(problem);
        });
    }
}
