package dev.unfog.core.plugin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pf4j.DefaultVersionManager;
import org.pf4j.VersionManager;

/**
 * A list of plugins on a web server, in the format of pf4j-update: {@code plugins.json}, an array of plugins with {@code id}, {@code
 * description}, {@code provider} and {@code releases}, each of these with {@code version}, {@code requires}, {@code url} and {@code
 * sha512sum}.
 *
 * <p>A signature is looked for beside each file, at its address with {@code .signature} added. The list is read by this class rather
 * than by pf4j-update, whose reader (2.3.0, of 2020) makes an empty list of a server that does not answer, waits for ever, fails where a
 * release has no date, and brings two libraries; a test holds what this class makes of a list against what that one does. For one thread.
 */
public final class PluginRepository {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final int LARGEST_INDEX = 16 << 20;
    private static final int LARGEST_DIGEST = 4096;
    private static final long LARGEST_PLUGIN = 4L << 30;

    private final URI index;
    private final String hostVersion;
    private final VersionManager versions = new DefaultVersionManager();
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();

    /**
     * One plugin of the list, at the newest version that runs on this host.
     *
     * @param id its name
     * @param description one line for people; may be empty
     * @param provider who made it; may be empty
     * @param version of the release
     * @param url where the file lies
     * @param sha512 of the file, if the list has it: 128 hexadecimal digits, or where they can be fetched
     */
    public record Listing(
            String id, String description, String provider, String version, URI url, Optional<String> sha512) {}

    /**
     * Names a repository; nothing is asked of it yet.
     *
     * @param address of {@code plugins.json}, or of the folder that it lies in
     * @param hostVersion the version that a release's {@code requires} is held against
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if it is no http or https address
     */
    public PluginRepository(String address, String hostVersion) {
        this.hostVersion = hostVersion;
        try {
            String full =
                    address.endsWith(".json") ? address : address + (address.endsWith("/") ? "" : "/") + "plugins.json";
            index = URI.create(full);
        } catch (IllegalArgumentException exception) {
            throw notAnAddress(address, exception);
        }
        String scheme = index.getScheme();
        if (scheme == null
                || index.getHost() == null
                || !List.of("http", "https").contains(scheme.toLowerCase(Locale.ROOT))) {
            throw notAnAddress(address, null);
        }
    }

    private static UnfogException notAnAddress(String address, @org.jspecify.annotations.Nullable Exception cause) {
        return new UnfogException(
                ErrorCode.BAD_PARAMETER,
                address,
                "it is no address of a plugin repository",
                "give one such as https://example.com/plugins.json",
                cause);
    }

    /**
     * Finds plugins that have a release for this host.
     *
     * @param word what id, description or provider must contain, whatever the case; all plugins contain the empty one
     * @throws UnfogException with {@link ErrorCode#UNREADABLE_MEDIA} if the server does not answer with a list
     */
    public List<Listing> search(String word) {
        String wanted = word.toLowerCase(Locale.ROOT);
        return listings().stream()
                .filter(listing -> (listing.id() + " " + listing.description() + " " + listing.provider())
                        .toLowerCase(Locale.ROOT)
                        .contains(wanted))
                .toList();
    }

    /**
     * Finds a plugin by its id.
     *
     * @throws UnfogException with {@link ErrorCode#PLUGIN_NOT_FOUND} if it is not there or has no release for this host
     */
    public Listing find(String id) {
        return listings().stream()
                .filter(listing -> listing.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new UnfogException(
                        ErrorCode.PLUGIN_NOT_FOUND,
                        id,
                        index + " has no release of it for Unfog " + hostVersion,
                        "see what there is with unfog plugins search --repository " + index));
    }

    private List<Listing> listings() {
        JsonNode root;
        try (InputStream in = get(index)) {
            byte[] bytes = in.readNBytes(LARGEST_INDEX + 1);
            if (bytes.length > LARGEST_INDEX) {
                throw new IOException("it is larger than " + LARGEST_INDEX + " bytes");
            }
            root = JSON.readTree(bytes);
        } catch (IOException exception) {
            throw unreachable(index, exception);
        }
        if (!root.isArray()) {
            throw unreachable(index, new IOException("it is no list of plugins"));
        }
        List<Listing> listings = new ArrayList<>();
        root.forEach(plugin -> newest(plugin).ifPresent(listings::add));
        return listings;
    }

    private Optional<Listing> newest(JsonNode plugin) {
        Optional<Listing> newest = Optional.empty();
        for (JsonNode release : plugin.path("releases")) {
            String version = release.path("version").asText();
            boolean isNewer = newest.isEmpty()
                    || versions.compareVersions(version, newest.get().version()) > 0;
            if (isNewer && runsHere(release.path("requires").asText(""))) {
                URI url = index.resolve(release.path("url").asText());
                newest = Optional.of(new Listing(
                        plugin.path("id").asText(),
                        plugin.path("description").asText(""),
                        plugin.path("provider").asText(""),
                        version,
                        url,
                        sha512(release.path("sha512sum").asText(""), url)));
            }
        }
        return newest;
    }

    /** As pf4j-update has it: the digest, the address of one, or ".sha512" for the one that lies beside the file. */
    private static Optional<String> sha512(String text, URI url) {
        if (text.equalsIgnoreCase(".sha512")) {
            return Optional.of(url.toString().replaceFirst("\\.[^./]*$", "") + ".sha512");
        }
        return text.isBlank() ? Optional.empty() : Optional.of(text.strip());
    }

    private boolean runsHere(String requires) {
        String text = requires.strip();
        String constraint = text.matches("\\d+(\\.\\d+)*") ? ">=" + text : text;
        try {
            return text.isEmpty() || text.equals("*") || versions.checkVersionConstraint(hostVersion, constraint);
        } catch (RuntimeException exception) {
            // Nobody can say what it needs.
            return false;
        }
    }

    /**
     * Fetches a release, and its signature if there is one, into a folder.
     *
     * @return the file, which is the one that the list speaks of
     * @throws UnfogException if the server does not answer, or the file is not the one that the list speaks of
     */
    public Path download(Listing listing, Path folder) {
        String path = String.valueOf(listing.url().getPath());
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._+-]*\\.(zip|jar)")) {
            throw unreachable(listing.url(), new IOException("it is neither a zip nor a jar"));
        }
        Path file = folder.resolve(name);
        String digest = fetch(listing.url(), file);
        if (listing.sha512().isPresent() && !expected(listing.sha512().get()).equalsIgnoreCase(digest)) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    listing.url().toString(),
                    "its SHA-512 is not the one that the repository names",
                    "try again later, and tell whoever runs the repository");
        }
        URI signature = URI.create(listing.url() + ".signature");
        if (exists(signature)) {
            fetch(signature, PluginSignature.fileOf(file));
        }
        return file;
    }

    private String expected(String sha512) {
        if (!sha512.startsWith("http")) {
            return sha512;
        }
        URI address = index.resolve(sha512);
        try (InputStream in = get(address)) {
            // The digest comes first, as sha512sum writes it; a name may follow.
            return new String(in.readNBytes(LARGEST_DIGEST), StandardCharsets.UTF_8)
                    .strip()
                    .split("\\s", 2)[0];
        } catch (IOException exception) {
            throw unreachable(address, exception);
        }
    }

    /** Returns the SHA-512 of what was fetched. */
    private String fetch(URI address, Path file) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-512");
            try (InputStream in = new DigestInputStream(get(address), digest);
                    OutputStream out = Files.newOutputStream(file)) {
                byte[] block = new byte[1 << 16];
                long total = 0;
                for (int count = in.read(block); count >= 0; count = in.read(block)) {
                    total += count;
                    if (total > LARGEST_PLUGIN) {
                        throw new IOException("it is larger than " + LARGEST_PLUGIN + " bytes");
                    }
                    out.write(block, 0, count);
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException exception) {
            throw unreachable(address, exception);
        } catch (NoSuchAlgorithmException exception) {
            throw new IllegalStateException("Every Java has SHA-512", exception);
        }
    }

    private boolean exists(URI address) {
        try {
            return send(address, "HEAD", HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException exception) {
            throw unreachable(address, exception);
        }
    }

    private InputStream get(URI address) throws IOException {
        HttpResponse<InputStream> response = send(address, "GET", HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            response.body().close();
            throw new IOException("the server answers " + response.statusCode());
        }
        return response.body();
    }

    private <T> HttpResponse<T> send(URI address, String method, HttpResponse.BodyHandler<T> handler)
            throws IOException {
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(ANSWER)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try {
            return client.send(request, handler);
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
            throw new IOException("it was interrupted", exception);
        }
    }

    private static UnfogException unreachable(URI address, IOException exception) {
        return new UnfogException(
                ErrorCode.UNREADABLE_MEDIA,
                address.toString(),
                "it cannot be fetched: " + PluginExtension.describe(exception),
                "check the address and the network",
                exception);
    }
}
