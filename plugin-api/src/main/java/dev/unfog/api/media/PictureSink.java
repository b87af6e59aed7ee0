package dev.unfog.api.media;

/**
 * Where a plugin writes a picture, rectangle by rectangle, in any order.
 *
 * <p>The host rounds to the depth of the layout when it encodes, and writes the file once the plugin has returned; pixels that were
 * never written are black. Writing disjoint regions from several threads is allowed.
 *
 * @since 0.1.0
 */
public interface PictureSink {
    /** {@return the layout that was asked for} */
    PictureLayout layout();

    /**
     * Writes a rectangle.
     *
     * @param region inside {@link PictureLayout#bounds()}
     * @param planar the values, {@code [channels, region.height, region.width]}, nominally 0..1, from index 0; not kept
     * @throws IllegalArgumentException if the region leaves the picture or the array is too short
     */
    void write(Region region, float[] planar);
}
