package dev.unfog.plugins.image;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.util.Random;

/** Balls and boxes before a wall, as a scene and as a camera takes them: shot and read noise, a mosaic of colours, the sRGB curve. */
final class CameraPicture {
    static final int SIDE = 200;
    static final int STEP = 8;

    private static final PictureLayout LAYOUT = new PictureLayout(SIDE, SIDE, Color.RGB, false, Depth.UINT8);

    private CameraPicture() {}

    static MemoryPicture scene() {
        MemoryPicture scene = new MemoryPicture(LAYOUT);
        Random random = new Random(5);
        double[][] things = new double[8][6];
        for (double[] thing : things) {
            thing[0] = random.nextDouble() * SIDE;
            thing[1] = random.nextDouble() * SIDE;
            thing[2] = 15 + 25 * random.nextDouble();
            for (int channel = 0; channel < 3; channel++) {
                thing[3 + channel] = 0.15 + 0.6 * random.nextDouble();
            }
        }
        for (int i = 0; i < SIDE * SIDE; i++) {
            double[] color = {0.5 + 0.1 * Math.sin(i % SIDE / 50.0), 0.4 + 0.001 * (i / SIDE), 0.35};
            for (int k = 0; k < things.length; k++) {
                double right = (i % SIDE - things[k][0]) / things[k][2];
                double down = (i / SIDE - things[k][1]) / things[k][2];
                double distance = right * right + down * down;
                if (k % 3 == 0 ? Math.max(Math.abs(right), Math.abs(down)) < 0.8 : distance < 1) {
                    for (int channel = 0; channel < 3; channel++) {
                        color[channel] = things[k][3 + channel] * (k % 3 == 0 ? 1 : 1.1 - 0.5 * distance);
                    }
                }
            }
            for (int channel = 0; channel < 3; channel++) {
                scene.values()[channel * SIDE * SIDE + i] = (float) color[channel];
            }
        }
        return scene;
    }

    /** Returns dots of all sizes and brightnesses, one over the other, which is what the surfaces of nature look like. */
    static MemoryPicture leaves() {
        MemoryPicture picture = scene();
        Random random = new Random(8);
        for (int leaf = 0; leaf < 60_000; leaf++) {
            int x = random.nextInt(SIDE);
            int y = random.nextInt(SIDE);
            double radius = 1 / Math.sqrt(0.004 + 0.9 * random.nextDouble());
            float brightness = (float) (0.5 + 0.15 * random.nextGaussian());
            int reach = (int) radius;
            for (int down = -reach; down <= reach; down++) {
                for (int right = -reach; right <= reach; right++) {
                    int at = Math.floorMod(y + down, SIDE) * SIDE + Math.floorMod(x + right, SIDE);
                    for (int channel = 0; down * down + right * right <= radius * radius && channel < 3; channel++) {
                        picture.values()[channel * SIDE * SIDE + at] = brightness;
                    }
                }
            }
        }
        return picture;
    }

    /** Takes a picture of a scene; colours that a pixel's filter keeps out are the mean of its neighbours'. */
    static MemoryPicture taken(MemoryPicture scene, double electrons) {
        Random random = new Random(6);
        double[] mosaic = new double[SIDE * SIDE];
        for (int i = 0; i < mosaic.length; i++) {
            double mean = electrons * linear(scene.values()[filter(i % SIDE, i / SIDE) * SIDE * SIDE + i]);
            mosaic[i] = (mean + Math.hypot(Math.sqrt(mean), 3) * random.nextGaussian()) / electrons;
        }
        MemoryPicture taken = new MemoryPicture(LAYOUT);
        for (int channel = 0; channel < 3; channel++) {
            for (int i = 0; i < mosaic.length; i++) {
                double sum = 0;
                double weights = 0;
                for (int dy = -1; dy <= 1; dy++) {
                    for (int dx = -1; dx <= 1; dx++) {
                        int x = Math.max(0, Math.min(SIDE - 1, i % SIDE + dx));
                        int y = Math.max(0, Math.min(SIDE - 1, i / SIDE + dy));
                        // A pixel that has the colour itself keeps it.
                        double weight = filter(x, y) != channel ? 0 : dx == 0 && dy == 0 ? 1e6 : 1;
                        sum += weight * mosaic[y * SIDE + x];
                        weights += weight;
                    }
                }
                double light = Math.max(0, Math.min(1, sum / weights));
                double encoded = light < 0.0031308 ? 12.92 * light : 1.055 * Math.pow(light, 1 / 2.4) - 0.055;
                taken.values()[channel * SIDE * SIDE + i] = Math.round(255 * encoded) / 255f;
            }
        }
        return taken;
    }

    /** Compresses a picture with half of the colours' resolution. */
    static JpegPicture compressed(MemoryPicture picture) {
        return new JpegPicture(picture, STEP, 2, 2, 0, 0);
    }

    private static int filter(int x, int y) {
        return y % 2 + x % 2;
    }

    private static double linear(double encoded) {
        return encoded <= 0.04045 ? encoded / 12.92 : Math.pow((encoded + 0.055) / 1.055, 2.4);
    }
}
