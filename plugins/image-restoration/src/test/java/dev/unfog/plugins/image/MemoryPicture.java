package dev.unfog.plugins.image;

import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureSink;
import dev.unfog.api.media.Region;
import java.util.Random;

/** A picture whose values lie in an array; it can be read and written. */
final class MemoryPicture implements Picture, PictureSink {
    private final PictureLayout layout;
    private final float[] values;
    private long written;

    MemoryPicture(PictureLayout layout, float[] values) {
        this.layout = layout;
        this.values = values;
    }

    MemoryPicture(PictureLayout layout) {
        this(layout, new float[Math.toIntExact(layout.channels() * layout.pixels())]);
    }

    /** Returns a picture of waves and steps with noise added, rounded as its depth asks. */
    static MemoryPicture noisy(PictureLayout layout, double noiseLevel, long seed) {
        MemoryPicture picture = new MemoryPicture(layout);
        Random random = new Random(seed);
        int pixels = (int) layout.pixels();
        for (int channel = 0; channel < layout.channels(); channel++) {
            for (int i = 0; i < pixels; i++) {
                int x = i % layout.width();
                int y = i / layout.width();
                double clean = 0.5 + 0.2 * Math.sin(x / (11.0 + channel)) * Math.cos(y / 17.0) + (x > y ? 0.15 : -0.15);
                double value = clean + noiseLevel * random.nextGaussian();
                picture.values[channel * pixels + i] = switch (layout.depth()) {
                    case UINT8 -> Math.round(Math.min(1, Math.max(0, value)) * 255) / 255f;
                    case UINT16 -> Math.round(Math.min(1, Math.max(0, value)) * 65535) / 65535f;
                    case FLOAT32 -> (float) value;
                };
            }
        }
        return picture;
    }

    float[] values() {
        return values;
    }

    /** Returns how many pixels were written, those written twice counted twice. */
    long written() {
        return written;
    }

    @Override
    public PictureLayout layout() {
        return layout;
    }

    @Override
    public void read(Region region, float[] planar) {
        copy(region, planar, false);
    }

    @Override
    public void write(Region region, float[] planar) {
        written += region.area();
        copy(region, planar, true);
    }

    private void copy(Region region, float[] planar, boolean write) {
        if (region.x() + region.width() > layout.width() || region.y() + region.height() > layout.height()) {
            throw new IllegalArgumentException(region + " leaves " + layout);
        }
        for (int channel = 0; channel < layout.channels(); channel++) {
            for (int y = 0; y < region.height(); y++) {
                int here = (channel * layout.height() + region.y() + y) * layout.width() + region.x();
                int there = (channel * region.height() + y) * region.width();
                if (write) {
                    System.arraycopy(planar, there, values, here, region.width());
                } else {
                    System.arraycopy(values, here, planar, there, region.width());
                }
            }
        }
    }

    @Override
    public String name() {
        return "picture.png";
    }

    @Override
    public void close() {}
}
