package dev.unfog.core.media;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Brings an XMP packet (ISO 16684-1) up to date for a result whose pixels are upright. */
final class XmpPacket {
    private static final Pattern ORIENTATION_ATTRIBUTE =
            Pattern.compile("(tiff:Orientation\\s*=\\s*[\"'])\\d(?=[\"'])");
    private static final Pattern ORIENTATION_ELEMENT = Pattern.compile("(<tiff:Orientation>\\s*)\\d(?=\\s*<)");
    private static final Pattern THUMBNAILS = Pattern.compile("<(x[am]p:Thumbnails)\\b.*?</\\1>", Pattern.DOTALL);

    private XmpPacket() {}

    /** Returns the packet with orientation 1 and without thumbnails; whatever else it says stays as it is, byte for byte. */
    static byte[] forResult(byte[] packet) {
        // Latin-1 maps every byte to one character and back, so that UTF-8 passes untouched.
        String text = new String(packet, StandardCharsets.ISO_8859_1);
        String upright = ORIENTATION_ATTRIBUTE.matcher(text).replaceAll("$11");
        upright = ORIENTATION_ELEMENT.matcher(upright).replaceAll("$11");
        return THUMBNAILS.matcher(upright).replaceAll("").getBytes(StandardCharsets.ISO_8859_1);
    }
}
