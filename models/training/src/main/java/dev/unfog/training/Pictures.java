package dev.unfog.training;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.train.TrainingData;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Square crops of pictures that were decoded once and are held in memory as bytes: picture, place, and one of the eight flips
 * and quarter turns drawn by number.
 *
 * <p>A file whose SHA-256 begins with a byte below 13 (about one in twenty) is held out for validation, so that every run,
 * resumed or not and on whatever machine, holds out the same. Safe for use by many threads.
 */
final class Pictures implements TrainingData {
    private static final Set<String> SUFFIXES = Set.of("jpg", "jpeg", "png", "bmp", "gif");
    private static final int HELD_OUT_BELOW = 13;

    /** What is kept of a larger picture, in pixels a side: a thousand photographs must fit in memory. */
    private static final int WINDOW = 1024;

    /** One decoded picture: red, green, blue bytes of each pixel, row by row. */
    private record Picture(int width, int height, byte[] pixels, boolean isHeldOut) {
        int shorterSide() {
            return Math.min(width, height);
        }
    }

    private final List<Picture> pictures;
    private final int side;
    private final long seed;
    private final List<Picture> heldOut;

    private Pictures(List<Picture> pictures, int side, long seed, List<Picture> heldOut) {
        this.pictures = pictures;
        this.side = side;
        this.seed = seed;
        this.heldOut = heldOut;
    }

    /** Reads every picture of a folder; see {@link dev.unfog.api.train.ScoreTraining#pictures}. */
    static Pictures read(Path folder, int side, long seed, Cancellation cancellation) {
        List<Path> files;
        try (Stream<Path> found = Files.walk(folder)) {
            files = found.filter(file -> SUFFIXES.contains(suffix(file)))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new UnfogException(
                    ErrorCode.UNREADABLE_MEDIA,
                    folder.toString(),
                    "the folder cannot be read: " + e.getMessage(),
                    "give a folder that exists and that you may read",
                    e);
        }
        // The order of the list is that of the sorted names, however the work is shared out.
        List<Picture> all = files.parallelStream()
                .map(file -> {
                    cancellation.throwIfCancelled();
                    return decode(file);
                })
                .filter(picture -> picture.shorterSide() >= side)
                .toList();
        List<Picture> training =
                all.stream().filter(picture -> !picture.isHeldOut()).toList();
        if (training.isEmpty()) {
            throw new UnfogException(
                    ErrorCode.UNREADABLE_MEDIA,
                    folder.toString(),
                    "it holds no picture of at least " + side + " by " + side + " pixels to train on",
                    "give a folder of photographs (" + String.join(", ", new TreeSet<>(SUFFIXES)) + ")");
        }
        return new Pictures(
                training, side, seed, all.stream().filter(Picture::isHeldOut).toList());
    }

    private static String suffix(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static Picture decode(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            BufferedImage image = window(bytes);
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
            return new Picture(width, height, pixels, isHeldOut(bytes));
        } catch (IOException | RuntimeException e) {
            throw new UnfogException(
                    ErrorCode.UNREADABLE_MEDIA,
                    file.toString(),
                    "it is no picture that can be read: " + e.getMessage(),
                    "take it out of the folder",
                    e);
        } catch (OutOfMemoryError e) {
            throw new UnfogException(
                    ErrorCode.OUT_OF_MEMORY,
                    file.toString(),
                    "there is not enough memory for the pictures up to this one",
                    "give fewer pictures, or more memory with the Java option -Xmx",
                    e);
        }
    }

    /** Decodes a picture, or of a large one a window whose place depends on its content alone. */
    private static BufferedImage window(byte[] content) throws IOException {
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(content))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new IOException("no decoder knows its format");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                int width = reader.getWidth(0);
                int height = reader.getHeight(0);
                SplittableRandom random =
                        new SplittableRandom(ByteBuffer.wrap(digest(content)).getLong(8));
                int left = random.nextInt(Math.max(1, width - WINDOW + 1));
                int top = random.nextInt(Math.max(1, height - WINDOW + 1));
                ImageReadParam region = reader.getDefaultReadParam();
                region.setSourceRegion(new Rectangle(left, top, Math.min(width, WINDOW), Math.min(height, WINDOW)));
                return reader.read(0, region);
            } finally {
                reader.dispose();
            }
        }
    }

    private static byte[] digest(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Whether a file of this content is kept out of training. */
    static boolean isHeldOut(byte[] content) {
        return Byte.toUnsignedInt(digest(content)[0]) < HELD_OUT_BELOW;
    }

    int count() {
        return pictures.size();
    }

    @Override
    public int[] sampleShape() {
        return new int[] {3, side, side};
    }

    @Override
    public void draw(long index, FloatBuffer sample) {
        SplittableRandom random = Seeds.random(seed, index, Seeds.CROPS);
        Picture picture = pictures.get(random.nextInt(pictures.size()));
        int left = random.nextInt(picture.width() - side + 1);
        int top = random.nextInt(picture.height() - side + 1);
        crop(picture, left, top, random.nextInt(8), sample);
    }

    /** Held-out crops have twice the side where enough pictures are that large, since what a network reaches for counts. */
    @Override
    public Optional<TrainingData> heldOut() {
        if (heldOut.isEmpty()) {
            return Optional.empty();
        }
        List<Picture> large = new ArrayList<>(heldOut);
        large.removeIf(picture -> picture.shorterSide() < 2 * side);
        return Optional.of(
                large.isEmpty()
                        ? new Pictures(heldOut, side, seed, List.of())
                        : new Pictures(large, 2 * side, seed, List.of()));
    }

    /** Writes a crop as planes of red, green and blue in 0..1; bits of {@code turn}: mirror x, mirror y, swap the axes. */
    private void crop(Picture picture, int left, int top, int turn, FloatBuffer out) {
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
