package dev.unfog.plugins.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.Cancellation;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CameraNoiseTest {
    private static final int SIDE = CameraPicture.SIDE;

    @ParameterizedTest
    @ValueSource(doubles = {100, 300, 800})
    void aJpegMayHaveNoiseOfACamera(double electrons) {
        assertThat(noise(CameraPicture.compressed(CameraPicture.taken(CameraPicture.scene(), electrons)))
                        .isPossible())
                .isTrue();
    }

    @Test
    void aQuarterOfTheLightIsTwiceTheNoise() {
        float weak = level(CameraPicture.taken(CameraPicture.scene(), 800));
        float strong = level(CameraPicture.taken(CameraPicture.scene(), 200));
        assertThat(strong / weak).isCloseTo(2, within(0.3f));
    }

    @Test
    void theDarkIsNoisierThanTheLight() {
        NoiseProfile profile =
                noise(CameraPicture.taken(CameraPicture.scene(), 300)).profile();
        assertThat(profile.at(0.1f)).isGreaterThan(1.5f * profile.at(0.5f));
        assertThat(profile.at(0.9f)).isLessThan(profile.at(0.5f));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.02, 0.05, 0.1})
    void whiteNoiseIsLeftToTheNetwork(double deviation) {
        MemoryPicture picture = CameraPicture.scene();
        Random random = new Random(7);
        for (int i = 0; i < picture.values().length; i++) {
            picture.values()[i] += (float) (deviation * random.nextGaussian());
        }
        assertThat(noise(picture).isPossible()).isFalse();
    }

    @Test
    void greyNoiseIsTheMeanOfThatOfThreeColors() {
        JpegPicture colored = CameraPicture.compressed(CameraPicture.taken(CameraPicture.scene(), 200));
        float[] colors = colored.decoded().values();
        MemoryPicture grey = new MemoryPicture(new PictureLayout(SIDE, SIDE, Color.GREY, false, Depth.UINT8));
        for (int i = 0; i < colors.length; i++) {
            grey.values()[i % (SIDE * SIDE)] += colors[i] / 3;
        }
        float expected = level(colored) / (float) Math.sqrt(3);
        assertThat(level(new JpegPicture(grey, CameraPicture.STEP, 1, 1, 0, 0)))
                .isCloseTo(expected, within(0.35f * expected));
    }

    private static CameraNoise noise(Picture picture) {
        return new CameraNoise(picture, picture instanceof JpegPicture ? CameraPicture.STEP : 1, Cancellation.NEVER);
    }

    private static float level(Picture picture) {
        return noise(picture).profile().at(0.5f);
    }
}
