package dev.unfog.core.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureSink;
import dev.unfog.api.media.Region;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargePictureTest {
    private static final int SIDE = 10_000;

    @TempDir
    private Path folder;

    @Test
    void aHundredMegapixelsGoThroughAHeapThatCouldNotHoldThem() throws Exception {
        Path log = folder.resolve("log.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx80m",
                        "-Djava.awt.headless=true",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Converter.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        assertThat(folder.resolve("third.png")).exists();
    }

    /** Makes a picture of 100 megapixels, a JPEG of it, and a PNG of that. */
    static final class Converter {
        private Converter() {}

        /** Runs in a process of its own, with little memory. */
        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            PictureLayout layout = SamplePictures.grey(SIDE, SIDE);
            Path first = folder.resolve("first.jpg");
            ResultOptions options = new ResultOptions(OptionalInt.of(90), false);
            try (ResultFiles results = new ResultFiles(first, null, options, folder)) {
                PictureSink sink = results.picture(Outputs.MAIN, layout);
                float[] rows = new float[SIDE * 100];
                for (int y = 0; y < SIDE; y += 100) {
                    for (int i = 0; i < rows.length; i++) {
                        rows[i] = (i % SIDE + y) % 1000 / 1000f;
                    }
                    sink.write(new Region(0, y, SIDE, 100), rows);
                }
                results.commit(Map.of());
            }
            Path second = copy(first, folder.resolve("second.tif"), folder);
            copy(second, folder.resolve("third.png"), folder);
        }

        private static Path copy(Path from, Path to, Path temporary) {
            try (Picture picture = SamplePictures.open(from, temporary);
                    ResultFiles results = new ResultFiles(to, picture, ResultOptions.DEFAULT, temporary)) {
                PictureSink sink = results.picture(Outputs.MAIN, picture.layout());
                float[] tile = new float[1000 * 1000];
                for (int y = 0; y < SIDE; y += 1000) {
                    for (int x = 0; x < SIDE; x += 1000) {
                        picture.read(new Region(x, y, 1000, 1000), tile);
                        sink.write(new Region(x, y, 1000, 1000), tile);
                    }
                }
                results.commit(Map.of());
            }
            return to;
        }
    }
}
