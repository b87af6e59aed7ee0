package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BatchProgressTest {
    private final StringWriter written = new StringWriter();
    private final AtomicLong clock = new AtomicLong();

    private BatchProgress open(boolean interactive, int files, long bytes) {
        PrintWriter err = new PrintWriter(written, true);
        return new BatchProgress(new Terminal(err, err, interactive, 100), files, bytes, clock::get);
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
    void filesCountByTheirSizeAndTheRateIsThatOfWhatIsDone() {
        try (BatchProgress progress = open(true, 2, 400)) {
            BatchProgress.FileProgress first = progress.begin("a.png", 100);
            afterSeconds(10);
            first.end();
            BatchProgress.FileProgress second = progress.begin("b.png", 300);
            second.opened(new Megapixels(12));
            afterSeconds(5);
            second.report(0.5, "denoising");
        }
        assertThat(written.toString()).contains("]  62%  0:09 left  1/2 done  b.png  1.2 MP/s  denoising");
    }

    @Test
    void ofSeveralFilesAtWorkEachCountsAndOneIsNamed() {
        try (BatchProgress progress = open(true, 3, 400)) {
            BatchProgress.FileProgress first = progress.begin("a.png", 100);
            BatchProgress.FileProgress second = progress.begin("b.png", 100);
            first.opened(new Megapixels(10));
            second.opened(new Megapixels(10));
            afterSeconds(1);
            first.report(0.5, "denoising");
            afterSeconds(1);
            second.report(0.5, "denoising");
            assertThat(written.toString()).endsWith("]  25%  0:06 left  0/3 done  a.png  and 1 more  5.0 MP/s");
            afterSeconds(1);
            second.report(0.2, "denoising again");
            assertThat(written.toString()).as("progress never falls").contains("]  25%  0:09 left");
        }
    }

    @Test
    void withoutATerminalEachFileOfABatchIsNamedOnce() {
        try (BatchProgress progress = open(false, 2, 2)) {
            BatchProgress.FileProgress first = progress.begin("a.png", 1);
            first.report(0.5, "denoising");
            first.end();
            progress.begin("b.png", 1);
        }
        assertThat(written.toString().lines()).containsExactly("1/2 a.png", "2/2 b.png");
    }

    @Test
    void oneFileThatIsDoneAtOnceSaysNothing() {
        try (BatchProgress progress = open(false, 1, 1)) {
            BatchProgress.FileProgress file = progress.begin("a.png", 1);
            file.report(1, "denoising");
            file.end();
        }
        assertThat(written.toString()).isEmpty();
    }
}
