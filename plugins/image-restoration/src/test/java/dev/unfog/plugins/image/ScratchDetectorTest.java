package dev.unfog.plugins.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import dev.unfog.api.media.Region;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScratchDetectorTest {
    private static final int WIDTH = 340;
    private static final int HEIGHT = 260;
    private static final PictureLayout LAYOUT = new PictureLayout(WIDTH, HEIGHT, Color.RGB, false, Depth.UINT8);

    /** Balls and boxes before a wall, with the grain of a photograph. */
    private static MemoryPicture scene(long seed) {
        MemoryPicture scene = new MemoryPicture(LAYOUT);
        Random random = new Random(seed);
        double[][] things = new double[9][6];
        for (double[] thing : things) {
            thing[0] = random.nextDouble() * WIDTH;
            thing[1] = random.nextDouble() * HEIGHT;
            thing[2] = 20 + 45 * random.nextDouble();
            for (int channel = 0; channel < 3; channel++) {
                thing[3 + channel] = 0.15 + 0.6 * random.nextDouble();
            }
        }
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                double[] color = {0.55 + 0.1 * Math.sin(x / 90.0), 0.5 + y * 0.0008, 0.45};
                double shade = 1;
                for (int i = 0; i < things.length; i++) {
                    double right = (x - things[i][0]) / things[i][2];
                    double down = (y - things[i][1]) / things[i][2];
                    double distance = right * right + down * down;
                    boolean covers = i % 3 == 0 ? Math.max(Math.abs(right), Math.abs(down)) < 0.8 : distance < 1;
                    if (covers) {
                        System.arraycopy(things[i], 3, color, 0, 3);
                        shade = i % 3 == 0 ? 1 : 1.1 - 0.5 * distance;
                    }
                }
                for (int channel = 0; channel < 3; channel++) {
                    double value = color[channel] * shade + 0.012 * random.nextGaussian();
                    scene.values()[(channel * HEIGHT + y) * WIDTH + x] = (float) Math.max(0, Math.min(1, value));
                }
            }
        }
        return scene;
    }

    /** Draws curved scratches with soft edges, and specks; returns how much each pixel was changed. */
    private static float[] damage(MemoryPicture picture, long seed) {
        Random random = new Random(seed);
        float[] covered = new float[WIDTH * HEIGHT];
        float[] paint = new float[WIDTH * HEIGHT];
        for (int i = 0; i < 4; i++) {
            double x = WIDTH * (0.15 + 0.7 * random.nextDouble());
            double y = HEIGHT * (0.15 + 0.7 * random.nextDouble());
            double angle = 2 * Math.PI * random.nextDouble();
            double turn = 0.003 * random.nextGaussian();
            double radius = 0.7 + random.nextDouble();
            float color = i % 2 == 0 ? 1f : 0f;
            for (int step = 0; step < 360; step++, angle += turn / 2) {
                x += Math.cos(angle) / 2;
                y += Math.sin(angle) / 2;
                stamp(covered, paint, x, y, radius, color);
            }
        }
        for (int i = 0; i < 5; i++) {
            stamp(covered, paint, WIDTH * random.nextDouble(), HEIGHT * random.nextDouble(), 1.8, 1f);
        }
        float[] changes = new float[covered.length];
        for (int channel = 0; channel < 3; channel++) {
            for (int i = 0; i < covered.length; i++) {
                float before = picture.values()[channel * covered.length + i];
                float after = before + covered[i] * (paint[i] - before);
                picture.values()[channel * covered.length + i] = after;
                changes[i] = Math.max(changes[i], Math.abs(after - before));
            }
        }
        return changes;
    }

    private static void stamp(float[] covered, float[] paint, double x, double y, double radius, float color) {
        for (int row = (int) y - 4; row <= y + 4; row++) {
            for (int column = (int) x - 4; column <= x + 4; column++) {
                if (row >= 0 && row < HEIGHT && column >= 0 && column < WIDTH) {
                    double cover = radius + 0.5 - Math.hypot(row - y, column - x);
                    int at = row * WIDTH + column;
                    if (Math.min(1, cover) > covered[at]) {
                        covered[at] = (float) Math.min(1, cover);
                        paint[at] = color;
                    }
                }
            }
        }
    }

    private static float[] detect(MemoryPicture picture) {
        float[] found = new float[WIDTH * HEIGHT];
        new ScratchDetector(new PictureColors(picture)).detect(LAYOUT.bounds(), found);
        return found;
    }

    private static boolean isNear(float[] changes, int at) {
        int x = at % WIDTH;
        int y = at / WIDTH;
        for (int row = Math.max(0, y - 2); row <= Math.min(HEIGHT - 1, y + 2); row++) {
            for (int column = Math.max(0, x - 2); column <= Math.min(WIDTH - 1, x + 2); column++) {
                if (changes[row * WIDTH + column] > 0.02f) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void plantedScratchesAreFoundAndLittleElse() {
        int planted = 0;
        int hits = 0;
        int found = 0;
        int right = 0;
        for (int seed = 1; seed <= 4; seed++) {
            MemoryPicture picture = scene(seed);
            float[] changes = damage(picture, 100 + seed);
            float[] mask = detect(picture);
            for (int i = 0; i < mask.length; i++) {
                boolean isPlanted = changes[i] > 0.15f;
                planted += isPlanted ? 1 : 0;
                hits += isPlanted && mask[i] == 1 ? 1 : 0;
                found += mask[i] == 1 ? 1 : 0;
                right += mask[i] == 1 && isNear(changes, i) ? 1 : 0;
            }
        }
        assertThat((double) hits / planted).as("recall").isGreaterThan(0.9);
        assertThat((double) right / found).as("precision").isGreaterThan(0.85);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aSceneWithoutScratchesIsLeftNearlyAlone(int seed) {
        double share = 0;
        for (float value : detect(scene(seed))) {
            share += value / (WIDTH * HEIGHT);
        }
        assertThat(share).isLessThan(0.004);
    }

    @Test
    void itDoesNotMatterHowThePictureIsCut() {
        MemoryPicture picture = scene(3);
        damage(picture, 103);
        float[] whole = detect(picture);
        ScratchDetector detector = new ScratchDetector(new PictureColors(picture));
        float[] part = new float[120 * 100];
        int different = 0;
        for (int[] corner : new int[][] {{0, 0}, {120, 100}, {220, 160}}) {
            detector.detect(new Region(corner[0], corner[1], 120, 100), part);
            for (int i = 0; i < part.length; i++) {
                int at = (corner[1] + i / 120) * WIDTH + corner[0] + i % 120;
                different += part[i] == whole[at] ? 0 : 1;
            }
        }
        assertThat(different).isLessThan(3 * part.length / 1000);
    }

    @Test
    void scratchesAreFilledAndTheMaskIsGiven() {
        MemoryPicture clean = scene(4);
        MemoryPicture damaged = new MemoryPicture(LAYOUT, clean.values().clone());
        damage(damaged, 104);
        TestRun run = new TestRun().clean(damaged, "detect-scratches=true", "steps=4");
        float[] mask = run.output("mask").values();
        float[] result = run.main().values();
        double before = 0;
        double after = 0;
        for (int i = 0; i < result.length; i++) {
            if (mask[i % mask.length] == 0) {
                assertThat(result[i]).isEqualTo(damaged.values()[i]);
            }
            before += Math.pow(damaged.values()[i] - clean.values()[i], 2);
            after += Math.pow(result[i] - clean.values()[i], 2);
        }
        assertThat(after).isLessThan(0.5 * before);
        assertThat(run.notes()).containsKey("missingPixels");
    }

    @Test
    void aPictureOfOneColourHasNoScratches() {
        MemoryPicture picture = new MemoryPicture(LAYOUT);
        assertThat(detect(picture)).containsOnly(0);
        TestRun run = new TestRun().clean(picture, "detect-scratches=true", "steps=2");
        assertThat(run.main().values()).isEqualTo(picture.values());
        assertThat(run.notes()).containsEntry("missingPixels", 0L);
    }

    @Test
    void aMaskAndDetectionTogetherAreRefused() {
        assertThatThrownBy(() -> new TestRun().clean(scene(1), "detect-scratches=true", "mask=mask.png"))
                .hasMessageContaining("--mask")
                .hasMessageContaining("--detect-scratches");
    }
}
