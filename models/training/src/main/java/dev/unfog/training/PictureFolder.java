package dev.unfog.training;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * The pictures of a folder, decoded once and held in memory as bytes, and square crops of them.
 *
 * <p>A file whose SHA-256 begins with a byte below 13 (about one in twenty) is held out for validation, so that every run,
 * resumed or not and on whatever machine, holds out the same. Thread-safe once loaded.
 */
final class PictureFolder {
    private static final Set<String> SUFFIXES = Set.of("jpg", "jpeg", "png", "bmp", "gif");
    private static final int HELD_OUT_BELOW = 13;

    /** One decoded picture: red, green, blue bytes of each pixel, row by row. */
    record Picture(String file, int width, int height, byte[] pixels) {}

    private final List<Picture> training = new ArrayList<>();
    private final List<Picture> heldOut = new ArrayList<>();

    /**
     * Reads every picture of the folder whose sides are at least {@code minimumSide} pixels.
     *
     * @throws IOException if the folder or a picture in it cannot be read
     */
    PictureFolder(Path folder, int minimumSide) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(folder)) {
            files = found.filter(Files::isRegularFile)
                    .filter(file -> SUFFIXES.contains(suffix(file)))
                    .sorted()
                    .toList();
        }
        // Decoding is independent per file; the order of the list is that of the sorted names.
        List<Entry> entries;
        try {
            entries = files.parallelStream().map(PictureFolder::decode).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Entry entry : entries) {
            Picture picture = entry.picture();
            if (Math.min(picture.width(), picture.height()) >= minimumSide) {
                (entry.heldOut() ? heldOut : training).add(picture);
            }
        }
    }

    private record Entry(Picture picture, boolean heldOut) {}

    private static String suffix(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static Entry decode(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            BufferedImage image = ImageIO.read(new java.io.ByteArrayInputStream(bytes));
            if (image == null) {
                throw new IOException(file.getFileName() + " is not a picture that can be read");
            }
            int width = image.getWidth();
            int height = image.getHeight();
            byte[] pixels = new byte[3 * width * height];
            int[] row = new int[width];
            for (int y = 0, p = 0; y < height; y++) {
                image.getRGB(0, y, width, 1, row, 0, width);
                for (int rgb : row) {
                    pixels[p++] = (byte) (rgb >> 16);
                    pixels[p++] = (byte) (rgb >> 8);
                    pixels[p++] = (byte) rgb;
                }
            }
            return new Entry(new Picture(file.getFileName().toString(), width, height, pixels), isHeldOut(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(new IOException("Cannot read " + file.getFileName(), e));
        }
    }

    /** Whether a file of this content is kept out of training. */
    static boolean isHeldOut(byte[] content) {
        try {
            return (MessageDigest.getInstance("SHA-256").digest(content)[0] & 0xff) < HELD_OUT_BELOW;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    List<Picture> training() {
        return training;
    }

    List<Picture> heldOut() {
        return heldOut;
    }

    /** Crops of the training pictures: picture, place, and one of the eight flips and quarter turns drawn by number. */
    TrainingData crops(int side, long seed) {
        if (training.isEmpty()) {
            throw new IllegalStateException("no picture of at least " + side + "×" + side + " pixels to train on");
        }
        return new TrainingData() {
            @Override
            public int[] sampleShape() {
                return new int[] {3, side, side};
            }

            @Override
            public void draw(long index, FloatBuffer sample) {
                SplittableRandom random = Seeds.random(seed, index, 0);
                Picture picture = training.get(random.nextInt(training.size()));
                int left = random.nextInt(picture.width() - side + 1);
                int top = random.nextInt(picture.height() - side + 1);
                crop(picture, left, top, side, random.nextInt(8), sample);
            }
        };
    }

    /** Writes a crop as planes of red, green and blue in 0..1; bits of {@code turn}: mirror x, mirror y, swap the axes. */
    static void crop(Picture picture, int left, int top, int side, int turn, FloatBuffer out) {
        byte[] pixels = picture.pixels();
        for (int channel = 0; channel < 3; channel++) {
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    int u = (turn & 4) == 0 ? x : y;
                    int v = (turn & 4) == 0 ? y : x;
                    int column = left + ((turn & 1) == 0 ? u : side - 1 - u);
                    int line = top + ((turn & 2) == 0 ? v : side - 1 - v);
                    out.put((pixels[3 * (line * picture.width() + column) + channel] & 0xff) / 255f);
                }
            }
        }
    }
}
