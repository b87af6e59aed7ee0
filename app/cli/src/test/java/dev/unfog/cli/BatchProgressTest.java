package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BatchProgressTest {
    private final StringWriter written = new StringWriter();
    private final AtomicLong clock = new AtomicLong();

    private BatchProgress open(boolean interactive, Long... sizes) {
        PrintWriter err = new PrintWriter(written, true);
        return new BatchProgress(new Terminal(err, err, interactive, 100), List.of(sizes), clock::get);
    }

    private void afterSeconds(double seconds) {
        clock.addAndGet((long) (seconds * 1e9));
    }

    private record Megapixels(int count) implements Picture {
        @Override
        public PictureLayout layout() {
            return new PictureLayout(1000, 1000 * count, PictureLayout.Color.RGB, false, PictureLayout.Depth.UINT8);
        }

        @Override
        public void read(Region region, float[] planar) {
            throw new AssertionError("Progress reads no pixels");
        }

        @Override
        public String name() {
            return "picture";
        }

        @Override
        public void close() {}
    }

    @Test
    void filesCountByTheirSizeAndTheRateIsThatOfTheFile() {
        try (BatchProgress progress = open(true, 100L, 300L)) {
            progress.begin("a.png");
            afterSeconds(10);
            progress.end();
            progress.begin("b.png");
            progress.opened(new Megapixels(12));
            afterSeconds(5);
            progress.report(0.5, "denoising");
        }
        assertThat(written.toString()).contains("]  62%  0:09 left  2/2 b.png  1.2 MP/s  denoising");
    }

    @Test
    void withoutATerminalEachFileOfABatchIsNamedOnce() {
        try (BatchProgress progress = open(false, 1L, 1L)) {
            progress.begin("a.png");
            progress.report(0.5, "denoising");
            progress.end();
            progress.begin("b.png");
        }
        assertThat(written.toString().lines()).containsExactly("1/2 a.png", "2/2 b.png");
    }

    @Test
    void oneFileThatIsDoneAtOnceSaysNothing() {
        try (BatchProgress progress = open(false, 1L)) {
            progress.begin("a.png");
            progress.report(1, "denoising");
            progress.end();
        }
        assertThat(written.toString()).isEmpty();
    }
}
