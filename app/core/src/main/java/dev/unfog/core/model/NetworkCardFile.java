package dev.unfog.core.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.sde.ForwardProcesses;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a network's card from JSON: the file {@code model.json} beside the network, or the metadata inside of it.
 *
 * <p>Keys that it does not know are passed over, since a card also says things that are for people. A key that is missing
 * or wrong is named in the error.
 */
final class NetworkCardFile {
    /** The version of the score-network contract that this host understands. */
    static final int CONTRACT = 1;

    /** What every card says, besides the digest. */
    static final List<String> REQUIRED = List.of(
            "contract",
            "id",
            "kind",
            "conditioning",
            "process",
            "channels",
            "range",
            "receptiveField",
            "sizeMinimum",
            "sizeMultiple");

    /** A card to start from, complete but for the digest. */
    static final String EXAMPLE =
            "{\"contract\": 1, \"id\": \"my-network\", \"kind\": \"picture\", \"conditioning\": \"noise\", "
                    + "\"process\": {\"name\": \"variance-exploding\", \"sigma_min\": 0.002, \"sigma_max\": 1}, \"channels\": 3, "
                    + "\"range\": [0, 1], \"receptiveField\": 64, \"sizeMinimum\": 8, \"sizeMultiple\": 8}";

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private final Path file;
    private final JsonNode root;

    private NetworkCardFile(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /**
     * Parses a card.
     *
     * @param file what an error names
     * @param json the text
     * @param sha256 the digest of the network where the card does not give it (it cannot, inside the network); else null
     */
    static NetworkCard parse(Path file, String json, @Nullable String sha256) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException exception) {
            throw new UnfogException(
                    ErrorCode.CONTRACT_BROKEN,
                    file.toString(),
                    "the card is not JSON: " + exception.getOriginalMessage(),
                    "install the network again",
                    exception);
        }
        return new NetworkCardFile(file, root).card(sha256);
    }

    private NetworkCard card(@Nullable String sha256) {
        if (!root.isObject()) {
            throw wrong("card", "a JSON object");
        }
        requireAll(sha256 == null);
        int contract = integer("contract", 1);
        if (contract != CONTRACT) {
            throw new UnfogException(
                    ErrorCode.CONTRACT_BROKEN,
                    file.toString(),
                    "\"contract\" is " + contract + ", and this version of Unfog knows contract " + CONTRACT,
                    "update Unfog, or install a network made for it");
        }
        String kind = text("kind");
        if (!kind.equals(kind.toLowerCase(Locale.ROOT))) {
            throw wrong("kind", "a media kind in lower case, such as \"picture\"");
        }
        NetworkCard.Conditioning conditioning =
                switch (text("conditioning")) {
                    case "noise" -> NetworkCard.Conditioning.NOISE;
                    case "observation" -> NetworkCard.Conditioning.OBSERVATION;
                    default -> throw wrong("conditioning", "\"noise\" or \"observation\"");
                };
        if (root.has("inputNormalisation")
                && !"none".equals(root.get("inputNormalisation").asText())) {
            throw wrong("inputNormalisation", "\"none\": a network normalises inside its graph");
        }
        JsonNode range = required("range");
        if (!range.isArray()
                || range.size() != 2
                || !range.get(0).isNumber()
                || !range.get(1).isNumber()
                || range.get(0).asDouble() >= range.get(1).asDouble()) {
            throw wrong("range", "two numbers, the smaller first");
        }
        return new NetworkCard(
                text("id"),
                new MediaKind(kind),
                conditioning,
                process(),
                integer("channels", 1),
                (float) range.get(0).asDouble(),
                (float) range.get(1).asDouble(),
                root.has("sampleRate") ? integer("sampleRate", 0) : 0,
                integer("receptiveField", 0),
                integer("sizeMinimum", 1),
                integer("sizeMultiple", 1),
                sha256 != null ? sha256 : digest());
    }

    /** Names all that is missing at once, so that a card is not completed key by key. */
    private void requireAll(boolean digestToo) {
        List<String> missing = new ArrayList<>();
        for (String key : REQUIRED) {
            JsonNode value = root.get(key);
            if (value == null || value.isNull()) {
                missing.add('"' + key + '"');
            }
        }
        if (digestToo && !root.has("sha256")) {
            missing.add("\"sha256\"");
        }
        if (!missing.isEmpty()) {
            throw new UnfogException(
                    ErrorCode.CONTRACT_BROKEN,
                    file.toString(),
                    "the card lacks " + String.join(", ", missing),
                    "have its author complete the card, or install the network again");
        }
    }

    private NetworkCard.Process process() {
        JsonNode process = required("process");
        JsonNode name = process.path("name");
        if (!name.isTextual() || name.asText().isBlank()) {
            throw wrong("process.name", "a name, such as \"variance-exploding\"");
        }
        Map<String, Double> constants = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : process.properties()) {
            if (entry.getKey().equals("name")) {
                continue;
            }
            if (!entry.getValue().isNumber()) {
                throw wrong("process." + entry.getKey(), "a number");
            }
            constants.put(entry.getKey(), entry.getValue().asDouble());
        }
        if (ForwardProcesses.names().contains(name.asText())) {
            requireConstants(name.asText(), constants);
        }
        return new NetworkCard.Process(name.asText(), constants);
    }

    private void requireConstants(String name, Map<String, Double> constants) {
        try {
            ForwardProcesses.named(name, constants);
        } catch (IllegalArgumentException exception) {
            throw new UnfogException(
                    ErrorCode.CONTRACT_BROKEN,
                    file.toString(),
                    "\"process\" on the card is wrong: " + exception.getMessage(),
                    "have its author correct the card, or install the network again",
                    exception);
        }
    }

    private String digest() {
        String digest = text("sha256");
        if (!SHA256.matcher(digest).matches()) {
            throw wrong("sha256", "64 lower-case hexadecimal digits");
        }
        return digest;
    }

    private JsonNode required(String key) {
        JsonNode value = root.get(key);
        if (value == null || value.isNull()) {
            throw new UnfogException(
                    ErrorCode.CONTRACT_BROKEN,
                    file.toString(),
                    "the card lacks \"" + key + "\"",
                    "have its author complete the card, or install the network again");
        }
        return value;
    }

    private String text(String key) {
        JsonNode value = required(key);
        if (!value.isTextual() || value.asText().isBlank()) {
            throw wrong(key, "a text");
        }
        return value.asText();
    }

    private int integer(String key, int minimum) {
        JsonNode value = required(key);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < minimum) {
            throw wrong(key, "a whole number, at least " + minimum);
        }
        return value.asInt();
    }

    /** Returns a card's text with the digest of the network in it. */
    static String withDigest(Path file, String json, String sha256) {
        try {
            if (JSON.readTree(json) instanceof ObjectNode card) {
                return card.put("sha256", sha256).toPrettyString() + "\n";
            }
        } catch (JsonProcessingException exception) {
            throw new IllegalArgumentException(file + " was read as JSON before", exception);
        }
        throw new IllegalArgumentException(file + " was a JSON object before");
    }

    private UnfogException wrong(String key, String expected) {
        return new UnfogException(
                ErrorCode.CONTRACT_BROKEN,
                file.toString(),
                "\"" + key + "\" on the card is not " + expected,
                "have its author correct the card, or install the network again");
    }
}
