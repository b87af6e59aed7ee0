package dev.unfog.core.media;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a picture file says beside its pixels, kept so that a result can say it too.
 *
 * <p>Immutable; the arrays are shared and never written to.
 *
 * @param exif camera settings, date, place
 * @param xmp the XMP packet, UTF-8
 * @param extendedXmp the payloads of a JPEG's extended XMP segments, which only a JPEG can hold
 * @param iptc IPTC-IIM data sets
 * @param photoshop Photoshop image resources (8BIM), thumbnails left out
 * @param icc the colour profile
 * @param comments a JPEG's comments
 * @param pngChunks a PNG's ancillary chunks that are none of the above
 */
record PictureMetadata(
        @Nullable ExifBlock exif,
        byte @Nullable [] xmp,
        List<byte[]> extendedXmp,
        byte @Nullable [] iptc,
        byte @Nullable [] photoshop,
        byte @Nullable [] icc,
        List<byte[]> comments,
        List<PngChunk> pngChunks) {
    /** Says nothing. */
    static final PictureMetadata NONE = new Builder().build();

    /** Returns this metadata with another colour profile. */
    PictureMetadata withIcc(byte @Nullable [] profile) {
        return new PictureMetadata(exif, xmp, extendedXmp, iptc, photoshop, profile, comments, pngChunks);
    }

    /** Returns the Photoshop resources with the IPTC data among them, as JPEG and PNG carry both; null if there is neither. */
    byte @Nullable [] resources() {
        if (iptc == null) {
            return photoshop;
        }
        PhotoshopResources wrapped = PhotoshopResources.ofIptc(iptc);
        if (photoshop == null) {
            return wrapped.toBytes();
        }
        PhotoshopResources others = PhotoshopResources.parse(photoshop);
        return others.iptc().isPresent()
                ? photoshop
                : new PhotoshopResources(Stream.concat(others.blocks().stream(), wrapped.blocks().stream())
                                .toList())
                        .toBytes();
    }

    /**
     * Returns whether colours change their meaning where only an ICC profile can be kept: there is none, but a PNG's own statement
     * that says something else than sRGB.
     */
    boolean needsPngForColours() {
        return icc == null && pngChunks.stream().anyMatch(PngChunk::saysOtherThanSrgb);
    }

    /** Returns what concerns colour alone. */
    PictureMetadata colourOnly() {
        List<PngChunk> colour =
                pngChunks.stream().filter(PngChunk::saysWhatColoursMean).toList();
        return new PictureMetadata(null, null, List.of(), null, null, icc, List.of(), colour);
    }

    /** Returns the same without anything that says what colours mean, for a result with channels of another kind. */
    PictureMetadata withoutColour() {
        List<PngChunk> others =
                pngChunks.stream().filter(chunk -> !chunk.saysWhatColoursMean()).toList();
        return new PictureMetadata(exif, xmp, extendedXmp, iptc, photoshop, null, comments, others);
    }

    /** Collects metadata while a file is read; the first of a kind wins. */
    static final class Builder {
        private @Nullable ExifBlock exif;
        private byte @Nullable [] xmp;
        private final List<byte[]> extendedXmp = new ArrayList<>();
        private byte @Nullable [] iptc;
        private byte @Nullable [] photoshop;
        private byte @Nullable [] icc;
        private final List<byte[]> comments = new ArrayList<>();
        private final List<PngChunk> pngChunks = new ArrayList<>();

        Builder optExif(ExifBlock block) {
            exif = exif == null ? block : exif;
            return this;
        }

        Builder optXmp(byte[] packet) {
            xmp = xmp == null ? packet : xmp;
            return this;
        }

        Builder addExtendedXmp(byte[] payload) {
            extendedXmp.add(payload);
            return this;
        }

        Builder optIptc(byte[] dataSets) {
            iptc = iptc == null ? dataSets : iptc;
            return this;
        }

        Builder optPhotoshop(byte[] resources) {
            photoshop = photoshop == null ? resources : photoshop;
            return this;
        }

        Builder optIcc(byte[] profile) {
            icc = icc == null ? profile : icc;
            return this;
        }

        Builder addComment(byte[] comment) {
            comments.add(comment);
            return this;
        }

        Builder addPngChunk(PngChunk chunk) {
            pngChunks.add(chunk);
            return this;
        }

        PictureMetadata build() {
            return new PictureMetadata(
                    exif,
                    xmp,
                    List.copyOf(extendedXmp),
                    iptc,
                    photoshop,
                    icc,
                    List.copyOf(comments),
                    List.copyOf(pngChunks));
        }
    }
}
