package dev.unfog.api.media;

import java.util.Locale;

/**
 * A kind of media, by name; a plugin with a codec of its own can bring another.
 *
 * @param name lower case, such as {@code picture}
 * @since 0.1.0
 */
public record MediaKind(String name) {
    /** Photographs and other pictures, see {@link Picture}. */
    public static final MediaKind PICTURE = new MediaKind("picture");
    /** Sound, see {@link Audio}. */
    public static final MediaKind AUDIO = new MediaKind("audio");
    /** Tables, see {@link Rows}. */
    public static final MediaKind ROWS = new MediaKind("rows");

    /**
     * Requires a name in lower case.
     *
     * @param name lower case, such as {@code picture}
     */
    public MediaKind {
        if (name.isBlank() || !name.equals(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("A media kind is named in lower case, not '" + name + "'");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
