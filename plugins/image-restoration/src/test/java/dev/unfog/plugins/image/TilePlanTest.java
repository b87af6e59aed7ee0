package dev.unfog.plugins.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TilePlanTest {
    @Test
    void coresCoverThePictureOnceAndKeepTheHalo() {
        Random random = new Random(1);
        for (int round = 0; round < 300; round++) {
            int width = 1 + random.nextInt(400);
            int height = 1 + random.nextInt(400);
            int halo = random.nextInt(40);
            int multiple = 1 << random.nextInt(5);
            TilePlan plan = TilePlan.of(width, height, 1 + random.nextInt(20000), halo, 16, multiple);
            String what = width + "x" + height + " halo " + halo + " multiple " + multiple;
            assertThat(plan.width() % multiple).as(what).isZero();
            assertThat(plan.height() % multiple).as(what).isZero();
            int[] covered = new int[width * height];
            for (TilePlan.Tile tile : plan.tiles()) {
                var input = tile.input();
                var core = tile.core();
                assertThat(input.x() % multiple + input.y() % multiple).as(what).isZero();
                assertThat(input.width()).as(what).isLessThanOrEqualTo(plan.width());
                assertThat(core.x() - input.x()).as(what).isGreaterThanOrEqualTo(input.x() == 0 ? 0 : halo);
                assertThat(core.y() - input.y()).as(what).isGreaterThanOrEqualTo(input.y() == 0 ? 0 : halo);
                int right = input.x() + input.width() - core.x() - core.width();
                int bottom = input.y() + input.height() - core.y() - core.height();
                assertThat(right).as(what).isGreaterThanOrEqualTo(input.x() + input.width() == width ? 0 : halo);
                assertThat(bottom).as(what).isGreaterThanOrEqualTo(input.y() + input.height() == height ? 0 : halo);
                for (int y = core.y(); y < core.y() + core.height(); y++) {
                    for (int x = core.x(); x < core.x() + core.width(); x++) {
                        covered[y * width + x]++;
                    }
                }
            }
            assertThat(covered).as(what).containsOnly(1);
        }
    }

    @Test
    void aLargePictureCostsLittleMoreThanItsPixels() {
        TilePlan plan = TilePlan.of(4000, 3000, 1024 * 1024, 32, 16, 8);
        assertThat(plan.overhead(12_000_000)).isLessThan(1.12);
        assertThat((long) plan.width() * plan.height()).isLessThanOrEqualTo(1024 * 1024);
    }

    @Test
    void aSmallPictureIsOneTile() {
        TilePlan plan = TilePlan.of(7, 3, 1024 * 1024, 32, 16, 8);
        assertThat(plan.tiles()).hasSize(1);
        assertThat(plan.width()).isEqualTo(16);
        assertThat(plan.height()).isEqualTo(16);
    }
}
