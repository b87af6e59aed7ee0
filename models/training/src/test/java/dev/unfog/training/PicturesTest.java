package dev.unfog.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.awt.image.BufferedImage;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PicturesTest {
    @TempDir
    Path folder;

    private static int heldOutOf(Path folder) throws Exception {
        int count = 0;
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                count += Byte.toUnsignedInt(digest[0]) < 13 ? 1 : 0;
            }
        }
        return count;
    }

    @Test
    void picturesWhoseDigestBeginsBelowThirteenAreHeldOut() throws Exception {
        TestPictures.write(folder, 120, 32);
        int heldOut = heldOutOf(folder);
        assertThat(heldOut).as("the test pictures include some").isBetween(1, 30);

        Pictures pictures = Pictures.read(folder, 16, 0, Cancellation.NEVER);

        assertThat(pictures.count()).isEqualTo(120 - heldOut);
        assertThat(((Pictures) pictures.heldOut().orElseThrow()).count()).isEqualTo(heldOut);
    }

    @Test
    void noCropOfAHeldOutPictureIsEverDrawn() throws Exception {
        // Pictures of one grey each, so that a crop tells which picture it is from.
        Set<Integer> heldOut = new HashSet<>();
        for (int grey = 0; grey < 256; grey++) {
            BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
            for (int i = 0; i < 64; i++) {
                image.setRGB(i % 8, i / 8, grey * 0x010101);
            }
            Path file = folder.resolve(grey + ".png");
            ImageIO.write(image, "png", file.toFile());
            if (Pictures.isHeldOut(Files.readAllBytes(file))) {
                heldOut.add(grey);
            }
        }
        assertThat(heldOut).isNotEmpty();
        Pictures pictures = Pictures.read(folder, 8, 0, Cancellation.NEVER);
        Set<Integer> drawn = new HashSet<>();
        float[] crop = new float[3 * 64];
        for (int index = 0; index < 5000; index++) {
            pictures.draw(index, FloatBuffer.wrap(crop));
            drawn.add(Math.round(crop[0] * 255));
        }
        assertThat(drawn).doesNotContainAnyElementsOf(heldOut).hasSize(256 - heldOut.size());
    }

    @Test
    void aCropDependsOnItsNumberAndTheSeedAlone() throws Exception {
        TestPictures.write(folder, 30, 48);
        Pictures one = Pictures.read(folder, 16, 5, Cancellation.NEVER);
        Pictures same = Pictures.read(folder, 16, 5, Cancellation.NEVER);
        Pictures other = Pictures.read(folder, 16, 6, Cancellation.NEVER);
        float[] first = new float[3 * 256];
        float[] again = new float[3 * 256];
        float[] different = new float[3 * 256];
        one.draw(3, FloatBuffer.wrap(new float[3 * 256]));
        one.draw(77, FloatBuffer.wrap(first));
        same.draw(77, FloatBuffer.wrap(again));
        other.draw(77, FloatBuffer.wrap(different));
        assertThat(first).containsExactly(again).isNotEqualTo(different);
    }

    @Test
    void channelsKeepTheirValuesAndTheirOrder() throws Exception {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64; i++) {
            image.setRGB(i % 8, i / 8, 0x3366CC);
        }
        ImageIO.write(image, "png", folder.resolve("blue.png").toFile());
        assertThat(heldOutOf(folder)).isZero();
        float[] crop = new float[3 * 64];
        Pictures.read(folder, 8, 0, Cancellation.NEVER).draw(0, FloatBuffer.wrap(crop));
        assertThat(crop[0]).isEqualTo(0x33 / 255f);
        assertThat(crop[64]).isEqualTo(0x66 / 255f);
        assertThat(crop[128]).isEqualTo(0xCC / 255f);
    }

    @Test
    void ofALargePictureOneWindowIsKept() throws Exception {
        BufferedImage image = new BufferedImage(3000, 16, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < 3000; x++) {
            for (int y = 0; y < 16; y++) {
                image.setRGB(x, y, x * 85 / 1000 << 16);
            }
        }
        ImageIO.write(image, "png", folder.resolve("wide.png").toFile());
        assertThat(heldOutOf(folder)).isZero();
        Pictures pictures = Pictures.read(folder, 8, 0, Cancellation.NEVER);
        float[] crop = new float[3 * 64];
        float least = 1;
        float most = 0;
        for (int index = 0; index < 500; index++) {
            pictures.draw(index, FloatBuffer.wrap(crop));
            least = Math.min(least, crop[0]);
            most = Math.max(most, crop[0]);
        }
        // The red channel rises from 0 to 1 over 3000 pixels.
        assertThat(most - least).isBetween(0.25f, 1024 / 3000f + 0.01f);
    }

    @Test
    void aDamagedPictureIsNamed() throws Exception {
        TestPictures.write(folder, 3, 32);
        Files.writeString(folder.resolve("broken.jpg"), "not a picture");
        assertRefused("broken.jpg");
    }

    @Test
    void aFolderWithoutLargeEnoughPicturesIsNamed() throws Exception {
        TestPictures.write(folder, 3, 8);
        assertRefused(folder.toString());
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        folder = folder.resolve("missing");
        assertRefused("missing");
    }

    private void assertRefused(String subject) {
        assertThatThrownBy(() -> Pictures.read(folder, 16, 0, Cancellation.NEVER))
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNREADABLE_MEDIA))
                .hasMessageContaining(subject);
    }
}
