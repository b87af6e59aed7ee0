package dev.unfog.core.media.rows;

import de.siegmar.fastcsv.writer.CsvWriter;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Writes a table as CSV (RFC 4180) in UTF-8, its first line naming the columns. For one thread. */
public final class CsvTableWriter implements AutoCloseable {
    private final Path file;
    private final CsvWriter writer;
    private boolean isClosed;

    /**
     * Begins a table.
     *
     * @param file replaced if it is there
     * @param columns their names
     * @throws UnfogException with {@link ErrorCode#OUTPUT_NOT_WRITABLE}, as every method here
     */
    public CsvTableWriter(Path file, List<String> columns) {
        this.file = file;
        try {
            writer = CsvWriter.builder().build(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw notWritable(e);
        }
        write(columns.toArray(String[]::new));
    }

    /**
     * Adds a row.
     *
     * @param cells one text per column
     */
    public void write(String... cells) {
        try {
            writer.writeRecord(cells);
        } catch (UncheckedIOException e) {
            throw notWritable(e);
        }
    }

    private UnfogException notWritable(Exception e) {
        return new UnfogException(
                ErrorCode.OUTPUT_NOT_WRITABLE,
                file.toString(),
                "it cannot be written (" + e.getMessage() + ")",
                "free some space, or choose a folder that you may write to",
                e);
    }

    /** Ends the table. Closing twice is harmless. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try {
            writer.close();
        } catch (IOException e) {
            throw notWritable(e);
        }
    }
}
