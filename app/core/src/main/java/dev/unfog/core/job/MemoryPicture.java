package dev.unfog.core.job;

import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureSink;
import dev.unfog.api.media.Region;

/**
 * A picture in memory, to be read and written: what an evaluation hands to a plugin and takes back.
 *
 * @param name the name to show to people
 * @param layout the shape
 * @param planar the values, {@code [channels, height, width]}; owned by this picture
 */
record MemoryPicture(String name, PictureLayout layout, float[] planar) implements Picture, PictureSink {
    /** Requires as many values as the shape says. */
    MemoryPicture {
        if (planar.length != layout.pixels() * layout.channels()) {
            throw new IllegalArgumentException(planar.length + " values do not fill " + layout);
        }
    }

    /** Returns a black picture. */
    static MemoryPicture black(String name, PictureLayout layout) {
        return new MemoryPicture(
                name,
                layout,
                new float[Math.toIntExact(Math.multiplyExact(layout.pixels(), (long) layout.channels()))]);
    }

    @Override
    public void read(Region region, float[] values) {
        copy(region, values, false);
    }

    @Override
    public void write(Region region, float[] values) {
        copy(region, values, true);
    }

    private void copy(Region region, float[] values, boolean write) {
        int width = layout.width();
        int height = layout.height();
        if (region.x() + region.width() > width
                || region.y() + region.height() > height
                || values.length < region.area() * layout.channels()) {
            throw new IllegalArgumentException(region + " with " + values.length + " values does not fit " + layout);
        }
        int at = 0;
        for (int channel = 0; channel < layout.channels(); channel++) {
            for (int y = region.y(); y < region.y() + region.height(); y++) {
                int here = (channel * height + y) * width + region.x();
                if (write) {
                    System.arraycopy(values, at, planar, here, region.width());
                } else {
                    System.arraycopy(planar, here, values, at, region.width());
                }
                at += region.width();
            }
        }
    }

    @Override
    public void close() {
        // Nothing but memory.
    }
}
