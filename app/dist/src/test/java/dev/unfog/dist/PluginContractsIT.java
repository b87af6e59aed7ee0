package dev.unfog.dist;

import dev.unfog.testkit.PluginContract;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The plugins that come with Unfog keep the contract that everybody's must. */
class PluginContractsIT {
    private static final Path DISTRIBUTION = Path.of("target", "unfog").toAbsolutePath();

    @TempDir
    private static Path folder;

    private abstract static class Shipped extends PluginContract {
        private final String name;
        private final String sample;

        Shipped(String name, String sample) {
            this.name = name;
            this.sample = sample;
        }

        @Override
        protected Path plugin() {
            return DISTRIBUTION.resolve("plugins").resolve("unfog-" + name + ".jar");
        }

        @Override
        protected List<Path> samples() {
            return List.of(folder.resolve(sample));
        }

        @Override
        protected Optional<Path> distribution() {
            return Optional.of(DISTRIBUTION);
        }
    }

    @BeforeAll
    static void writeSamples() throws IOException {
        Random random = new Random(3);
        BufferedImage image = new BufferedImage(24, 16, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 24 * 16; i++) {
            image.setRGB(i % 24, i / 24, 0x10101 * (100 + random.nextInt(40)));
        }
        ImageIO.write(image, "png", folder.resolve("picture.png").toFile());

        byte[] sound = new byte[2 * 4000];
        for (int i = 0; i < sound.length / 2; i++) {
            int value = (int) (3000 * Math.sin(i * 0.2) + 1000 * random.nextGaussian());
            sound[2 * i] = (byte) value;
            sound[2 * i + 1] = (byte) (value >> 8);
        }
        AudioFormat format = new AudioFormat(16000, 16, 1, true, false);
        AudioSystem.write(
                new AudioInputStream(new ByteArrayInputStream(sound), format, sound.length / 2),
                AudioFileFormat.Type.WAVE,
                folder.resolve("sound.wav").toFile());

        StringBuilder rows = new StringBuilder("length,width\n");
        for (int i = 0; i < 60; i++) {
            rows.append(random.nextGaussian())
                    .append(',')
                    .append(random.nextGaussian())
                    .append('\n');
        }
        Files.writeString(folder.resolve("rows.csv"), rows);
    }

    @Nested
    class ImageRestoration extends Shipped {
        ImageRestoration() {
            super("image-restoration", "picture.png");
        }
    }

    @Nested
    class SpeechEnhancement extends Shipped {
        SpeechEnhancement() {
            super("speech-enhancement", "sound.wav");
        }
    }

    @Nested
    class AnomalyScoring extends Shipped {
        AnomalyScoring() {
            super("anomaly-scoring", "rows.csv");
        }

        @Override
        protected Map<String, String> parameters() {
            return Map.of("steps", "5");
        }
    }
}
