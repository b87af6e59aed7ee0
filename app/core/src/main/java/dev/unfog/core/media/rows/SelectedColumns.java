package dev.unfog.core.media.rows;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Rows;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** A table without some of its columns. Closes the table it is made of. */
public final class SelectedColumns implements Rows {
    private final Rows table;
    private final int[] places;
    private final List<String> columns;

    private SelectedColumns(Rows table, int[] places) {
        this.table = table;
        this.places = places;
        columns = IntStream.of(places).mapToObj(table.columns()::get).toList();
    }

    /**
     * Returns a table without some columns.
     *
     * @param table closed with the result
     * @param ignored the names of the columns to leave out
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if the table lacks one of them, or has no other
     */
    public static Rows without(Rows table, Collection<String> ignored) {
        for (String name : ignored) {
            if (!table.columns().contains(name)) {
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        "--ignore " + name,
                        table.name() + " has no column of that name",
                        "give one of "
                                + String.join(
                                        ", ", table.columns().stream().limit(20).toList()));
            }
        }
        int[] places = IntStream.range(0, table.columns().size())
                .filter(i -> !ignored.contains(table.columns().get(i)))
                .toArray();
        if (places.length == 0) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--ignore",
                    "it leaves no column of " + table.name(),
                    "ignore fewer columns");
        }
        return new SelectedColumns(table, places);
    }

    @Override
    public String name() {
        return table.name();
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public Reader open() {
        Reader reader = table.open();
        String[] whole = new String[table.columns().size()];
        return new Reader() {
            @Override
            public boolean next(String[] cells) {
                if (!reader.next(whole)) {
                    return false;
                }
                for (int i = 0; i < places.length; i++) {
                    cells[i] = whole[places[i]];
                }
                return true;
            }

            @Override
            public void close() {
                reader.close();
            }
        };
    }

    @Override
    public void close() {
        table.close();
    }
}
