package dev.unfog.api.media;

import java.nio.file.Path;

/**
 * Where a plugin's named results go.
 *
 * <p>The one named {@link #MAIN} becomes the file that the user asked for; any other is written beside it with its name added
 * ({@code scan.deviation.png}). Nothing appears under its final name unless the plugin returns normally.
 *
 * @since 0.1.0
 */
public interface Outputs {
    /** The name of the main result. */
    String MAIN = "main";

    /**
     * Opens a picture to be written.
     *
     * @param name the result's name, unique in one call of a plugin
     * @param layout its shape; the host chooses the file format
     * @return where its pixels are written
     */
    PictureSink picture(String name, PictureLayout layout);

    /**
     * Opens a recording to be written.
     *
     * @param name the result's name, unique in one call of a plugin
     * @param layout its shape; the host chooses the file format
     * @return where its frames are written
     */
    AudioSink audio(String name, AudioLayout layout);

    /**
     * Returns a file to write in a format of the plugin's own, such as that of its {@link Codec}, or a report.
     *
     * @param name the result's name, unique in one call of a plugin; {@link #MAIN} becomes the file that the user asked for
     * @param extension the format's file name extension, in lower case, without a dot
     * @return a file that does not exist yet, in an existing folder; the host moves it into place, and it is an error not to write it
     * @throws dev.unfog.api.UnfogException if the user asked for a main result in another format
     */
    Path file(String name, String extension);

    /**
     * Notes a fact about how the result was made, kept in its provenance, such as an estimated noise level.
     *
     * @param name in camel case
     * @param value a text, number or boolean
     */
    void note(String name, Object value);
}
