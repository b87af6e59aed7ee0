package dev.unfog.api.media;

import java.util.Optional;

/**
 * A picture, read by region: a scan of 400 megapixels is read in flat memory.
 *
 * <p>Values are those of the file in its own colour space (nearly always gamma-encoded), scaled so that 0..1 is the nominal range.
 * The picture is upright: the host has applied the orientation that its metadata gave. The host carries the colour profile and
 * the metadata to the result.
 *
 * @since 0.1.0
 */
public interface Picture extends Media {
    @Override
    default MediaKind kind() {
        return MediaKind.PICTURE;
    }

    /** {@return the shape of the picture and how its samples are stored} */
    PictureLayout layout();

    /**
     * Reads a rectangle.
     *
     * @param region inside {@link PictureLayout#bounds()}
     * @param planar receives the values, {@code [channels, region.height, region.width]}, from index 0; at least that long
     * @throws IllegalArgumentException if the region leaves the picture or the array is too short
     */
    void read(Region region, float[] planar);

    /**
     * {@return what the file holds of the picture, if it is a JPEG whose components the picture's channels were made from}
     *
     * <p>The file is decoded anew, which takes about as long as opening the picture did. The caller closes the result.
     *
     * @throws dev.unfog.api.UnfogException if the file is damaged or has been changed
     */
    default Optional<JpegCoefficients> jpegCoefficients() {
        return Optional.empty();
    }
}
