package dev.unfog.core.plugin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was installed, noted when it was, so that it can be told later whether it is still the same.
 *
 * @param id of the plugin
 * @param version of the plugin
 * @param sha256 of the file; empty for a folder
 * @param signer the fingerprint of the key that signed it; empty if it was not signed
 */
public record PluginReceipt(String id, String version, String sha256, String signer) {
    private static final JsonMapper JSON = new JsonMapper();

    /** Reads a receipt; one that cannot be read counts as none. */
    static Optional<PluginReceipt> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            JsonNode root = JSON.readTree(Files.readString(file));
            return Optional.of(new PluginReceipt(
                    root.path("id").asText(),
                    root.path("version").asText(),
                    root.path("sha256").asText(),
                    root.path("signer").asText()));
        } catch (IOException exception) {
            return Optional.empty();
        }
    }

    void write(Path file) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put("version", version);
        fields.put("sha256", sha256);
        fields.put("signer", signer);
        Files.createDirectories(file.getParent());
        Files.writeString(file, JSON.writeValueAsString(fields) + "\n");
    }
}
