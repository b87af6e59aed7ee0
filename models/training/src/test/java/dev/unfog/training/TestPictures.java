package dev.unfog.training;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Draws small pictures of coloured rectangles, each another. */
final class TestPictures {
    private TestPictures() {}

    static void write(Path folder, int count, int side) throws IOException {
        Files.createDirectories(folder);
        SplittableRandom random = new SplittableRandom(count);
        for (int number = 0; number < count; number++) {
            BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = image.createGraphics();
            for (int shape = 0; shape < 12; shape++) {
                graphics.setColor(new Color(random.nextInt(0x1000000)));
                graphics.fillRect(
                        random.nextInt(side), random.nextInt(side), random.nextInt(side), random.nextInt(side));
            }
            graphics.dispose();
            ImageIO.write(
                    image,
                    "png",
                    folder.resolve(String.format("picture%03d.png", number)).toFile());
        }
    }
}
