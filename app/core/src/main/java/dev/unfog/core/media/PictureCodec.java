package dev.unfog.core.media;

import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.Picture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the picture formats that Unfog knows by itself. */
final class PictureCodec implements BuiltInCodec {
    private static final Logger LOG = LoggerFactory.getLogger(PictureCodec.class);

    /** Camera raw files are TIFFs inside, so that their names must tell. */
    private static final Set<String> RAW_EXTENSIONS =
            Set.of("dng", "nef", "nrw", "cr2", "arw", "srf", "sr2", "pef", "iiq", "3fr", "erf", "mef", "mos", "rwl");

    private final PixelLimit limit;

    PictureCodec(PixelLimit limit) {
        this.limit = limit;
    }

    @Override
    public MediaKind kind() {
        return MediaKind.PICTURE;
    }

    @Override
    public Set<String> extensions() {
        Set<String> extensions = new TreeSet<>();
        for (PictureFormat format : PictureFormat.values()) {
            extensions.addAll(format.extensions());
        }
        return extensions;
    }

    @Override
    public boolean recognises(byte[] head) {
        return PictureFormat.ofContent(head).isPresent();
    }

    @Override
    public Picture open(Path file, Path temporaryDirectory) {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(16);
        } catch (IOException e) {
            throw FileProblems.reading(file, e);
        }
        if (RAW_EXTENSIONS.contains(MediaFiles.extension(file))) {
            throw FileProblems.unsupported(
                    file, "it is a camera's raw file", "develop it, and give the TIFF or JPEG that comes out");
        }
        PictureFormat format = PictureFormat.ofContent(head)
                .orElseThrow(() -> FileProblems.damaged(
                        file,
                        "it is not a picture, though its name ends in ."
                                + MediaFiles.extension(file).toLowerCase(Locale.ROOT)));
        DecodedPicture decoded =
                switch (format) {
                    case PNG -> PngDecoder.decode(file, temporaryDirectory, limit);
                    case JPEG -> JpegDecoder.decode(file, temporaryDirectory, limit);
                    case TIFF -> TiffDecoder.decode(file, temporaryDirectory, limit);
                    case WEBP, BMP, GIF -> WholePictureDecoder.decode(file, format, temporaryDirectory, limit);
                };
        decoded.warnings().forEach(warning -> LOG.warn("{}: {}", file, warning));
        return new PictureFile(file, format, decoded, temporaryDirectory);
    }
}
