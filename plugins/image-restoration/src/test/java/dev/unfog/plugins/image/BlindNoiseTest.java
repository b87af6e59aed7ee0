package dev.unfog.plugins.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import org.junit.jupiter.api.Test;

class BlindNoiseTest {
    @Test
    void noiseOfACameraIsTakenForCoarseInAJpegOnly() {
        MemoryPicture taken = CameraPicture.taken(CameraPicture.scene(), 300);
        JpegPicture compressed = CameraPicture.compressed(taken);
        assertThat(levels(compressed, "grain=auto")).isEqualTo(levels(compressed, "grain=coarse"));
        assertThat(levels(compressed, "grain=fine")).isNotEqualTo(levels(compressed, "grain=coarse"));
        assertThat(levels(taken, "grain=auto")).isEqualTo(levels(taken, "grain=fine"));
    }

    @Test
    void aCleanJpegHasNoCoarseNoise() {
        JpegPicture clean = CameraPicture.compressed(CameraPicture.scene());
        assertThat(levels(clean, "grain=auto")).isEqualTo(levels(clean, "grain=fine"));
    }

    @Test
    void aPictureTooSmallToBeSeenFromAfarIsRefused() {
        MemoryPicture picture = MemoryPicture.noisy(new PictureLayout(7, 90, Color.RGB, false, Depth.FLOAT32), 0.05, 1);
        assertThatThrownBy(() -> new TestRun().clean(picture, "grain=coarse"))
                .extracting(e -> ((UnfogException) e).code())
                .isEqualTo(ErrorCode.BAD_PARAMETER);
    }

    private static String levels(Picture picture, String grain) {
        TestRun run = new TestRun(() -> new ShrinkageNetwork(1e-5)).clean(picture, grain);
        return run.notes().get("noiseLevel").toString();
    }
}
