package dev.unfog.plugins.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {
    @ParameterizedTest
    @CsvSource({"1,1", "7,3", "3,900", "130,111", "2500,70"})
    void everySizeIsCompared(int width, int height) {
        for (Color color : Color.values()) {
            PictureLayout layout = new PictureLayout(width, height, color, true, Depth.UINT8);
            TestRun run = new TestRun().clean(MemoryPicture.noisy(layout, 0.1, 1), "sigma=25", "compare=true");
            MemoryPicture comparison = run.output("compare");
            assertThat(comparison.layout().color()).isEqualTo(Color.RGB);
            assertThat(comparison.layout().alpha()).isFalse();
            for (float value : comparison.values()) {
                assertThat(value).isBetween(0f, 1f);
            }
        }
    }

    @Test
    void theSplitShowsTheOldOnTheLeftAndTheNewOnTheRight() {
        PictureLayout layout = new PictureLayout(600, 500, Color.RGB, false, Depth.UINT8);
        MemoryPicture dark = new MemoryPicture(layout);
        Arrays.fill(dark.values(), 0.25f);
        Comparison comparison = new Comparison(600, 500, 3);
        float[] bright = new float[dark.values().length];
        Arrays.fill(bright, 0.75f);
        comparison.add(layout.bounds(), dark.values(), bright);
        TestRun outputs = new TestRun();
        comparison.write(outputs);
        MemoryPicture picture = outputs.output("compare");
        int width = picture.layout().width();
        int row = 200 * width;
        assertThat(picture.values()[row + width / 2 - 100]).isEqualTo(0.25f);
        assertThat(picture.values()[row + width / 2 + 100]).isEqualTo(0.75f);
    }

    @Test
    void aLargePictureIsAveraged() {
        int width = 2401;
        int height = 50;
        Comparison comparison = new Comparison(width, height, 1);
        float[] values = new float[width * height];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % width % 3 == 0 ? 0.9f : 0.3f;
        }
        comparison.add(new PictureLayout(width, height, Color.GREY, false, Depth.UINT8).bounds(), values, values);
        TestRun outputs = new TestRun();
        comparison.write(outputs);
        MemoryPicture picture = outputs.output("compare");
        int at = 50 * picture.layout().width() + 100;
        assertThat(picture.values()[at]).isCloseTo(0.5f, org.assertj.core.api.Assertions.within(1e-5f));
    }
}
