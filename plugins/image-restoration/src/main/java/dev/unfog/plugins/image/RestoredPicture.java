package dev.unfog.plugins.image;

import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureSink;
import dev.unfog.api.media.Region;
import org.jspecify.annotations.Nullable;

/**
 * The main result as it is written, mixed with what was there before; beside it, where asked, the comparison of the two.
 *
 * <p>For one thread.
 */
final class RestoredPicture {
    private final Outputs outputs;
    private final PictureSink sink;
    private final int channels;
    private final float strength;
    private final @Nullable Comparison comparison;
    private float[] before = new float[0];

    RestoredPicture(PictureTask task, PictureLayout layout) {
        this.outputs = task.outputs();
        this.sink = outputs.picture(Outputs.MAIN, layout);
        this.channels = layout.color().channels();
        this.strength = task.parameters().get(PictureCleaner.STRENGTH).floatValue();
        this.comparison = task.parameters().get(PictureCleaner.COMPARE)
                ? new Comparison(layout.width(), layout.height(), channels)
                : null;
    }

    /**
     * Writes a rectangle.
     *
     * @param region inside the result
     * @param original what was there before, opacity included, {@code [channels, height, width]}; overwritten
     * @param restored the restored colours, {@code [1 or 3, height, width]}
     */
    void write(Region region, float[] original, float[] restored) {
        int count = channels * Math.toIntExact(region.area());
        if (comparison != null) {
            if (before.length < count) {
                before = new float[count];
            }
            System.arraycopy(original, 0, before, 0, count);
        }
        if (strength == 1) {
            System.arraycopy(restored, 0, original, 0, count);
        } else if (strength != 0) {
            for (int i = 0; i < count; i++) {
                original[i] += strength * (restored[i] - original[i]);
            }
        }
        sink.write(region, original);
        if (comparison != null) {
            comparison.add(region, before, original);
        }
    }

    /** Writes what could be written only once the whole result was known. */
    void finish() {
        if (comparison != null) {
            comparison.write(outputs);
        }
    }
}
