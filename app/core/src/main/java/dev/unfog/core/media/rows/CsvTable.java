package dev.unfog.core.media.rows;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.StringArrayHandler;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Rows;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table in a file of delimited text (RFC 4180), plain or gzip, whose first line names the columns.
 *
 * <p>The encoding is found out from the file (see {@link TextEncoding}), and so is the separator: comma, semicolon, tab or
 * vertical bar. In a file with semicolons {@code 1,5} is a number with a decimal comma and is handed on as {@code 1.5}. Empty
 * lines are passed over, blanks around a cell are not part of it. Several readers may be open at once.
 */
public final class CsvTable implements Rows {
    /** The most columns that a table may have. */
    public static final int MAX_COLUMNS = 16_384;

    private static final List<String> EXTENSIONS = List.of(".csv", ".tsv", ".csv.gz", ".tsv.gz");
    private static final char[] SEPARATORS = {',', ';', '\t', '|'};
    private static final int MAX_CELL = 1 << 20;
    private static final int MAX_ROW = 1 << 24;
    private static final int LOOK_ROWS = 20;

    private final Path file;
    private final TextEncoding encoding;
    private final char separator;
    private final List<String> columns;

    private CsvTable(Path file, TextEncoding encoding, char separator, List<String> columns) {
        this.file = file;
        this.encoding = encoding;
        this.separator = separator;
        this.columns = columns;
    }

    /** Returns whether a file's name is one of a table: {@code .csv} or {@code .tsv}, perhaps with {@code .gz}. */
    public static boolean isTable(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return EXTENSIONS.stream().anyMatch(name::endsWith);
    }

    /**
     * Opens a table and reads its first line.
     *
     * @param file an existing file
     * @return the table, which holds nothing open itself
     * @throws UnfogException with {@link ErrorCode#UNREADABLE_MEDIA} if it is empty, not text, cut short, has no header or one that
     *     names a column twice; {@link ErrorCode#MEDIA_TOO_LARGE} if it has more than {@value #MAX_COLUMNS} columns
     */
    public static CsvTable open(Path file) {
        try {
            TextEncoding encoding = TextEncoding.of(file)
                    .orElseThrow(() -> unreadable(file, "it holds bytes that are not text", "give a CSV file", null));
            char separator = separator(file, encoding);
            try (CsvReader<String[]> reader = parser(encoding.open(file), separator);
                    CloseableIterator<String[]> rows = reader.iterator()) {
                if (!rows.hasNext()) {
                    throw unreadable(file, "it is empty", "give a CSV file whose first line names the columns", null);
                }
                return new CsvTable(file, encoding, separator, header(file, rows.next()));
            }
        } catch (IOException | UncheckedIOException e) {
            throw reading(file, e);
        } catch (CsvParseException e) {
            throw malformed(file, e);
        }
    }

    private static CsvReader<String[]> parser(java.io.Reader text, char separator) {
        return CsvReader.builder()
                .fieldSeparator(separator)
                .allowExtraFields(true)
                .allowMissingFields(true)
                .trimWhitespacesAroundQuotes(true)
                .maxBufferSize(MAX_ROW)
                .build(
                        StringArrayHandler.builder()
                                .maxFields(MAX_ROW)
                                .maxFieldSize(MAX_CELL)
                                .maxRecordSize(MAX_ROW)
                                .build(),
                        text);
    }

    /** The separator that cuts the first rows into the most cells, all into as many as the first if there is such a one. */
    private static char separator(Path file, TextEncoding encoding) throws IOException {
        char best = SEPARATORS[0];
        int bestScore = -1;
        for (char candidate : SEPARATORS) {
            int cells = 0;
            boolean isEven = true;
            try (CsvReader<String[]> reader = parser(encoding.open(file), candidate);
                    CloseableIterator<String[]> rows = reader.iterator()) {
                for (int row = 0; row < LOOK_ROWS && rows.hasNext(); row++) {
                    int length = rows.next().length;
                    cells = row == 0 ? length : cells;
                    isEven &= length == cells;
                }
            } catch (CsvParseException e) {
                isEven = false;
            }
            int score = 2 * (cells - 1) + (isEven && cells > 1 ? MAX_COLUMNS * 2 : 0);
            if (score > bestScore) {
                best = candidate;
                bestScore = score;
            }
        }
        return best;
    }

    private static List<String> header(Path file, String[] cells) {
        if (cells.length > MAX_COLUMNS) {
            throw new UnfogException(
                    ErrorCode.MEDIA_TOO_LARGE,
                    file.toString(),
                    "it has " + cells.length + " columns, and " + MAX_COLUMNS + " is the most that are handled",
                    "keep the columns that matter, or turn the table if its rows stand as columns");
        }
        List<String> names = new ArrayList<>();
        Map<String, Integer> places = new HashMap<>();
        boolean isNumbers = true;
        for (int i = 0; i < cells.length; i++) {
            String name = cells[i].strip();
            isNumbers &= isNumber(name);
            // The index that data frames write stands under a blank name.
            name = name.isEmpty() ? "column " + (i + 1) : name;
            Integer other = places.put(name, i);
            if (other != null) {
                throw unreadable(
                        file,
                        "columns " + (other + 1) + " and " + (i + 1) + " are both named '" + name + "'",
                        "give each column a name of its own",
                        null);
            }
            names.add(name);
        }
        if (isNumbers) {
            throw unreadable(
                    file,
                    "its first line holds numbers where the names of the columns should stand",
                    "add a first line that names the columns",
                    null);
        }
        return List.copyOf(names);
    }

    private static boolean isNumber(String text) {
        try {
            Double.parseDouble(text);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    @Override
    public String name() {
        Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public Rows.Reader open() {
        try {
            CsvReader<String[]> reader = parser(encoding.open(file), separator);
            RowReader rows = new RowReader(reader);
            rows.skipHeader();
            return rows;
        } catch (IOException | UncheckedIOException e) {
            throw reading(file, e);
        }
    }

    @Override
    public void close() {
        // Every reader closes its own file.
    }

    private final class RowReader implements Rows.Reader {
        private final CsvReader<String[]> reader;
        private final CloseableIterator<String[]> rows;
        private long row;

        RowReader(CsvReader<String[]> reader) {
            this.reader = reader;
            this.rows = reader.iterator();
        }

        void skipHeader() {
            rows.next();
        }

        @Override
        public boolean next(String[] cells) {
            String[] read;
            try {
                if (!rows.hasNext()) {
                    return false;
                }
                read = rows.next();
            } catch (UncheckedIOException e) {
                throw reading(file, e);
            } catch (CsvParseException e) {
                throw malformed(file, e);
            }
            row++;
            if (read.length != columns.size()) {
                throw unreadable(
                        file,
                        "row " + row + " has " + read.length + (read.length == 1 ? " cell" : " cells")
                                + ", and the header names " + columns.size() + " columns",
                        "correct that row; a text that holds the separator stands in double quotes",
                        null);
            }
            for (int i = 0; i < read.length; i++) {
                String cell = strip(read[i]);
                cells[i] = separator == ';' ? withPoint(cell) : cell;
            }
            return true;
        }

        @Override
        public void close() {
            try {
                reader.close();
            } catch (IOException e) {
                throw reading(file, e);
            }
        }
    }

    /** Most cells have no blanks; {@link String#strip} looks at each twice. */
    private static String strip(String cell) {
        int length = cell.length();
        return length == 0 || (cell.charAt(0) > ' ' && cell.charAt(length - 1) > ' ') ? cell : cell.strip();
    }

    private static String withPoint(String cell) {
        int comma = cell.indexOf(',');
        if (comma < 0) {
            return cell;
        }
        String pointed = cell.replace(',', '.');
        return isNumber(pointed) ? pointed : cell;
    }

    private static UnfogException malformed(Path file, CsvParseException e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof IOException cause) {
                return reading(file, new UncheckedIOException(cause));
            }
        }
        return unreadable(
                file,
                "it is not well-formed CSV (" + e.getMessage() + ")",
                "look for a double quote that is never closed, and save it again as CSV",
                e);
    }

    private static UnfogException reading(Path file, Exception e) {
        Throwable cause = e instanceof UncheckedIOException && e.getCause() != null ? e.getCause() : e;
        if (cause instanceof NoSuchFileException) {
            return unreadable(file, "there is no such file", "check the path and its spelling", e);
        }
        if (cause instanceof CharacterCodingException) {
            return unreadable(file, "its text changes its encoding on the way", "save it again as UTF-8", e);
        }
        if (cause instanceof EOFException) {
            return unreadable(file, "the file is cut short", "copy or download it again", e);
        }
        return unreadable(file, "it cannot be read (" + cause.getMessage() + ")", "copy it again from its source", e);
    }

    private static UnfogException unreadable(Path file, String problem, String remedy, @Nullable Throwable cause) {
        return new UnfogException(ErrorCode.UNREADABLE_MEDIA, file.toString(), problem, remedy, cause);
    }
}
