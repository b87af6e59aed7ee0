package dev.unfog.core.media;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the header of an ICC profile says (ICC.1:2022, section 7.2). */
final class ColourProfile {
    static final String GREY = "GRAY";
    static final String RGB = "RGB ";
    static final String CMYK = "CMYK";

    private static final int HEADER_BYTES = 128;

    private ColourProfile() {}

    /**
     * Returns why a profile cannot belong to a picture, or null if it can.
     *
     * @param profile the profile's bytes
     * @param space the space that the picture's channels are in: {@link #GREY}, {@link #RGB} or {@link #CMYK}
     */
    static @Nullable String reasonAgainst(byte[] profile, String space) {
        if (profile.length < HEADER_BYTES + 4 || !"acsp".equals(text(profile, 36))) {
            return "it is not a profile";
        }
        long size = ByteBuffer.wrap(profile).getInt(0) & 0xffffffffL;
        if (size > profile.length) {
            return "it is cut short";
        }
        String stated = text(profile, 16);
        return stated.equals(space) ? null : "it is made for " + stated.trim() + " and the picture is " + space.trim();
    }

    private static String text(byte[] profile, int offset) {
        return new String(profile, offset, 4, StandardCharsets.ISO_8859_1);
    }
}
