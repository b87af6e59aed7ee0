package dev.unfog.core.media;

import java.nio.ByteBuffer;
import java.util.Set;

/**
 * A chunk of a PNG file (PNG specification, third edition, section 5.3).
 *
 * @param type four letters
 * @param data its content, without length and checksum
 */
record PngChunk(String type, byte[] data) {
    /** 1/2.2, in units of 1/100000 (section 11.3.2.2). */
    private static final int SRGB_GAMMA = 45455;

    private static final Set<String> COLOUR = Set.of("gAMA", "cHRM", "sRGB", "cICP", "mDCV", "cLLI");

    /** Returns whether it says how to understand the colours, as a colour profile does. */
    boolean saysWhatColoursMean() {
        return COLOUR.contains(type);
    }

    /** Returns whether it says that the colours are not sRGB; half a percent of gamma is rounding. */
    boolean saysOtherThanSrgb() {
        return type.equals("cICP")
                || type.equals("gAMA")
                        && data.length == 4
                        && Math.abs(ByteBuffer.wrap(data).getInt() - SRGB_GAMMA) > SRGB_GAMMA / 200;
    }
}
