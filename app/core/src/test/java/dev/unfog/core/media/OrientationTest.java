package dev.unfog.core.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrientationTest {
    /** The letter F, upright. */
    private static final String[] UPRIGHT = {"####", "#...", "###.", "#...", "#..."};

    /** How a camera held in each way stores it: EXIF 2.32, figures of tag 0x0112. */
    private static final String[][] STORED = {
        UPRIGHT,
        {"####", "...#", ".###", "...#", "...#"},
        {"...#", "...#", ".###", "...#", "####"},
        {"#...", "#...", "###.", "#...", "####"},
        {"#####", "#.#..", "#.#..", "#...."},
        {"#....", "#.#..", "#.#..", "#####"},
        {"....#", "..#.#", "..#.#", "#####"},
        {"#####", "..#.#", "..#.#", "....#"}
    };

    @TempDir
    private Path folder;

    @TempDir
    private Path temporary;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void thePictureIsUprightHoweverTheCameraWasHeld(int orientation) throws IOException {
        try (PictureFile picture = SamplePictures.open(stored(orientation), temporary)) {
            assertThat(picture.layout().width()).isEqualTo(4);
            assertThat(picture.layout().height()).isEqualTo(5);
            assertThat(drawing(SamplePictures.all(picture), 4)).isEqualTo(String.join("\n", UPRIGHT));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyRegionIsThatOfTheUprightWhole(int orientation) throws IOException {
        PictureLayout layout = SamplePictures.rgb(37, 53);
        Path file =
                SamplePictures.write(folder.resolve("random.png"), layout, SamplePictures.random(layout, 5), temporary);
        SamplePictures.insertPngChunk(file, "eXIf", SamplePictures.exif(ByteOrder.LITTLE_ENDIAN, orientation, 37, 53));
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            float[] whole = SamplePictures.all(picture);
            for (int seed = 0; seed < 50; seed++) {
                Region region = PixelStoreTest.randomRegion(picture.layout(), seed);
                float[] read = new float[Math.toIntExact(region.area() * 3)];
                picture.read(region, read);
                assertThat(read).isEqualTo(PixelStoreTest.cut(whole, picture.layout(), region));
            }
        }
    }

    @Test
    void aResultIsStoredUprightAndSaysSo() throws IOException {
        Path result = folder.resolve("result.png");
        try (PictureFile picture = SamplePictures.open(stored(6), temporary)) {
            SamplePictures.copy(picture, result, temporary);
        }
        try (PictureFile picture = SamplePictures.open(result, temporary)) {
            assertThat(drawing(SamplePictures.all(picture), 4)).isEqualTo(String.join("\n", UPRIGHT));
            ExifBlock exif = picture.metadata().exif();
            assertThat(exif).isNotNull();
            assertThat(exif.orientation()).isEqualTo(1);
        }
    }

    @Test
    void anOrientationThatThereIsNotIsIgnoredWithAWarning() throws IOException {
        Path file = stored(9, UPRIGHT);
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            assertThat(drawing(SamplePictures.all(picture), 4)).isEqualTo(String.join("\n", UPRIGHT));
            assertThat(picture.warnings()).singleElement().asString().contains("no orientation 9");
        }
    }

    private Path stored(int orientation) throws IOException {
        return stored(orientation, STORED[orientation - 1]);
    }

    private Path stored(int orientation, String[] rows) throws IOException {
        int width = rows[0].length();
        float[] values = new float[width * rows.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = rows[i / width].charAt(i % width) == '#' ? 1 : 0;
        }
        Path file = SamplePictures.write(
                folder.resolve("stored.png"), SamplePictures.grey(width, rows.length), values, temporary);
        SamplePictures.insertPngChunk(
                file, "eXIf", SamplePictures.exif(ByteOrder.BIG_ENDIAN, orientation, width, rows.length));
        return file;
    }

    private static String drawing(float[] values, int width) {
        StringBuilder drawing = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            drawing.append(i > 0 && i % width == 0 ? "\n" : "").append(values[i] > 0.5f ? '#' : '.');
        }
        return drawing.toString();
    }
}
