package dev.unfog.training;

import ai.djl.Device;
import ai.djl.training.ParameterStore;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.train.TrainingPlan;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/** Writes a trained network as an ONNX file that carries its card, so that the file is usable alone. */
public final class NetworkFile {
    /** Key of the metadata entry under which hosts look for the card. */
    private static final String CARD_PROPERTY = "unfog.card";

    private NetworkFile() {}

    /**
     * Writes the file beside its destination and moves it there when it is whole.
     *
     * @return its SHA-256, 64 lower-case hexadecimal digits
     */
    static String write(Path file, TrainingPlan plan, ScoreBlock block, ParameterStore weights, long steps)
            throws IOException {
        OnnxGraph graph = new OnnxGraph(plan.id());
        block.export(graph, parameter -> weights.getValue(parameter, Device.cpu(), false));
        return write(file, graph, card(plan, block, steps));
    }

    /**
     * Writes a graph and its card, JSON, beside the destination and moves the file there when it is whole.
     *
     * @return its SHA-256, 64 lower-case hexadecimal digits
     */
    public static String write(Path file, OnnxGraph graph, String card) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
        Path temporary = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (OutputStream out = new DigestOutputStream(Files.newOutputStream(temporary), digest)) {
                graph.model(Map.of(CARD_PROPERTY, card)).writeTo(out);
            }
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The card as JSON; the digest is not in it, since it stands within the file. */
    static String card(TrainingPlan plan, ScoreBlock block, long steps) {
        StringBuilder json = new StringBuilder("{");
        field(json, "contract", "1");
        field(json, "id", quoted(plan.id()));
        field(json, "kind", quoted(plan.kind().name()));
        field(json, "conditioning", quoted("noise"));
        field(
                json,
                "process",
                "{\"name\": \"variance-exploding\", \"sigma_min\": "
                        + plan.noiseLevels().minimum() + ", \"sigma_max\": "
                        + plan.noiseLevels().maximum() + "}");
        field(json, "channels", String.valueOf(plan.architecture().channels()));
        field(json, "range", "[" + plan.rangeMinimum() + ", " + plan.rangeMaximum() + "]");
        field(json, "receptiveField", String.valueOf(block.receptiveField()));
        field(json, "sizeMinimum", String.valueOf(block.sizeMultiple()));
        field(json, "sizeMultiple", String.valueOf(block.sizeMultiple()));
        field(json, "inputNormalisation", quoted("none"));
        field(json, "parameters", String.valueOf(block.parameterCount()));
        field(
                json,
                plan.kind().equals(MediaKind.PICTURE) ? "macPerPixel" : "macPerElement",
                String.valueOf(Math.round(block.multiplyAdds())));
        field(json, "trainingSamples", String.valueOf(steps * plan.batch()));
        field(json, "trainingSeed", String.valueOf(plan.seed()));
        return json.append("\n}\n").toString();
    }

    private static void field(StringBuilder json, String key, String value) {
        json.append(json.length() == 1 ? "\n  " : ",\n  ")
                .append(quoted(key))
                .append(": ")
                .append(value);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
