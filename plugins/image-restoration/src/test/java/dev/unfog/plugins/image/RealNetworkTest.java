package dev.unfog.plugins.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import dev.unfog.core.job.Installation;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.onnx.DevicePolicy;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cleaner through the host's runtime with the network that is released with it. */
class RealNetworkTest {
    /** A picture of waves and an edge, which any network for photographs knows how to keep. */
    private static final PictureLayout LAYOUT = new PictureLayout(176, 136, Color.RGB, false, Depth.FLOAT32);

    private static final double NOISE = 25 / 255.0;

    @TempDir
    private Path home;

    private Unfog unfog;

    @BeforeEach
    void open() {
        unfog = new Unfog(new Installation(Path.of("../.."), home));
    }

    @AfterEach
    void close() {
        unfog.close();
    }

    private MemoryPicture clean(Picture picture, String... parameters) {
        return new TestRun(
                        () -> unfog.openNetwork(unfog.models().find("photo", "image-restoration"), DevicePolicy.AUTO))
                .clean(picture, parameters)
                .main();
    }

    private static double psnr(MemoryPicture one, MemoryPicture other) {
        double sum = 0;
        for (int i = 0; i < one.values().length; i++) {
            sum += Math.pow(one.values()[i] - other.values()[i], 2);
        }
        return -10 * Math.log10(sum / one.values().length);
    }

    @Test
    void noiseOfACameraIsTakenAwayAsWellAsWithTheBestLevel() {
        MemoryPicture scene = CameraPicture.scene();
        JpegPicture noisy = CameraPicture.compressed(CameraPicture.taken(scene, 300));
        double best = IntStream.of(6, 9, 13, 20, 30)
                .mapToDouble(level -> psnr(scene, clean(noisy, "sigma=" + level)))
                .max()
                .orElseThrow();
        assertThat(best).isGreaterThan(psnr(scene, noisy.decoded()) + 3);
        assertThat(psnr(scene, clean(noisy))).isGreaterThan(best - 0.3);
    }

    @Test
    void textureOfACleanJpegStaysThoughItMeasuresLikeNoise() {
        JpegPicture texture = CameraPicture.compressed(CameraPicture.leaves());
        assertThat(psnr(texture.decoded(), clean(texture, "grain=coarse"))).isLessThan(40);
        assertThat(psnr(texture.decoded(), clean(texture))).isGreaterThan(45);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1000, 1500})
    void weakNoiseOfACameraGoes(double electrons) {
        MemoryPicture scene = CameraPicture.scene();
        JpegPicture noisy = CameraPicture.compressed(CameraPicture.taken(scene, electrons));
        double kept = psnr(scene, clean(noisy, "grain=fine"));
        assertThat(psnr(scene, clean(noisy))).isGreaterThan(kept + 0.9);
    }

    @Test
    void noiseGoesAndItsStrengthNeedNotBeTold() {
        MemoryPicture original = MemoryPicture.noisy(LAYOUT, 0, 1);
        MemoryPicture noisy = MemoryPicture.noisy(LAYOUT, NOISE, 1);
        double told = psnr(original, clean(noisy, "sigma=25"));
        assertThat(told).isGreaterThan(psnr(original, noisy) + 10);
        assertThat(psnr(original, clean(noisy))).isGreaterThan(told - 0.3);
    }

    @Test
    void aCleanPictureStaysAsItIs() {
        MemoryPicture original = MemoryPicture.noisy(LAYOUT, 0, 1);
        assertThat(psnr(original, clean(original))).isGreaterThan(45);
    }

    @Test
    void theMeanOfSamplesIsNearerThanOne() {
        PictureLayout small = LAYOUT.withSize(96, 96);
        MemoryPicture original = MemoryPicture.noisy(small, 0, 1);
        MemoryPicture noisy = MemoryPicture.noisy(small, NOISE, 1);
        double sample = psnr(original, clean(noisy, "sigma=25", "steps=6"));
        double mean = psnr(original, clean(noisy, "sigma=25", "steps=6", "samples=4"));
        assertThat(sample).isGreaterThan(psnr(original, noisy) + 6);
        assertThat(mean).isGreaterThan(sample + 0.5);
        assertThat(mean).isLessThan(psnr(original, clean(noisy, "sigma=25")) + 0.5);
    }
}
