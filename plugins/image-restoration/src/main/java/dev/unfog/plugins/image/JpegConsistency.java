package dev.unfog.plugins.image;

import dev.unfog.api.media.JpegCoefficients;
import dev.unfog.api.media.JpegCoefficients.Component;
import dev.unfog.api.media.JpegCoefficients.Transform;
import dev.unfog.api.media.Region;
import dev.unfog.api.sde.DataConsistency;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.StateShape;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Keeps every DCT coefficient inside the cell that the JPEG encoder rounded it from.
 *
 * <p>In the cell, each coefficient is replaced by its mean, given how far the network's guess is to be trusted: with no trust at all
 * the middle of the cell, with full trust the guess, or the side of the cell that is nearest to it, which is the orthogonal projection
 * onto the set of all pictures that would have become this file (Zakhor 1992, "Iterative Procedures for Reduction of Blocking
 * Effects in Transform Image Coding"). Colours at a lower resolution were made by the mean over a rectangle, whose
 * pseudo-inverse spreads a change evenly over it. The state covers the grid of blocks, not the picture. One row of blocks is in memory
 * at a time. For one thread.
 */
final class JpegConsistency implements DataConsistency {
    private static final int BLOCK = JpegCoefficients.BLOCK;
    private static final int VALUES = BLOCK * BLOCK;
    private static final int MIDDLE = 128;
    private static final float[] COSINES = new float[VALUES];

    static {
        for (int i = 0; i < VALUES; i++) {
            int frequency = i / BLOCK;
            double scale = frequency == 0 ? Math.sqrt(1.0 / BLOCK) : Math.sqrt(2.0 / BLOCK);
            COSINES[i] = (float) (scale * Math.cos((2 * (i % BLOCK) + 1) * frequency * Math.PI / (2 * BLOCK)));
        }
    }

    private final JpegCoefficients coefficients;
    private final List<Component> components;
    private final DoubleUnaryOperator spread;
    private final int width;
    private final int height;
    private final int unitHeight;
    private final float[] block = new float[VALUES];
    private final float[] scratch = new float[VALUES];

    /**
     * @param coefficients what the file says; not closed
     * @param spread by the noise level of the state that a guess was made from, how far off the guess is: the standard deviation of
     *     its coefficients, in units of the picture
     */
    JpegConsistency(JpegCoefficients coefficients, DoubleUnaryOperator spread) {
        this.coefficients = coefficients;
        this.components = coefficients.components();
        this.spread = spread;
        this.width =
                components.get(0).blocksAcross() * BLOCK * components.get(0).horizontal();
        this.height = components.get(0).blocksDown() * BLOCK * components.get(0).vertical();
        this.unitHeight =
                BLOCK * components.stream().mapToInt(Component::vertical).max().orElseThrow();
    }

    /** Returns how many columns the grid of blocks has. */
    int width() {
        return width;
    }

    /** Returns how many rows the grid of blocks has. */
    int height() {
        return height;
    }

    @Override
    public void apply(SampleState denoised, double noiseLevel) {
        if (!denoised.shape().equals(StateShape.picture(components.size(), height, width))) {
            throw new IllegalArgumentException(
                    "a JPEG of " + width + "x" + height + " does not fit the shape " + denoised.shape());
        }
        double trust = 255 * spread.applyAsDouble(noiseLevel);
        float[] planes = new float[components.size() * unitHeight * width];
        for (int top = 0; top < height; top += unitHeight) {
            Region unit = new Region(0, top, width, Math.min(unitHeight, height - top));
            StateDenoiser.read(denoised, width, components.size(), unit, planes);
            toComponents(planes, unit.height());
            for (int index = 0; index < components.size(); index++) {
                constrain(index, planes, index * unit.height() * width, unit, trust);
            }
            toColours(planes, unit.height());
            StateDenoiser.write(denoised, width, components.size(), unit, planes);
        }
    }

    @Override
    public boolean needsWholeState() {
        return false;
    }

    /** From 0..1 to what the transform was applied to (ITU-T T.871, 7). */
    private void toComponents(float[] planes, int rows) {
        int area = rows * width;
        boolean differences = coefficients.transform() == Transform.YCBCR;
        for (int i = 0; i < area; i++) {
            if (differences) {
                float red = 255 * planes[i];
                float green = 255 * planes[area + i];
                float blue = 255 * planes[2 * area + i];
                float luminance = .299f * red + .587f * green + .114f * blue;
                planes[i] = luminance - MIDDLE;
                planes[area + i] = (blue - luminance) / 1.772f;
                planes[2 * area + i] = (red - luminance) / 1.402f;
            } else {
                for (int at = i; at < components.size() * area; at += area) {
                    planes[at] = 255 * planes[at] - MIDDLE;
                }
            }
        }
    }

    private void toColours(float[] planes, int rows) {
        int area = rows * width;
        boolean differences = coefficients.transform() == Transform.YCBCR;
        for (int i = 0; i < area; i++) {
            if (differences) {
                float luminance = planes[i] + MIDDLE;
                float red = luminance + 1.402f * planes[2 * area + i];
                float blue = luminance + 1.772f * planes[area + i];
                planes[i] = red / 255;
                planes[area + i] = (luminance - .299f * red - .114f * blue) / .587f / 255;
                planes[2 * area + i] = blue / 255;
            } else {
                for (int at = i; at < components.size() * area; at += area) {
                    planes[at] = (planes[at] + MIDDLE) / 255;
                }
            }
        }
    }

    private void constrain(int index, float[] planes, int from, Region unit, double trust) {
        Component component = components.get(index);
        int blocksDown = unit.height() / (BLOCK * component.vertical());
        int firstRow = unit.y() / (BLOCK * component.vertical());
        short[] numbers = new short[component.blocksAcross() * VALUES];
        for (int row = 0; row < blocksDown; row++) {
            coefficients.read(index, new Region(0, firstRow + row, component.blocksAcross(), 1), numbers);
            for (int column = 0; column < component.blocksAcross(); column++) {
                int corner =
                        from + row * BLOCK * component.vertical() * width + column * BLOCK * component.horizontal();
                mean(planes, corner, component);
                transform(true);
                for (int k = 0; k < VALUES; k++) {
                    double step = component.steps().get(k);
                    double middle = numbers[column * VALUES + k] * step;
                    double wanted = QuantisationCell.mean(block[k], trust, middle - step / 2, middle + step / 2);
                    block[k] = (float) (wanted - block[k]);
                }
                transform(false);
                spread(planes, corner, component);
            }
        }
    }

    /** Gathers a block of samples, each the mean of the pixels that it stands for. */
    private void mean(float[] planes, int corner, Component component) {
        for (int i = 0; i < VALUES; i++) {
            int at = corner + i / BLOCK * component.vertical() * width + i % BLOCK * component.horizontal();
            float sum = 0;
            for (int y = 0; y < component.vertical(); y++) {
                for (int x = 0; x < component.horizontal(); x++) {
                    sum += planes[at + y * width + x];
                }
            }
            block[i] = sum / (component.vertical() * component.horizontal());
        }
    }

    /** Adds a block of changes. */
    private void spread(float[] planes, int corner, Component component) {
        for (int i = 0; i < VALUES; i++) {
            int at = corner + i / BLOCK * component.vertical() * width + i % BLOCK * component.horizontal();
            for (int y = 0; y < component.vertical(); y++) {
                for (int x = 0; x < component.horizontal(); x++) {
                    planes[at + y * width + x] += block[i];
                }
            }
        }
    }

    /** Applies the orthonormal discrete cosine transform to the block, or its inverse: rows, then columns. */
    private void transform(boolean forward) {
        for (int pass = 0; pass < 2; pass++) {
            float[] source = pass == 0 ? block : scratch;
            float[] target = pass == 0 ? scratch : block;
            for (int line = 0; line < BLOCK; line++) {
                for (int to = 0; to < BLOCK; to++) {
                    float sum = 0;
                    for (int i = 0; i < BLOCK; i++) {
                        sum += source[line * BLOCK + i] * COSINES[forward ? to * BLOCK + i : i * BLOCK + to];
                    }
                    // Written on its side, so that the second pass goes down the columns and puts all upright again.
                    target[to * BLOCK + line] = sum;
                }
            }
        }
    }
}
