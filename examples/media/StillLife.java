import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Renders the example picture, a still life on a desk, by path tracing, and a noisy copy of it.
 *
 * <p>Everything in the picture is computed here, so it belongs to the project. Run it with
 * {@code java examples/media/StillLife.java examples/media}; it writes {@code still-life.png} and {@code still-life-noisy.png}.
 */
public final class StillLife {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 640;
    private static final int PATHS = 400;
    private static final int BOUNCES = 5;
    /** Standard deviation of the noise added to the noisy copy, of 255. */
    private static final double NOISE = 30;

    private record Vec(double x, double y, double z) {
        Vec plus(Vec o) {
            return new Vec(x + o.x, y + o.y, z + o.z);
        }

        Vec minus(Vec o) {
            return new Vec(x - o.x, y - o.y, z - o.z);
        }

        Vec times(double k) {
            return new Vec(x * k, y * k, z * k);
        }

        Vec times(Vec o) {
            return new Vec(x * o.x, y * o.y, z * o.z);
        }

        double dot(Vec o) {
            return x * o.x + y * o.y + z * o.z;
        }

        Vec cross(Vec o) {
            return new Vec(y * o.z - z * o.y, z * o.x - x * o.z, x * o.y - y * o.x);
        }

        Vec unit() {
            return times(1 / Math.sqrt(dot(this)));
        }

        Vec mix(Vec o, double k) {
            return times(1 - k).plus(o.times(k));
        }
    }

    private interface Texture {
        Vec at(Vec p);
    }

    /** A surface hit: distance, outward normal, colour there, and how much of the light is mirrored. */
    private record Hit(double distance, Vec normal, Vec color, double gloss, double roughness, boolean glass, double light) {}

    private interface Thing {
        Hit hit(Vec origin, Vec direction);
    }

    private record Ball(Vec center, double radius, Texture texture, double gloss, double roughness, boolean glass, double bump)
            implements Thing {
        @Override
        public Hit hit(Vec origin, Vec direction) {
            Vec o = origin.minus(center);
            double b = o.dot(direction);
            double d = b * b - o.dot(o) + radius * radius;
            if (d < 0) {
                return null;
            }
            double t = -b - Math.sqrt(d);
            if (t < 1e-4) {
                t = -b + Math.sqrt(d);
            }
            if (t < 1e-4) {
                return null;
            }
            Vec p = o.plus(direction.times(t));
            Vec n = p.times(1 / radius);
            if (bump > 0) {
                Vec q = p.times(40 / radius);
                n = n.plus(new Vec(noise(q) - .5, noise(q.plus(new Vec(31, 7, 3))) - .5, noise(q.plus(new Vec(5, 71, 13))) - .5).times(bump)).unit();
            }
            return new Hit(t, n, texture.at(p), gloss, roughness, glass, 0);
        }
    }

    private record Box(Vec low, Vec high, Texture texture, double gloss, double light, double turn) implements Thing {
        @Override
        public Hit hit(Vec worldOrigin, Vec worldDirection) {
            Vec pivot = low.plus(high).times(.5);
            Vec origin = rotate(worldOrigin.minus(pivot), -turn).plus(pivot);
            Vec direction = rotate(worldDirection, -turn);
            double near = -1e9;
            double far = 1e9;
            int axis = 0;
            double[] o = {origin.x, origin.y, origin.z};
            double[] d = {direction.x, direction.y, direction.z};
            double[] l = {low.x, low.y, low.z};
            double[] h = {high.x, high.y, high.z};
            for (int i = 0; i < 3; i++) {
                double a = (l[i] - o[i]) / d[i];
                double b = (h[i] - o[i]) / d[i];
                if (Math.min(a, b) > near) {
                    near = Math.min(a, b);
                    axis = i;
                }
                far = Math.min(far, Math.max(a, b));
            }
            if (near > far || near < 1e-4) {
                return null;
            }
            double sign = -Math.signum(d[axis]);
            Vec n = new Vec(axis == 0 ? sign : 0, axis == 1 ? sign : 0, axis == 2 ? sign : 0);
            Vec p = origin.plus(direction.times(near));
            return new Hit(near, rotate(n, turn), texture.at(p.minus(low)), gloss, .15, false, light);
        }

        private static Vec rotate(Vec v, double angle) {
            double c = Math.cos(angle);
            double s = Math.sin(angle);
            return new Vec(c * v.x + s * v.z, v.y, -s * v.x + c * v.z);
        }
    }

    private static final Thing[] SCENE = scene();

    private static Thing[] scene() {
        Texture wood = p -> {
            double rings = p.z * 7 + 1.8 * fractal(new Vec(p.x * .35, p.y, p.z * 2.2)) + .12 * fractal(new Vec(p.x * 3, p.y, p.z * 50));
            double grain = rings - Math.floor(rings);
            double plank = Math.floor(p.z / .9);
            double seam = p.z - plank * .9 < .012 ? .35 : 1;
            return new Vec(.36, .19, .09).mix(new Vec(.55, .33, .17), grain * grain).times((.8 + .25 * hash((int) plank, 3, 9)) * seam);
        };
        Texture bricks = p -> {
            double row = Math.floor(p.y / .22);
            double column = Math.floor((p.x + (row % 2) * .25) / .5);
            double u = (p.x + (row % 2) * .25) / .5 - column;
            double v = p.y / .22 - row;
            double rough = fractal(p.times(14));
            if (Math.min(u, 1 - u) < .028 + .012 * rough || Math.min(v, 1 - v) < .07 + .02 * rough) {
                return new Vec(.50, .47, .43).times(.75 + .4 * rough);
            }
            double tone = hash((int) column, (int) row, 5);
            return new Vec(.44, .17, .11).mix(new Vec(.60, .31, .20), tone).times(.65 + .6 * rough);
        };
        Texture orange = p -> new Vec(.86, .40, .05).times(.92 + .12 * fractal(p.times(30)));
        Texture apple = p -> {
            double stripe = fractal(new Vec(Math.atan2(p.x, p.z) * 9, p.y * 2.5, 1));
            return new Vec(.60, .05, .05).mix(new Vec(.75, .62, .18), Math.max(0, stripe * 1.7 - .75));
        };
        Texture leafy = p -> new Vec(.16, .33, .10).mix(new Vec(.42, .55, .20), fractal(p.times(9)));
        Texture marble = p -> {
            double vein = Math.abs(Math.sin(p.x * 4 + 5 * fractal(p.times(2.4))));
            return new Vec(.86, .85, .82).times(.45 + .55 * Math.pow(vein, .35));
        };
        return new Thing[] {
            new Box(new Vec(-9, -1, -4), new Vec(9, 0, 6), wood, .06, 0, 0),
            new Box(new Vec(-9, 0, 3.2), new Vec(9, 6, 4), bricks, 0, 0, 0),
            new Ball(new Vec(-.15, .52, .3), .52, marble, .10, .03, false, 0),
            new Ball(new Vec(.98, .36, -.35), .36, orange, .05, .25, false, .35),
            new Ball(new Vec(1.62, .33, .25), .33, apple, .07, .06, false, .04),
            new Ball(new Vec(.42, .24, -.95), .24, leafy, .05, .2, false, .2),
            new Ball(new Vec(-.72, .30, -.72), .30, p -> new Vec(.97, .99, .98), 1, 0, true, 0),
            new Ball(new Vec(2.5, .62, 1.5), .62, p -> new Vec(.85, .72, .45), .9, .08, false, 0),
            book(new Vec(-2.9, 0, .1), new Vec(-1.2, .30, 1.4), new Vec(.12, .22, .40), .25),
            book(new Vec(-2.75, .30, .2), new Vec(-1.35, .52, 1.35), new Vec(.55, .12, .10), -.12),
            book(new Vec(-2.6, .52, .35), new Vec(-1.45, .80, 1.3), new Vec(.75, .66, .42), .38),
            new Box(new Vec(-5.5, 3.2, -3.5), new Vec(-3.2, 5.0, -1.2), p -> new Vec(1, .95, .86), 0, 17, 0),
            new Box(new Vec(3.5, 4.5, -3.5), new Vec(5.0, 5.2, -2), p -> new Vec(.75, .86, 1), 0, 5, 0),
        };
    }

    private static Thing book(Vec low, Vec high, Vec cloth, double turn) {
        Vec size = high.minus(low);
        Texture texture = p -> {
            boolean spine = p.z < .004;
            if (spine && p.y > .04 && p.y < size.y - .04 && p.x > .25 && p.x < size.x - .25) {
                // Lettering: blocks of strokes that stand for words.
                double letter = p.x / .055;
                int index = (int) Math.floor(letter);
                double u = letter - index;
                double v = (p.y - .04) / (size.y - .08);
                if (hash(index, 7, (int) (size.x * 99)) > .22 && v > .25 && v < .75) {
                    boolean stem = u > .15 && u < .35;
                    boolean bar = hash(index, 1, 2) > .5 && v > .62 && u < .8 && u > .15;
                    boolean foot = hash(index, 4, 2) > .5 && v < .36 && u < .8 && u > .15;
                    if (stem || bar || foot) {
                        return new Vec(.86, .72, .36);
                    }
                }
            }
            boolean pages = !spine && p.y > .03 && p.y < size.y - .03 && (p.x > size.x - .004 || p.x < .004);
            if (pages) {
                return new Vec(.82, .78, .68).times(.75 + .3 * hash((int) (p.y * 900), 1, 1));
            }
            double weave = .86 + .10 * Math.sin(p.x * 260) * Math.sin(p.z * 260 + p.y * 260) + .1 * fractal(p.times(20));
            return cloth.times(weave);
        };
        return new Box(low, high, texture, .03, 0, turn);
    }

    private static double hash(int x, int y, int z) {
        int h = x * 374761393 + y * 668265263 + z * 2147483647;
        h = (h ^ h >>> 13) * 1274126177;
        return ((h ^ h >>> 16) & 0xffffff) / (double) 0xffffff;
    }

    private static double noise(Vec p) {
        int x = (int) Math.floor(p.x);
        int y = (int) Math.floor(p.y);
        int z = (int) Math.floor(p.z);
        double u = smooth(p.x - x);
        double v = smooth(p.y - y);
        double w = smooth(p.z - z);
        double sum = 0;
        for (int i = 0; i < 8; i++) {
            int a = i & 1;
            int b = i >> 1 & 1;
            int c = i >> 2;
            sum += hash(x + a, y + b, z + c) * (a == 1 ? u : 1 - u) * (b == 1 ? v : 1 - v) * (c == 1 ? w : 1 - w);
        }
        return sum;
    }

    private static double smooth(double t) {
        return t * t * (3 - 2 * t);
    }

    private static double fractal(Vec p) {
        double sum = 0;
        double weight = .5;
        for (int octave = 0; octave < 5; octave++) {
            sum += weight * noise(p);
            p = p.times(2.03);
            weight /= 2;
        }
        return sum / .97;
    }

    private static Vec trace(Vec origin, Vec direction, SplittableRandom random) {
        Vec weight = new Vec(1, 1, 1);
        Vec sum = new Vec(0, 0, 0);
        for (int bounce = 0; bounce <= BOUNCES; bounce++) {
            Hit nearest = null;
            for (Thing thing : SCENE) {
                Hit hit = thing.hit(origin, direction);
                if (hit != null && (nearest == null || hit.distance < nearest.distance)) {
                    nearest = hit;
                }
            }
            if (nearest == null) {
                return sum.plus(weight.times(new Vec(.30, .36, .45).times(.45 + .25 * direction.y)));
            }
            if (nearest.light > 0) {
                return sum.plus(weight.times(nearest.color.times(nearest.light)));
            }
            Vec point = origin.plus(direction.times(nearest.distance));
            Vec n = nearest.normal;
            double facing = direction.dot(n);
            if (nearest.glass) {
                boolean enters = facing < 0;
                Vec m = enters ? n : n.times(-1);
                double ratio = enters ? 1 / 1.5 : 1.5;
                double c = -direction.dot(m);
                double k = 1 - ratio * ratio * (1 - c * c);
                double fresnel = .04 + .96 * Math.pow(1 - c, 5);
                Vec next = k < 0 || random.nextDouble() < fresnel
                        ? direction.plus(m.times(2 * c))
                        : direction.times(ratio).plus(m.times(ratio * c - Math.sqrt(k)));
                weight = weight.times(nearest.color);
                origin = point.plus(next.times(1e-4));
                direction = next.unit();
                continue;
            }
            if (facing > 0) {
                n = n.times(-1);
                facing = -facing;
            }
            double fresnel = nearest.gloss + (1 - nearest.gloss) * Math.pow(1 + facing, 5) * (nearest.gloss > 0 ? .6 : 0);
            Vec next;
            if (random.nextDouble() < fresnel) {
                next = direction.minus(n.times(2 * facing)).plus(inBall(random).times(nearest.roughness));
                if (next.dot(n) < 0) {
                    return sum;
                }
                weight = nearest.gloss > .5 ? weight.times(nearest.color) : weight;
            } else {
                next = n.plus(inBall(random).unit());
                weight = weight.times(nearest.color);
            }
            direction = next.unit();
            origin = point.plus(n.times(1e-4));
        }
        return sum;
    }

    private static Vec inBall(SplittableRandom random) {
        while (true) {
            Vec v = new Vec(random.nextDouble() * 2 - 1, random.nextDouble() * 2 - 1, random.nextDouble() * 2 - 1);
            if (v.dot(v) < 1 && v.dot(v) > 1e-6) {
                return v;
            }
        }
    }

    private static double encode(double linear) {
        double v = 1 - Math.exp(-linear * 1.45);
        return v <= .0031308 ? 12.92 * v : 1.055 * Math.pow(v, 1 / 2.4) - .055;
    }

    public static void main(String[] arguments) throws IOException {
        File folder = new File(arguments[0]);
        double[][] pixels = new double[HEIGHT][WIDTH * 3];
        Vec eye = new Vec(.35, 1.55, -4.6);
        Vec ahead = new Vec(-.08, .52, .2).minus(eye).unit();
        Vec right = new Vec(0, 1, 0).cross(ahead).unit();
        Vec up = ahead.cross(right);
        IntStream.range(0, HEIGHT).parallel().forEach(y -> {
            SplittableRandom random = new SplittableRandom(y);
            for (int x = 0; x < WIDTH; x++) {
                Vec sum = new Vec(0, 0, 0);
                for (int path = 0; path < PATHS; path++) {
                    double u = (x + random.nextDouble() - WIDTH / 2.0) / HEIGHT;
                    double v = (HEIGHT / 2.0 - y - random.nextDouble()) / HEIGHT;
                    Vec focus = eye.plus(ahead.plus(right.times(u * .92)).plus(up.times(v * .92)).times(4.7));
                    Vec lens = right.times(random.nextDouble() - .5).plus(up.times(random.nextDouble() - .5)).times(.03);
                    Vec light = trace(eye.plus(lens), focus.minus(eye.plus(lens)).unit(), random);
                    double limit = Math.max(1, Math.max(light.x, Math.max(light.y, light.z)) / 8);
                    sum = sum.plus(light.times(1 / limit));
                }
                sum = sum.times(1.0 / PATHS);
                pixels[y][3 * x] = encode(sum.x);
                pixels[y][3 * x + 1] = encode(sum.y);
                pixels[y][3 * x + 2] = encode(sum.z);
            }
        });
        write(pixels, 0, new File(folder, "still-life.png"));
        write(pixels, NOISE / 255, new File(folder, "still-life-noisy.png"));
    }

    private static void write(double[][] pixels, double noise, File file) throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(0);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int rgb = 0;
                for (int channel = 0; channel < 3; channel++) {
                    double value = pixels[y][3 * x + channel] + (noise == 0 ? 0 : noise * random.nextGaussian());
                    rgb = rgb << 8 | (int) Math.round(Math.max(0, Math.min(1, value)) * 255);
                }
                image.setRGB(x, y, rgb);
            }
        }
        ImageIO.write(image, "png", file);
    }
}
