package dev.unfog.core.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import dev.unfog.api.media.Region;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PixelStoreTest {
    @TempDir
    private Path temporary;

    @ParameterizedTest
    @EnumSource(Depth.class)
    void regionsReadByManyThreadsAreThoseOfTheWhole(Depth depth) throws Exception {
        PictureLayout layout = new PictureLayout(517, 389, Color.RGB, true, depth);
        float[] whole = SamplePictures.random(layout, 3);
        try (PixelStore pixels = PixelStore.create(temporary, layout)) {
            pixels.write(layout.bounds(), whole);
            ExecutorService threads = Executors.newFixedThreadPool(4);
            List<Future<?>> checks = new ArrayList<>();
            for (int seed = 0; seed < 200; seed++) {
                Region region = randomRegion(layout, seed);
                checks.add(threads.submit(() -> {
                    float[] read = new float[Math.toIntExact(region.area() * 4)];
                    pixels.read(region, read);
                    assertThat(read).isEqualTo(cut(whole, layout, region));
                }));
            }
            threads.shutdown();
            for (Future<?> check : checks) {
                check.get();
            }
        }
        assertThat(temporary).isEmptyDirectory();
    }

    @ParameterizedTest
    @EnumSource(Depth.class)
    void tilesWrittenByManyThreadsMakeTheWhole(Depth depth) throws Exception {
        PictureLayout layout = new PictureLayout(301, 205, Color.GREY, true, depth);
        float[] whole = SamplePictures.random(layout, 4);
        try (PixelStore pixels = PixelStore.create(temporary, layout)) {
            ExecutorService threads = Executors.newFixedThreadPool(4);
            List<Future<?>> writes = new ArrayList<>();
            for (int y = 0; y < layout.height(); y += 64) {
                for (int x = 0; x < layout.width(); x += 50) {
                    Region tile = new Region(x, y, Math.min(50, layout.width() - x), Math.min(64, layout.height() - y));
                    writes.add(threads.submit(() -> pixels.write(tile, cut(whole, layout, tile))));
                }
            }
            threads.shutdown();
            for (Future<?> write : writes) {
                write.get();
            }
            float[] read = new float[whole.length];
            pixels.read(layout.bounds(), read);
            assertThat(read).isEqualTo(whole);
        }
    }

    @Test
    void aRegionThatLeavesThePictureIsRefused() {
        try (PixelStore pixels = PixelStore.create(temporary, SamplePictures.grey(10, 10))) {
            assertThatThrownBy(() -> pixels.read(new Region(5, 0, 6, 1), new float[6]))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> pixels.read(new Region(0, 0, 6, 2), new float[11]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aResultThatIsNotANumberIsAnErrorOfThePlugin() {
        try (PixelStore pixels = PixelStore.create(temporary, SamplePictures.grey(2, 1))) {
            assertThatThrownBy(() -> pixels.write(new Region(0, 0, 2, 1), new float[] {0.5f, Float.NaN}))
                    .isInstanceOfSatisfying(
                            UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PLUGIN_BROKEN));
        }
    }

    static Region randomRegion(PictureLayout layout, long seed) {
        Random random = new Random(seed);
        int x = random.nextInt(layout.width());
        int y = random.nextInt(layout.height());
        return new Region(x, y, 1 + random.nextInt(layout.width() - x), 1 + random.nextInt(layout.height() - y));
    }

    static float[] cut(float[] whole, PictureLayout layout, Region region) {
        float[] part = new float[Math.toIntExact(region.area() * layout.channels())];
        int area = Math.toIntExact(layout.pixels());
        int to = 0;
        for (int c = 0; c < layout.channels(); c++) {
            for (int y = region.y(); y < region.y() + region.height(); y++) {
                System.arraycopy(whole, c * area + y * layout.width() + region.x(), part, to, region.width());
                to += region.width();
            }
        }
        return part;
    }
}
