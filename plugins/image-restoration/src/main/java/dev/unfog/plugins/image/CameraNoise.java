package dev.unfog.plugins.image;

import dev.unfog.api.Cancellation;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.Region;
import java.util.ArrayList;
import java.util.List;

/**
 * The noise of a picture that a camera developed and compressed, as far as the network must know it to take it away.
 *
 * <p>Such noise is neither white nor the same everywhere: demosaicing and compression leave neighbours alike, and the tone curve makes
 * the dark noisier than the light. How it depends on brightness is taken from shot and read noise through the sRGB curve. Its
 * strength is read from second differences (Immerkær 1996, "Fast Noise Variance Estimation") in blocks, each divided by what the curve
 * says of its brightness: of the brightness as it is, and seen from two and from four times as far, and of the colours from four
 * times as far. The quieter blocks have the least texture. What serves best is a product of powers of these and of the JPEG's
 * quantisation steps.
 *
 * <p>The powers are a ridge regression, on 340 crops of training pictures, of the level at which the network restored each best,
 * weighted by what another level costs: 280 crops through simulated cameras that hold 100 to 5000 electrons a pixel and JPEG qualities of
 * 80 to 96, 20 through cameras alone, 40 with weak white noise through JPEG.
 *
 * <p>Fine texture measures alike, so whether there is noise at all is decided by {@linkplain MethodNoise what the network would take
 * away}. Logistic regression, weighted by what a mistake costs, on 400 whole training pictures, each as it is, compressed, and through
 * two simulated cameras of 120 to 7000 electrons, 110 of them also through cameras that find colours differently (Hamilton and Adams
 * 1997; means of neighbours), balance colours and sharpen, or make the picture smaller. In doubt a picture is left alone: the
 * constant is lower by 1.8 than what would make either mistake as likely. For one thread.
 */
final class CameraNoise {
    /** The narrowest and lowest picture that can be judged. */
    static final int SMALLEST_SIDE = 64;

    private static final long WHOLE = 800_000;
    private static final int PIECE = 128;
    private static final int PIECES = 36;
    private static final int KNOTS = 33;
    /** The camera whose noise depends on brightness as is assumed: how many electrons a pixel holds. */
    private static final double ELECTRONS = 500;
    /** Its noise of reading, in electrons. */
    private static final double READ_NOISE = 3;
    /** Above this brightness noise is not clipped. */
    private static final double DARKEST = 0.04;
    /** Below this brightness noise is not clipped. */
    private static final double BRIGHTEST = 0.96;

    private static final int FEWEST_BLOCKS = 6;
    /** Which share of the blocks counts as quiet. */
    private static final double QUIET = 0.1;

    private static final double MEDIAN = 0.5;
    /** Added in 255ths before logarithms are taken: well below what rounding to 8 bits leaves. */
    private static final double FLOOR = 0.05;
    /** How strong colours' noise usually is from afar, relative to that of brightness. */
    private static final double USUAL_COLOR = 0.5;
    /** By which factor noise looks weaker from twice as far, as a logarithm: 0.7 if it is white, no more than this if a camera's. */
    private static final double MOST_FALL = 0.1;
    /** Weaker noise hardly disturbs. */
    private static final double LEAST = 3 / 255.0;

    private final int channels;
    private final List<Region> pieces;
    private final List<float[]> values = new ArrayList<>();
    private final double near;
    private final double twice;
    private final double fourTimes;
    private final double level;

    /**
     * Looks at a picture, or at pieces of a large one.
     *
     * @param picture at least {@value #SMALLEST_SIDE} pixels wide and high
     * @param step the mean quantisation step of a JPEG's brightness, 1 for other files
     * @param cancellation asked before each piece
     */
    CameraNoise(Picture picture, double step, Cancellation cancellation) {
        PictureColors colors = new PictureColors(picture);
        this.channels = colors.channels();
        this.pieces = NoiseEstimator.pieces(picture.layout(), WHOLE, PIECE, PIECES);
        for (Region piece : pieces) {
            cancellation.throwIfCancelled();
            float[] read = new float[Math.toIntExact(channels * piece.area())];
            colors.read(piece, read);
            values.add(read);
        }
        List<double[]> nearBlocks = blocks(1, false);
        this.near = logarithm(nearBlocks, QUIET);
        double nearMedian = logarithm(nearBlocks, MEDIAN);
        this.twice = logarithm(blocks(2, false), QUIET);
        this.fourTimes = logarithm(blocks(4, false), QUIET);
        double color = channels == 1 ? fourTimes + Math.log(USUAL_COLOR) : logarithm(blocks(4, true), QUIET);
        values.clear();
        double mostUseful = 1.402 + 0.407 * nearMedian + 0.584 * twice - 0.534 * fourTimes + 0.262 * color;
        this.level = Math.exp(mostUseful + 0.121 * Math.log(step)) / 255;
    }

    /** Returns whether there may be noise like a camera's, rather than white noise or too little to disturb. */
    boolean isPossible() {
        return near - twice <= MOST_FALL && level > LEAST;
    }

    /**
     * Returns whether there is noise rather than texture.
     *
     * @param removed what the network takes away from the picture when it is told of {@link #profile()}
     */
    boolean isLikely(MethodNoise removed) {
        // A camera's noise goes for the most part, changes sign within three pixels, and is no stronger from further
        // away.
        double reach = removed.straightCorrelation(3) - removed.straightCorrelation(4);
        return 3.7
                        + 15 * removed.strength()
                        - 106 * reach
                        + 31 * removed.diagonalCorrelation(2)
                        + 4 * (twice - fourTimes)
                > 0;
    }

    /** Returns the noise that the network should be told of if a camera made it. */
    NoiseProfile profile() {
        double[] levels = new double[KNOTS];
        for (int i = 0; i < KNOTS; i++) {
            // A grey picture's noise is the mean of what three colours had.
            levels[i] = level * relative(i / (KNOTS - 1.0)) * Math.sqrt(channels / 3.0);
        }
        return NoiseProfile.table(levels);
    }

    /** Returns how strong noise is at a brightness, relative to mid-grey. */
    private static double relative(double brightness) {
        return noise(Math.min(1, Math.max(0, brightness))) / noise(0.5);
    }

    /** Returns the standard deviation of shot and read noise at a brightness, through the slope of the sRGB curve. */
    private static double noise(double brightness) {
        double light = brightness <= 0.04045 ? brightness / 12.92 : Math.pow((brightness + 0.055) / 1.055, 2.4);
        double slope = light < 0.0031308 ? 12.92 : 1.055 / 2.4 * Math.pow(light, 1 / 2.4 - 1);
        return slope * Math.sqrt(light / ELECTRONS + READ_NOISE * READ_NOISE / (ELECTRONS * ELECTRONS));
    }

    /** Returns the logarithm of the level, in 255ths, that a share of the blocks is below. */
    private static double logarithm(List<double[]> blocks, double share) {
        List<double[]> unclipped = blocks.stream()
                .filter(block -> block[0] > DARKEST && block[0] < BRIGHTEST)
                .toList();
        double[] levels = (unclipped.size() < FEWEST_BLOCKS ? blocks : unclipped)
                .stream()
                        .mapToDouble(block -> block[1] / relative(block[0]))
                        .sorted()
                        .toArray();
        double position = share * (levels.length - 1);
        int below = (int) position;
        int above = Math.min(levels.length - 1, below + 1);
        return Math.log(255 * (levels[below] + (position - below) * (levels[above] - levels[below])) + FLOOR);
    }

    /** Returns brightness and level of all blocks of the picture as it looks from so many times as far. */
    private List<double[]> blocks(int times, boolean ofColor) {
        List<double[]> blocks = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            addBlocks(values.get(i), pieces.get(i), times, ofColor, blocks);
        }
        return blocks;
    }

    private void addBlocks(float[] colors, Region piece, int times, boolean ofColor, List<double[]> blocks) {
        int columns = piece.width() / times;
        int rows = piece.height() / times;
        float[][] seen = new float[channels][];
        for (int channel = 0; channel < channels; channel++) {
            seen[channel] =
                    reduced(colors, channel * piece.width() * piece.height(), piece.width(), columns, rows, times);
        }
        float[] brightness = channels == 1 ? seen[0] : combined(seen, 1 / 3.0, 1 / 3.0, 1 / 3.0);
        List<float[]> judged = List.of(brightness);
        if (ofColor) {
            double two = Math.sqrt(1 / 2.0);
            double three = Math.sqrt(1 / 6.0);
            judged = List.of(combined(seen, two, -two, 0), combined(seen, three, three, -2 * three));
        }
        int side = times == 4 ? 8 : 16;
        for (int top = 1; top + side < rows; top += side) {
            for (int left = 1; left + side < columns; left += side) {
                double sum = 0;
                double squares = 0;
                for (int y = top; y < top + side; y++) {
                    for (int x = left; x < left + side; x++) {
                        int at = y * columns + x;
                        sum += brightness[at];
                        for (float[] plane : judged) {
                            double difference = secondDifference(plane, at, columns);
                            squares += difference * difference;
                        }
                    }
                }
                int area = side * side;
                blocks.add(new double[] {sum / area, Math.sqrt(squares / area / judged.size())});
            }
        }
    }

    private static float[] reduced(float[] values, int from, int width, int columns, int rows, int times) {
        float[] means = new float[columns * rows];
        for (int y = 0; y < rows * times; y++) {
            for (int x = 0; x < columns * times; x++) {
                means[y / times * columns + x / times] += values[from + y * width + x] / (times * times);
            }
        }
        return means;
    }

    private static float[] combined(float[][] planes, double first, double second, double third) {
        float[] sum = new float[planes[0].length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = (float) (first * planes[0][i] + second * planes[1][i] + third * planes[2][i]);
        }
        return sum;
    }

    /** Returns the second difference in both directions, so that white noise keeps its standard deviation. */
    private static double secondDifference(float[] plane, int at, int columns) {
        double sum = 4 * plane[at];
        sum -= 2 * (plane[at - 1] + plane[at + 1] + plane[at - columns] + plane[at + columns]);
        sum += plane[at - columns - 1] + plane[at - columns + 1] + plane[at + columns - 1] + plane[at + columns + 1];
        return sum / 6;
    }
}
