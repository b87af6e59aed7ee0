package dev.unfog.api.media;

/**
 * A sample that can be read piece by piece.
 *
 * <p>Reading is allowed from several threads at once. Whoever opened it closes it: a plugin never closes what it is handed.
 *
 * @since 0.1.0
 */
public interface Media extends AutoCloseable {
    /** {@return the kind, which says which sub-interface this is} */
    MediaKind kind();

    /** {@return the name to show to people, usually the file's name} */
    String name();

    /** Gives files and memory back. Closing twice is harmless. */
    @Override
    void close();
}
