package dev.unfog.core.media;

import java.util.Set;

/**
 * A chunk of a PNG file (PNG specification, third edition, section 5.3).
 *
 * @param type four letters
 * @param data its content, without length and checksum
 */
record PngChunk(String type, byte[] data) {
    private static final Set<String> COLOUR = Set.of("gAMA", "cHRM", "sRGB", "cICP", "mDCV", "cLLI");

    /** Returns whether it says how to understand the colours, as a colour profile does. */
    boolean saysWhatColoursMean() {
        return COLOUR.contains(type);
    }
}
