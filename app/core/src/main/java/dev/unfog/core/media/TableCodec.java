package dev.unfog.core.media;

import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.core.media.rows.CsvTable;
import java.nio.file.Path;
import java.util.Set;

/** Opens tables of delimited text, which only their names tell from any other text. */
final class TableCodec implements BuiltInCodec {
    @Override
    public MediaKind kind() {
        return MediaKind.ROWS;
    }

    @Override
    public Set<String> extensions() {
        return Set.of("csv", "tsv", "gz");
    }

    @Override
    public boolean recognises(byte[] head) {
        return false;
    }

    @Override
    public Media open(Path file, Path temporaryDirectory) {
        return CsvTable.open(file);
    }
}
