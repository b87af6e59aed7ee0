package dev.unfog.api.media;

import java.util.List;

/**
 * A table, read by blocks of rows: two million rows go through in flat memory.
 *
 * <p>Every cell is text as the file has it; which columns are numbers, categories or missing is for the reader to decide, because
 * only the one who fits a model sees all of them.
 *
 * @since 0.1.0
 */
public interface Rows extends Media {
    @Override
    default MediaKind kind() {
        return MediaKind.ROWS;
    }

    /** {@return the names of the columns, unique, in the file's order} */
    List<String> columns();

    /**
     * Opens the table at its first row; may be called again for another pass.
     *
     * @return a reader for one thread, which the caller closes
     */
    Reader open();

    /**
     * Reads one row after the other.
     *
     * @since 0.1.0
     */
    interface Reader extends AutoCloseable {
        /**
         * Reads the next row.
         *
         * @param cells receives one text per column; an empty text is a missing value
         * @return whether there was a row
         * @throws dev.unfog.api.UnfogException if the row has another number of cells than the header
         */
        boolean next(String[] cells);

        @Override
        void close();
    }
}
