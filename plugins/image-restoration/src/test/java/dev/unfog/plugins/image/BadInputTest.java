package dev.unfog.plugins.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user may give that makes no sense has a typed error or the right answer. */
class BadInputTest {
    private static final PictureLayout LAYOUT = new PictureLayout(64, 48, Color.RGB, false, Depth.UINT8);

    @ParameterizedTest
    @CsvSource({
        "sigma=-3, --sigma",
        "sigma=NaN, --sigma",
        "sigma=256, --sigma",
        "upscale=0, --upscale",
        "upscale=17, --upscale",
        "blur-sigma=0, --blur-sigma",
        "steps=0, --steps",
        "samples=0, --samples",
        "strength=2, --strength",
        "sampler=guess, --sampler"
    })
    void aNumberOutOfRangeIsRefusedByName(String parameter, String named) {
        assertThatThrownBy(() -> new TestRun().clean(MemoryPicture.noisy(LAYOUT, 0.05, 1), parameter))
                .isInstanceOfSatisfying(UnfogException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.BAD_PARAMETER);
                    assertThat(e.subject()).isEqualTo(named);
                    assertThat(e.remedy()).isNotBlank();
                });
    }

    @ParameterizedTest
    @EnumSource(Color.class)
    void aPictureOfOneColourComesBackAsItIs(Color color) {
        MemoryPicture picture = new MemoryPicture(new PictureLayout(64, 48, color, false, Depth.UINT8));
        Arrays.fill(picture.values(), 90 / 255f);
        assertThat(new TestRun().clean(picture).main().values()).isEqualTo(picture.values());
    }

    @Test
    void aJpegOfOneColourStaysThatColourUpToTheRoundingOfItsFile() {
        MemoryPicture picture = new MemoryPicture(LAYOUT);
        Arrays.fill(picture.values(), 0.25f);
        JpegPicture compressed = new JpegPicture(picture, 8, 2, 2, 0, 0);
        float[] decoded = compressed.decoded().values();
        float[] result = new TestRun().clean(compressed, "jpeg=true").main().values();
        for (int i = 0; i < result.length; i++) {
            assertThat(Math.abs(result[i] - decoded[i])).isLessThan(1.6f / 255);
        }
    }

    @Test
    void aPhotographIsNotTakenForAKernel() {
        MemoryPicture photograph = MemoryPicture.noisy(LAYOUT, 0.05, 2);
        assertThatThrownBy(() -> new TestRun()
                        .withFile("kernel.png", photograph)
                        .clean(MemoryPicture.noisy(LAYOUT, 0.05, 1), "blur-kernel=kernel.png"))
                .isInstanceOf(UnfogException.class)
                .hasMessageContaining("does not show how a point is blurred")
                .hasMessageContaining("bright to its edges");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY})
    void aPixelThatIsNotANumberIsNamed(float value) {
        MemoryPicture picture = MemoryPicture.noisy(LAYOUT.withDepth(Depth.FLOAT32), 0.05, 1);
        picture.values()[2 * 64 + 5] = value;
        for (String parameter : new String[] {"sigma=10", "upscale=2", "blur-sigma=1", "detect-scratches=true"}) {
            assertThatThrownBy(() -> new TestRun().clean(picture, parameter))
                    .isInstanceOf(UnfogException.class)
                    .hasMessageContaining("(5, 2) is not a finite number");
        }
    }
}
