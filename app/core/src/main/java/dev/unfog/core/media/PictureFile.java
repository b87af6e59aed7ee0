package dev.unfog.core.media;

import dev.unfog.api.media.JpegCoefficients;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A picture from a file: decoded once into a scratch file, turned upright as it is read.
 *
 * <p>Reading is safe from many threads.
 */
public final class PictureFile implements Picture {
    private final Path file;
    private final PictureFormat format;
    private final DecodedPicture decoded;
    private final PictureLayout layout;
    private final Path temporaryDirectory;

    PictureFile(Path file, PictureFormat format, DecodedPicture decoded, Path temporaryDirectory) {
        this.file = file;
        this.temporaryDirectory = temporaryDirectory;
        this.format = format;
        this.decoded = decoded;
        this.layout = Orientation.upright(decoded.pixels().layout(), decoded.orientation());
    }

    /** Returns the file that it was read from, as it was given. */
    public Path file() {
        return file;
    }

    /** Returns the format of the file. */
    public PictureFormat format() {
        return format;
    }

    /** Returns what was wrong with the file, but not fatal, each as a clause such as {@code its orientation was ignored: …}. */
    public List<String> warnings() {
        return decoded.warnings();
    }

    PictureMetadata metadata() {
        return decoded.metadata();
    }

    @Nullable
    JpegCompression jpeg() {
        return decoded.jpeg();
    }

    @Override
    public String name() {
        Path fileName = file.getFileName();
        return fileName == null ? file.toString() : fileName.toString();
    }

    @Override
    public PictureLayout layout() {
        return layout;
    }

    @Override
    public void read(Region region, float[] planar) {
        int orientation = decoded.orientation();
        if (orientation == 1) {
            decoded.pixels().read(region, planar);
            return;
        }
        int area = Math.toIntExact(region.area());
        if (region.x() + (long) region.width() > layout.width()
                || region.y() + (long) region.height() > layout.height()
                || (long) area * layout.channels() > planar.length) {
            throw new IllegalArgumentException(region + " leaves the picture of " + layout.width() + "x"
                    + layout.height() + " pixels, or does not fit into " + planar.length + " values");
        }
        float[] stored = new float[area * layout.channels()];
        decoded.pixels().read(Orientation.stored(region, decoded.pixels().layout(), orientation), stored);
        for (int c = 0; c < layout.channels(); c++) {
            Orientation.turn(stored, c * area, region, orientation, planar);
        }
    }

    @Override
    public Optional<JpegCoefficients> jpegCoefficients() {
        if (format != PictureFormat.JPEG) {
            return Optional.empty();
        }
        return JpegCoefficientDecoder.decode(file, temporaryDirectory).map(coefficients -> coefficients);
    }

    @Override
    public void close() {
        decoded.pixels().close();
    }
}
