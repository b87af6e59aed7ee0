package dev.unfog.server.worker;

import dev.unfog.api.Cancellation;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import dev.unfog.core.job.Unfog;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PNG beside a picture whose format browsers do not show, such as TIFF: eight bits, at most {@value #LARGEST} pixels a side, each
 * the mean of a square of the picture's. Read and written a strip at a time of the picture, whatever its size.
 */
public final class PicturePreview {
    private static final Logger LOG = LoggerFactory.getLogger(PicturePreview.class);
    private static final int LARGEST = 2048;
    private static final Set<String> FORMATS = Set.of("tif", "tiff");
    private static final String EXTENSION = ".preview.png";

    private PicturePreview() {}

    /** Returns whether browsers do not show a file of this name. */
    public static boolean isOfUse(Path file) {
        String name = String.valueOf(file.getFileName());
        return FORMATS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    /** Returns where a file's preview lies: beside the folder in which the file is, so that it is no result. */
    public static Path of(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder.resolveSibling("preview").resolve(folder.getFileName() + "-" + file.getFileName() + EXTENSION);
    }

    /** Writes a file's preview. One that cannot be made is left out: it is a convenience, and the result is good without it. */
    static void write(Unfog unfog, Path file, Cancellation cancellation) {
        Path preview = of(file);
        try {
            Files.createDirectories(preview.getParent());
            Path temporary = Files.createTempDirectory("preview");
            try (Media media = unfog.open(file, temporary)) {
                if (media instanceof Picture picture) {
                    Path unfinished = temporary.resolve("preview.png");
                    ImageIO.write(reduced(picture, cancellation), "png", unfinished.toFile());
                    Files.move(unfinished, preview, StandardCopyOption.REPLACE_EXISTING);
                }
            } finally {
                delete(temporary);
            }
        } catch (IOException | UnfogException e) {
            cancellation.throwIfCancelled();
            LOG.warn("No preview of {}: {}", file.getFileName(), e.getMessage());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /** Returns the picture with squares of it averaged, in its own colour space. */
    static BufferedImage reduced(Picture picture, Cancellation cancellation) {
        PictureLayout layout = picture.layout();
        int factor = (Math.max(layout.width(), layout.height()) + LARGEST - 1) / LARGEST;
        int width = (layout.width() + factor - 1) / factor;
        int height = (layout.height() + factor - 1) / factor;
        BufferedImage reduced = new BufferedImage(
                width, height, layout.alpha() ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
        float[] strip = new float[layout.channels() * layout.width() * Math.min(factor, layout.height())];
        for (int y = 0; y < height; y++) {
            cancellation.throwIfCancelled();
            int rows = Math.min(factor, layout.height() - y * factor);
            picture.read(new Region(0, y * factor, layout.width(), rows), strip);
            for (int x = 0; x < width; x++) {
                int columns = Math.min(factor, layout.width() - x * factor);
                reduced.setRGB(x, y, argb(layout, strip, x * factor, columns, rows));
            }
        }
        return reduced;
    }

    private static int argb(PictureLayout layout, float[] strip, int x, int columns, int rows) {
        int colors = layout.color().channels();
        int[] means = new int[layout.channels()];
        for (int channel = 0; channel < means.length; channel++) {
            double sum = 0;
            for (int row = 0; row < rows; row++) {
                int from = (channel * rows + row) * layout.width() + x;
                for (int column = 0; column < columns; column++) {
                    sum += strip[from + column];
                }
            }
            means[channel] = (int) Math.round(255 * Math.max(0, Math.min(1, sum / (rows * columns))));
        }
        int alpha = layout.alpha() ? means[colors] : 255;
        return alpha << 24 | means[0] << 16 | means[colors == 1 ? 0 : 1] << 8 | means[colors == 1 ? 0 : 2];
    }
}
