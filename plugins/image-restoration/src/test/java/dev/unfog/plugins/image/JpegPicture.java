package dev.unfog.plugins.image;

import dev.unfog.api.media.JpegCoefficients;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** A picture that has been through JPEG's transform and rounding, by the formulas of the standard, but never through a file. */
final class JpegPicture implements Picture, JpegCoefficients {
    private final Transform transform;
    private final PictureLayout layout;
    private final int left;
    private final int top;
    private final List<Component> components = new ArrayList<>();
    private final List<short[]> numbers = new ArrayList<>();
    private final MemoryPicture decoded;
    private boolean closed;

    /**
     * Compresses a picture.
     *
     * @param original of 1 or 3 channels
     * @param step the quantisation step of every coefficient
     * @param horizontal how many columns a sample of the colour components covers
     * @param vertical how many rows
     * @param left how many columns of the grid lie to the left of the picture
     * @param top how many rows lie above it
     */
    JpegPicture(MemoryPicture original, int step, int horizontal, int vertical, int left, int top) {
        this.layout = original.layout();
        this.transform = layout.channels() == 1 ? Transform.NONE : Transform.YCBCR;
        this.left = left;
        this.top = top;
        int across = roundUp(left + layout.width(), 8 * horizontal);
        int down = roundUp(top + layout.height(), 8 * vertical);
        float[] grid = new float[layout.channels() * across * down];
        int area = (int) layout.pixels();
        for (int i = 0; i < grid.length; i++) {
            int x = Math.max(0, Math.min(layout.width() - 1, i % across - left));
            int y = Math.max(0, Math.min(layout.height() - 1, i / across % down - top));
            grid[i] = original.values()[i / (across * down) * area + y * layout.width() + x];
        }
        float[] restored = new float[grid.length];
        for (int index = 0; index < layout.channels(); index++) {
            int h = index == 0 ? 1 : horizontal;
            int v = index == 0 ? 1 : vertical;
            components.add(new Component(h, v, across / 8 / h, down / 8 / v, Collections.nCopies(64, step)));
            double[] found = transform(components(grid, across, down, transform), index, across, h, v);
            short[] rounded = new short[found.length];
            for (int i = 0; i < found.length; i++) {
                rounded[i] = (short) Math.round(found[i] / step);
            }
            numbers.add(rounded);
        }
        double[] planes = new double[grid.length];
        for (int index = 0; index < layout.channels(); index++) {
            Component shape = components.get(index);
            for (int i = 0; i < across * down; i++) {
                int x = i % across / shape.horizontal();
                int y = i / across / shape.vertical();
                int block = y / 8 * shape.blocksAcross() + x / 8;
                double sum = 0;
                for (int k = 0; k < 64; k++) {
                    sum += step * numbers.get(index)[block * 64 + k] * basis(k, x % 8, y % 8);
                }
                planes[index * across * down + i] = sum;
            }
        }
        for (int i = 0; i < across * down; i++) {
            if (transform == Transform.NONE) {
                restored[i] = (float) ((planes[i] + 128) / 255);
            } else {
                double luminance = planes[i] + 128;
                double red = luminance + 1.402 * planes[2 * across * down + i];
                double blue = luminance + 1.772 * planes[across * down + i];
                restored[i] = (float) (red / 255);
                restored[across * down + i] = (float) ((luminance - .299 * red - .114 * blue) / .587 / 255);
                restored[2 * across * down + i] = (float) (blue / 255);
            }
        }
        float[] inner = new float[layout.channels() * area];
        for (int i = 0; i < inner.length; i++) {
            int x = left + i % layout.width();
            int y = top + i % area / layout.width();
            inner[i] = restored[(i / area * down + y) * across + x];
        }
        decoded = new MemoryPicture(layout, inner);
    }

    /** Returns the decoded pixels. */
    MemoryPicture decoded() {
        return decoded;
    }

    /** Returns by how many steps each coefficient of another picture differs from the stored one, those of whole blocks alone. */
    List<Double> differences(MemoryPicture other) {
        Component luminance = components.get(0);
        int across = luminance.blocksAcross() * 8;
        int down = luminance.blocksDown() * 8;
        int area = (int) layout.pixels();
        float[] grid = new float[layout.channels() * across * down];
        for (int i = 0; i < grid.length; i++) {
            int x = i % across - left;
            int y = i / across % down - top;
            boolean inside = x >= 0 && y >= 0 && x < layout.width() && y < layout.height();
            grid[i] = inside ? other.values()[i / (across * down) * area + y * layout.width() + x] : Float.NaN;
        }
        List<Double> differences = new ArrayList<>();
        for (int index = 0; index < layout.channels(); index++) {
            Component shape = components.get(index);
            double[] found = transform(
                    components(grid, across, down, transform), index, across, shape.horizontal(), shape.vertical());
            for (int i = 0; i < found.length; i++) {
                double difference = found[i] / shape.steps().get(i % 64) - numbers.get(index)[i];
                if (!Double.isNaN(difference)) {
                    differences.add(difference);
                }
            }
        }
        return differences;
    }

    private static double[] components(float[] grid, int across, int down, Transform transform) {
        int area = across * down;
        double[] planes = new double[grid.length];
        for (int i = 0; i < area; i++) {
            if (transform == Transform.NONE) {
                planes[i] = 255 * grid[i] - 128;
            } else {
                double luminance = .299 * grid[i] + .587 * grid[area + i] + .114 * grid[2 * area + i];
                planes[i] = 255 * luminance - 128;
                planes[area + i] = 255 * (grid[2 * area + i] - luminance) / 1.772;
                planes[2 * area + i] = 255 * (grid[i] - luminance) / 1.402;
            }
        }
        return planes;
    }

    /** Transforms a component by the sum of T.81, A.3.3. */
    private double[] transform(double[] planes, int index, int across, int h, int v) {
        Component shape = components.get(index);
        int area = planes.length / layout.channels();
        double[] found = new double[shape.blocksAcross() * shape.blocksDown() * 64];
        for (int block = 0; block < found.length / 64; block++) {
            for (int i = 0; i < 64; i++) {
                int x = (block % shape.blocksAcross() * 8 + i % 8) * h;
                int y = (block / shape.blocksAcross() * 8 + i / 8) * v;
                double mean = 0;
                for (int k = 0; k < h * v; k++) {
                    mean += planes[index * area + (y + k / h) * across + x + k % h] / (h * v);
                }
                for (int k = 0; k < 64; k++) {
                    found[block * 64 + k] += mean * basis(k, i % 8, i / 8);
                }
            }
        }
        return found;
    }

    private static double basis(int k, int x, int y) {
        double scale = (k / 8 == 0 ? Math.sqrt(.5) : 1) * (k % 8 == 0 ? Math.sqrt(.5) : 1) / 4;
        return scale * Math.cos((2 * x + 1) * (k % 8) * Math.PI / 16) * Math.cos((2 * y + 1) * (k / 8) * Math.PI / 16);
    }

    private static int roundUp(int value, int multiple) {
        return (value + multiple - 1) / multiple * multiple;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public Optional<JpegCoefficients> jpegCoefficients() {
        return Optional.of(this);
    }

    @Override
    public PictureLayout layout() {
        return layout;
    }

    @Override
    public void read(Region region, float[] planar) {
        decoded.read(region, planar);
    }

    @Override
    public String name() {
        return "compressed.jpg";
    }

    @Override
    public Transform transform() {
        return transform;
    }

    @Override
    public List<Component> components() {
        return List.copyOf(components);
    }

    @Override
    public int left() {
        return left;
    }

    @Override
    public int top() {
        return top;
    }

    @Override
    public void read(int component, Region blocks, short[] coefficients) {
        int across = components.get(component).blocksAcross();
        for (int y = 0; y < blocks.height(); y++) {
            System.arraycopy(
                    numbers.get(component),
                    ((blocks.y() + y) * across + blocks.x()) * 64,
                    coefficients,
                    y * blocks.width() * 64,
                    blocks.width() * 64);
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
