package dev.unfog.server.rest;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of every route: refuses requests of other sites and under other names, asks for the token if there is one, and
 * tells browsers what the page may do.
 *
 * <p>A {@code Host} must be an address or a name that is known to be ours: a name of somebody else's that was made to point here
 * (DNS rebinding) is refused. An {@code Origin}, which browsers send with every request that changes something, must be that host.
 */
public final class RequestGuard {
    private static final String COOKIE = "unfog";
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]");
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'";

    private final String host;
    private final @Nullable String token;
    private final @Nullable SessionCookie session;

    /**
     * Creates a guard.
     *
     * @param host the address or name that the server listens at
     * @param token what every request must know, if anything
     */
    public RequestGuard(String host, Optional<String> token) {
        this.host = host.toLowerCase(Locale.ROOT);
        this.token = token.orElse(null);
        this.session =
                token.map(each -> new SessionCookie(each, Clock.systemUTC())).orElse(null);
    }

    /** Puts it in front of all routes, and adds the one that trades the token for a cookie. */
    public void addTo(RoutesConfig routes) {
        routes.before(this::check);
        routes.post("/api/session", this::openSession);
    }

    private void check(Context context) {
        context.header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "DENY")
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
        String given = String.valueOf(context.header("Host")).toLowerCase(Locale.ROOT);
        if (!isOurs(nameOf(given))) {
            throw new Refusal(
                    403, "ForeignHost", "Host: " + given, "the server is not known by this name", "use its address");
        }
        String origin = context.header("Origin");
        if (origin != null
                && !origin.toLowerCase(Locale.ROOT).equals("http://" + given)
                && !origin.toLowerCase(Locale.ROOT).equals("https://" + given)) {
            throw foreign("Origin: " + origin);
        }
        String site = context.header("Sec-Fetch-Site");
        if ("cross-site".equals(site) && context.path().startsWith("/api")) {
            throw foreign("Sec-Fetch-Site: " + site);
        }
        if (token != null && context.path().startsWith("/api/") && !knowsToken(context)) {
            context.header("WWW-Authenticate", "Bearer realm=\"Unfog\"");
            throw new Refusal(
                    401,
                    "TokenNeeded",
                    "Authorization",
                    "the token is missing or wrong",
                    "send 'Authorization: Bearer TOKEN' with the token that the server was started with");
        }
    }

    private static Refusal foreign(String subject) {
        return new Refusal(
                403, "ForeignOrigin", subject, "the request comes from another site", "use the server's own page");
    }

    private static String nameOf(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    private boolean isOurs(String name) {
        // Nobody can make an address point elsewhere, so one is good wherever the server may be reached under it.
        return LOOPBACK.contains(name)
                || name.equals(host)
                || token != null && ADDRESS.matcher(name).matches();
    }

    private boolean knowsToken(Context context) {
        String wanted = String.valueOf(token);
        String authorization = context.header("Authorization");
        if (authorization != null && authorization.startsWith("Bearer ")) {
            return SessionCookie.isSame(
                    authorization.substring("Bearer ".length()).strip(), wanted);
        }
        String cookie = context.cookie(COOKIE);
        if (session == null || cookie == null || !session.isGood(cookie)) {
            return false;
        }
        if (session.isDue(cookie)) {
            give(context, session);
        }
        return true;
    }

    /** The browser sends a cookie with pictures and event streams too, where the page cannot set a header. */
    private void openSession(Context context) {
        if (session != null) {
            give(context, session);
        }
        context.status(204);
    }

    private static void give(Context context, SessionCookie session) {
        Cookie cookie = new Cookie(COOKIE, session.issue());
        cookie.setPath("/");
        cookie.setHttpOnly(true);
        cookie.setSameSite(SameSite.STRICT);
        cookie.setMaxAge((int) SessionCookie.IDLE_LIMIT.toSeconds());
        context.cookie(cookie);
    }
}
