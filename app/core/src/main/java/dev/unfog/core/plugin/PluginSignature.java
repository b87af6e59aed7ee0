package dev.unfog.core.plugin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who vouches for a plugin file: an Ed25519 signature (RFC 8032) over its id, version and SHA-256.
 *
 * <p>It lies beside the file as JSON, {@code NAME.zip.signature}.
 *
 * @param id of the plugin
 * @param version of the plugin
 * @param sha256 of the file, 64 lower-case hexadecimal digits
 * @param publicKey the signer's key, X.509, in Base64
 * @param signature of the text {@code unfog-plugin ID VERSION SHA256}, in Base64
 */
public record PluginSignature(String id, String version, String sha256, String publicKey, String signature) {
    private static final JsonMapper JSON = new JsonMapper();

    /** Returns the file in which a plugin's signature lies. */
    public static Path fileOf(Path plugin) {
        return plugin.resolveSibling(plugin.getFileName() + ".signature");
    }

    /**
     * Reads the signature that lies beside a plugin file, if there is one.
     *
     * @throws UnfogException with {@link ErrorCode#PLUGIN_BROKEN} if it cannot be read
     */
    static Optional<PluginSignature> beside(Path plugin) {
        Path file = fileOf(plugin);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode root = JSON.readTree(Files.readString(file));
            return Optional.of(new PluginSignature(
                    root.path("id").asText(),
                    root.path("version").asText(),
                    root.path("sha256").asText(),
                    root.path("publicKey").asText(),
                    root.path("signature").asText()));
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    file.toString(),
                    "it is no signature: " + PluginExtension.describe(exception),
                    "get plugin and signature again from its provider",
                    exception);
        }
    }

    /** Returns the text that is signed. */
    static byte[] message(String id, String version, String sha256) {
        return ("unfog-plugin " + id + " " + version + " " + sha256).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Makes sure that the file is the one that was signed; nothing in the file is looked at.
     *
     * @param plugin the file that an error names
     * @param digest its SHA-256
     * @throws UnfogException with {@link ErrorCode#PLUGIN_BROKEN} if it is not
     */
    void verify(Path plugin, String digest) {
        if (!sha256.equals(digest)) {
            throw forged(plugin, "its SHA-256 is " + digest + ", and its signature is for " + sha256, null);
        }
        try {
            Base64.Decoder base64 = Base64.getDecoder();
            PublicKey key =
                    KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(base64.decode(publicKey)));
            Signature check = Signature.getInstance("Ed25519");
            check.initVerify(key);
            check.update(message(id, version, sha256));
            if (!check.verify(base64.decode(signature))) {
                throw forged(plugin, "its signature was not made with the key that it names", null);
            }
        } catch (GeneralSecurityException | IllegalArgumentException exception) {
            throw forged(plugin, "its signature cannot be checked: " + PluginExtension.describe(exception), exception);
        }
    }

    /** Makes sure that the file says of itself what was signed. */
    void verify(PluginArchive archive) {
        if (!archive.id().equals(id) || !archive.version().equals(version)) {
            throw forged(
                    archive.file(),
                    "it is " + archive.id() + " " + archive.version() + ", and its signature is for " + id + " "
                            + version,
                    null);
        }
    }

    private static UnfogException forged(
            Path plugin, String problem, @org.jspecify.annotations.Nullable Exception cause) {
        return new UnfogException(
                ErrorCode.PLUGIN_BROKEN,
                plugin.toString(),
                problem,
                "do not use this file; get plugin and signature again from its provider",
                cause);
    }

    /** Returns a short name of the signer's key that people can compare: the first 16 hexadecimal digits of its SHA-256. */
    public String fingerprint() {
        return fingerprint(publicKey);
    }

    static String fingerprint(String publicKey) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(publicKey.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (GeneralSecurityException exception) {
            throw new IllegalStateException("Every Java has SHA-256", exception);
        }
    }

    /** Writes the signature beside a plugin file. */
    Path writeBeside(Path plugin) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put("version", version);
        fields.put("sha256", sha256);
        fields.put("publicKey", publicKey);
        fields.put("signature", signature);
        try {
            return Files.writeString(
                    fileOf(plugin), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(fields) + "\n");
        } catch (JsonProcessingException exception) {
            throw new IllegalStateException("Texts are JSON", exception);
        }
    }
}
