package dev.unfog.core.media;

import dev.unfog.api.UnfogException;
import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Converts ink amounts to sRGB with the profile that the file brings; without one, nobody knows what colours they are. */
final class CmykConversion {
    private final Path file;
    private final ColorConvertOp conversion;

    private CmykConversion(Path file, ColorConvertOp conversion) {
        this.file = file;
        this.conversion = conversion;
    }

    /**
     * Makes a conversion.
     *
     * @param file named in errors
     * @param profile the file's own CMYK profile, or null
     */
    static CmykConversion of(Path file, byte @Nullable [] profile) {
        if (profile == null) {
            throw FileProblems.unsupported(
                    file,
                    "it is a CMYK picture without a usable colour profile, so that its colours are not known",
                    "convert it to RGB, or embed its profile");
        }
        try {
            ICC_Profile[] profiles = {ICC_Profile.getInstance(profile), ICC_Profile.getInstance(ColorSpace.CS_sRGB)};
            return new CmykConversion(file, new ColorConvertOp(profiles, null));
        } catch (IllegalArgumentException | CMMException e) {
            throw unusable(file);
        }
    }

    /** Returns the profile that describes converted pixels. */
    static byte[] resultProfile() {
        return ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData();
    }

    /** Converts pixels of 8 bits, 255 being full ink, to RGB. */
    byte[] convert(byte[] inks, int pixels) {
        WritableRaster target = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, pixels, 1, 3, null);
        filter(
                Raster.createInterleavedRaster(
                        new DataBufferByte(inks, pixels * 4), pixels, 1, pixels * 4, 4, new int[] {0, 1, 2, 3}, null),
                target);
        return ((DataBufferByte) target.getDataBuffer()).getData();
    }

    /** Converts pixels of 16 bits, 65535 being full ink, to RGB. */
    short[] convert(short[] inks, int pixels) {
        WritableRaster target = Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, pixels, 1, 3, null);
        filter(
                Raster.createInterleavedRaster(
                        new DataBufferUShort(inks, pixels * 4), pixels, 1, pixels * 4, 4, new int[] {0, 1, 2, 3}, null),
                target);
        return ((DataBufferUShort) target.getDataBuffer()).getData();
    }

    private void filter(Raster source, WritableRaster target) {
        try {
            conversion.filter(source, target);
        } catch (IllegalArgumentException | CMMException e) {
            throw unusable(file);
        }
    }

    private static UnfogException unusable(Path file) {
        return FileProblems.unsupported(
                file, "it is a CMYK picture whose colour profile cannot be used", "convert it to RGB");
    }
}
