import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/**
 * Weaves the example fabric: pictures of normal cloth, and of cloth with one defect each, whose place is known.
 *
 * <p>Everything in the pictures is computed here, so they belong to the project; the same seed gives the same pictures. Run it with
 * {@code java examples/anomalies/Fabric.java out}; it writes 200 pictures to {@code out/normal} to learn from, 100 others to
 * {@code out/good}, 100 with a defect to {@code out/bad}, and for each of these a mask of the same name, white where the defect is, to
 * {@code out/masks}. Six kinds of defect take turns: scratch, stain, worn spot, turned patch, missing thread, grit.
 */
public final class Fabric {
    private static final int SIDE = 128;
    /** Pixels from one thread to the next. */
    private static final double THREAD = 8;

    private final SplittableRandom random;

    private Fabric(long seed) {
        random = new SplittableRandom(seed);
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1 || arguments.length > 2) {
            System.err.println("usage: java Fabric.java FOLDER [SEED]");
            System.exit(2);
        }
        Path folder = Path.of(arguments[0]);
        Fabric fabric = new Fabric(arguments.length == 2 ? Long.parseLong(arguments[1]) : 0);
        for (int i = 0; i < 200; i++) {
            write(folder.resolve("normal"), i, fabric.cloth());
        }
        for (int i = 0; i < 100; i++) {
            write(folder.resolve("good"), i, fabric.cloth());
        }
        for (int i = 0; i < 100; i++) {
            double[] cloth = fabric.cloth();
            boolean[] mask = fabric.damage(cloth, i % 6);
            write(folder.resolve("bad"), i, cloth);
            double[] white = new double[mask.length];
            for (int at = 0; at < mask.length; at++) {
                white[at] = mask[at] ? 1 : 0;
            }
            write(folder.resolve("masks"), i, white);
        }
    }

    /** A weave whose threads wander, in uneven light, with grain. */
    private double[] cloth() {
        double[] across = smooth(noise(), 12);
        double[] down = smooth(noise(), 12);
        double[] light = smooth(noise(), 20);
        double left = 50 * random.nextDouble();
        double top = 50 * random.nextDouble();
        double contrast = 1 + 0.1 * random.nextGaussian();
        double brightness = 0.04 * random.nextGaussian();
        double[] cloth = new double[SIDE * SIDE];
        double turn = 2 * Math.PI / THREAD;
        for (int at = 0; at < cloth.length; at++) {
            double x = at % SIDE + left + 12 * across[at];
            double y = at / SIDE + top + 12 * down[at];
            double weave = 0.11 * Math.sin(turn * x) * Math.signum(Math.sin(turn * y / 2))
                    + 0.14 * Math.sin(turn * y)
                    + 0.06 * Math.sin(turn * (x + y) / 2);
            cloth[at] = (0.5 + weave) * contrast + brightness + 0.8 * light[at] + 0.03 * random.nextGaussian();
        }
        return cloth;
    }

    /** Damages the cloth and returns where. */
    private boolean[] damage(double[] cloth, int kind) {
        int centreX = 24 + random.nextInt(SIDE - 48);
        int centreY = 24 + random.nextInt(SIDE - 48);
        boolean[] mask =
                switch (kind) {
                    case 0 -> bar(centreX, centreY, 15 + 15 * random.nextDouble(), 1.5, Math.PI * random.nextDouble());
                    case 1 -> disc(centreX, centreY, 4 + 5 * random.nextDouble());
                    case 2 -> disc(centreX, centreY, 8 + 5 * random.nextDouble());
                    case 3 -> {
                        int reach = 8 + random.nextInt(5);
                        yield box(centreX - reach, centreY - reach, 2 * reach, 2 * reach);
                    }
                    case 4 -> {
                        int reach = 14 + random.nextInt(10);
                        yield box(centreX - reach, centreY - 2, 2 * reach, 3 + random.nextInt(3));
                    }
                    default -> disc(centreX, centreY, 7 + 5 * random.nextDouble());
                };
        double[] before = cloth.clone();
        double[] worn = smooth(before, 4);
        double sign = random.nextBoolean() ? 1 : -1;
        double mean = 0;
        for (double value : before) {
            mean += value / before.length;
        }
        for (int at = 0; at < cloth.length; at++) {
            if (mask[at]) {
                int x = at % SIDE - centreX;
                int y = at / SIDE - centreY;
                cloth[at] = switch (kind) {
                    case 0 -> before[at] + 0.3 * sign;
                    case 1 -> 0.5 * before[at] + 0.275 + 0.175 * sign;
                    case 2 -> worn[at];
                    case 3 -> before[(centreY + x) * SIDE + centreX - y - 1];
                    case 4 -> mean + 0.02 * random.nextGaussian();
                    default -> before[at] + 0.12 * random.nextGaussian();
                };
            }
        }
        return mask;
    }

    private static boolean[] bar(int centreX, int centreY, double length, double width, double angle) {
        boolean[] mask = new boolean[SIDE * SIDE];
        for (int at = 0; at < mask.length; at++) {
            double x = at % SIDE - centreX;
            double y = at / SIDE - centreY;
            double along = x * Math.cos(angle) + y * Math.sin(angle);
            double beside = y * Math.cos(angle) - x * Math.sin(angle);
            mask[at] = Math.abs(along) < length && Math.abs(beside) < width;
        }
        return mask;
    }

    private static boolean[] disc(int centreX, int centreY, double radius) {
        boolean[] mask = new boolean[SIDE * SIDE];
        for (int at = 0; at < mask.length; at++) {
            mask[at] = Math.hypot(at % SIDE - centreX, at / SIDE - centreY) < radius;
        }
        return mask;
    }

    private static boolean[] box(int left, int top, int width, int height) {
        boolean[] mask = new boolean[SIDE * SIDE];
        for (int at = 0; at < mask.length; at++) {
            int x = at % SIDE - left;
            int y = at / SIDE - top;
            mask[at] = x >= 0 && x < width && y >= 0 && y < height;
        }
        return mask;
    }

    private double[] noise() {
        double[] noise = new double[SIDE * SIDE];
        for (int at = 0; at < noise.length; at++) {
            noise[at] = random.nextGaussian();
        }
        return noise;
    }

    /** Convolves with a Gaussian, the edges mirrored. */
    private static double[] smooth(double[] values, double sigma) {
        int reach = (int) Math.ceil(4 * sigma);
        double[] kernel = new double[2 * reach + 1];
        double sum = 0;
        for (int i = -reach; i <= reach; i++) {
            kernel[i + reach] = Math.exp(-i * i / (2 * sigma * sigma));
            sum += kernel[i + reach];
        }
        double[] rows = new double[values.length];
        double[] smooth = new double[values.length];
        for (int pass = 0; pass < 2; pass++) {
            double[] from = pass == 0 ? values : rows;
            double[] to = pass == 0 ? rows : smooth;
            for (int at = 0; at < values.length; at++) {
                int x = at % SIDE;
                int y = at / SIDE;
                double total = 0;
                for (int i = -reach; i <= reach; i++) {
                    total += kernel[i + reach]
                            * from[pass == 0 ? y * SIDE + mirrored(x + i) : mirrored(y + i) * SIDE + x];
                }
                to[at] = total / sum;
            }
        }
        return smooth;
    }

    private static int mirrored(int at) {
        int place = Math.floorMod(at, 2 * SIDE);
        return place < SIDE ? place : 2 * SIDE - 1 - place;
    }

    private static void write(Path folder, int number, double[] values) throws IOException {
        Files.createDirectories(folder);
        BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        for (int at = 0; at < values.length; at++) {
            int grey = (int) Math.max(0, Math.min(255, Math.round(255 * values[at])));
            picture.getRaster().setSample(at % SIDE, at / SIDE, 0, grey);
        }
        ImageIO.write(picture, "png", folder.resolve(String.format("%03d.png", number)).toFile());
    }
}
