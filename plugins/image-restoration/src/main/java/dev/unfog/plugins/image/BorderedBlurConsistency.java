package dev.unfog.plugins.image;

import dev.unfog.api.sde.Blur;
import dev.unfog.api.sde.BlurConsistency;
import dev.unfog.api.sde.BlurKernel;
import dev.unfog.api.sde.ConsistencyWeight;
import dev.unfog.api.sde.DataConsistency;
import dev.unfog.api.sde.SampleState;

/**
 * Makes a picture with a border explain a blurred picture without one: what a camera does, which mixes in light from beyond its
 * edges.
 *
 * <p>What would have been measured in the border is not known, so each time it is taken to be what the present estimate would give
 * there (an expectation-maximisation step); with that the blur is periodic and one division of Fourier transforms does the rest.
 * Over a run's many steps the border settles. Works on whole channels. For one thread.
 */
final class BorderedBlurConsistency implements DataConsistency {
    private final Blur blur;
    private final BlurConsistency periodic;
    private final SampleState measured;
    private final int left;
    private final int top;
    private final int innerWidth;
    private final int innerHeight;
    private final double[] plane;
    private final double[] blurred;
    private final float[] row;

    /**
     * @param kernel how a point spreads
     * @param measured the blurred picture inside a border, the size of the state; the border is overwritten; not closed
     * @param width columns of the state
     * @param height rows of the state
     * @param left columns of border before the picture
     * @param top rows of border above the picture
     * @param innerWidth columns of the picture
     * @param innerHeight rows of the picture
     * @param weight how far the measurement is trusted
     */
    BorderedBlurConsistency(
            BlurKernel kernel,
            SampleState measured,
            int width,
            int height,
            int left,
            int top,
            int innerWidth,
            int innerHeight,
            ConsistencyWeight weight) {
        this.blur = Blur.periodic(kernel, height, width);
        this.periodic = new BlurConsistency(blur, measured, weight, BlurConsistency.DEFAULT_POSITION_LIMIT);
        this.measured = measured;
        this.left = left;
        this.top = top;
        this.innerWidth = innerWidth;
        this.innerHeight = innerHeight;
        this.plane = new double[Math.multiplyExact(width, height)];
        this.blurred = new double[plane.length];
        this.row = new float[width];
    }

    @Override
    public void apply(SampleState denoised, double noiseLevel) {
        for (int channel = 0; channel < denoised.shape().channels(); channel++) {
            long offset = channel * denoised.shape().positions();
            for (int y = 0; y < blur.inputHeight(); y++) {
                denoised.read(offset + (long) y * row.length, row, 0, row.length);
                for (int x = 0; x < row.length; x++) {
                    plane[y * row.length + x] = row[x];
                }
            }
            blur.apply(plane, blurred);
            for (int y = 0; y < blur.inputHeight(); y++) {
                boolean inner = y >= top && y < top + innerHeight;
                for (int x = 0; x < row.length; x++) {
                    row[x] = (float) blurred[y * row.length + x];
                }
                long at = offset + (long) y * row.length;
                if (inner) {
                    measured.write(at, row, 0, left);
                    int right = left + innerWidth;
                    measured.write(at + right, row, right, row.length - right);
                } else {
                    measured.write(at, row, 0, row.length);
                }
            }
        }
        periodic.apply(denoised, noiseLevel);
    }

    @Override
    public boolean needsWholeState() {
        return true;
    }
}
