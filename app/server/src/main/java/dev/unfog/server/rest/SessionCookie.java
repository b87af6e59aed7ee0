package dev.unfog.server.rest;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a browser is given in exchange for the token: the time of issue and its HMAC-SHA-256 under the token, so that the token itself
 * is not kept by the browser and the server keeps nothing. Immutable.
 */
final class SessionCookie {
    /** A browser that has not been used for so long is asked for the token again. */
    static final Duration IDLE_LIMIT = Duration.ofHours(12);

    /** One that is in use gets a new cookie no more often than this. */
    private static final Duration RENEWAL = Duration.ofMinutes(10);

    private static final Pattern VALUE = Pattern.compile("(\\d{1,12})-[0-9a-f]{64}");

    private final String token;
    private final Clock clock;

    SessionCookie(String token, Clock clock) {
        this.token = token;
        this.clock = clock;
    }

    /** Returns a value that is good from now on. */
    String issue() {
        return value(clock.instant().getEpochSecond());
    }

    /** Returns whether a value was issued by a server with this token, and not too long ago. */
    boolean isGood(String value) {
        Matcher parts = VALUE.matcher(value);
        if (!parts.matches()) {
            return false;
        }
        long issued = Long.parseLong(parts.group(1));
        long age = clock.instant().getEpochSecond() - issued;
        return isSame(value, value(issued)) && age >= 0 && age <= IDLE_LIMIT.toSeconds();
    }

    /** Returns whether a good value should be replaced by a new one. */
    boolean isDue(String good) {
        long issued = Long.parseLong(good.substring(0, good.indexOf('-')));
        return clock.instant().getEpochSecond() - issued >= RENEWAL.toSeconds();
    }

    private String value(long issued) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] digest = mac.doFinal(("unfog session " + issued).getBytes(StandardCharsets.UTF_8));
            return issued + "-" + HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has HMAC-SHA-256", e);
        }
    }

    /** Takes the same time wherever the texts differ. */
    static boolean isSame(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }
}
