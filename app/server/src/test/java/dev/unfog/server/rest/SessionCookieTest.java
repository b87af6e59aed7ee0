package dev.unfog.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** What a browser's cookie is worth. */
final class SessionCookieTest {
    private static final Clock NOW = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private static final SessionCookie COOKIE = new SessionCookie("0123456789abcdef", NOW);

    private static SessionCookie after(Duration time) {
        return new SessionCookie("0123456789abcdef", Clock.offset(NOW, time));
    }

    @Test
    void isGoodUntilItHasNotBeenUsedForTwelveHours() {
        String value = COOKIE.issue();
        assertThat(after(Duration.ofHours(12)).isGood(value)).isTrue();
        assertThat(after(Duration.ofHours(12).plusSeconds(1)).isGood(value)).isFalse();
        assertThat(after(Duration.ofSeconds(-1)).isGood(value)).isFalse();
    }

    @Test
    void isReplacedWhileItIsInUse() {
        String value = COOKIE.issue();
        assertThat(COOKIE.isDue(value)).isFalse();
        assertThat(after(Duration.ofMinutes(10)).isDue(value)).isTrue();
        assertThat(after(Duration.ofMinutes(10)).issue()).isNotEqualTo(value);
    }

    @Test
    void doesNotHoldTheTokenAndCannotBeMadeWithoutIt() {
        String value = COOKIE.issue();
        assertThat(value).doesNotContain("0123456789abcdef");
        assertThat(new SessionCookie("another token 16", NOW).isGood(value)).isFalse();
        assertThat(COOKIE.isGood(value.replaceFirst("\\d", "9"))).isFalse();
        assertThat(COOKIE.isGood("")).isFalse();
        assertThat(COOKIE.isGood("1-x")).isFalse();
    }
}
