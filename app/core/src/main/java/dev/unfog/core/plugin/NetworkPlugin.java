package dev.unfog.core.plugin;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A plugin made of a descriptor and a network, without a line of Java: it lends its network to another plugin, see {@link PluginHost}.
 *
 * @param id its name
 * @param version its version
 * @param description one line for people
 * @param provider who makes it
 * @param lender the plugin that runs the network in place of its own
 * @param requires the host version that it asks for
 */
public record NetworkPlugin(
        String id, String version, String description, String provider, String lender, String requires) {
    /** Requires an id that can name a file. */
    public NetworkPlugin {
        if (!id.matches("[a-z][a-z0-9-]*")) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    id,
                    "a plugin is named in small letters, digits and hyphens",
                    "give it another name");
        }
    }

    /**
     * Writes the plugin.
     *
     * @param target a zip, by its name, or else a folder, which is a project to go on with; neither may be there yet
     * @param network the ONNX file
     * @param card its card, JSON, with the SHA-256 of the file
     * @throws UnfogException with {@link ErrorCode#OUTPUT_NOT_WRITABLE} if it cannot be written
     */
    public void write(Path target, Path network, String card) {
        if (Files.exists(target)) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE, target.toString(), "it is there already", "name a new one");
        }
        Path part = target.toAbsolutePath().resolveSibling("." + target.getFileName() + ".part");
        try {
            Files.createDirectories(part.getParent());
            PluginFile.delete(part);
            Map<String, byte[]> texts = new LinkedHashMap<>();
            texts.put("plugin.properties", descriptor().getBytes(StandardCharsets.UTF_8));
            texts.put("models/" + id + "/model.json", card.getBytes(StandardCharsets.UTF_8));
            String model = "models/" + id + "/model.onnx";
            if (target.toString().toLowerCase(Locale.ROOT).endsWith(".zip")) {
                zip(part, texts, model, network);
            } else {
                for (Map.Entry<String, byte[]> text : texts.entrySet()) {
                    Path file = part.resolve(text.getKey());
                    Files.createDirectories(file.getParent());
                    Files.write(file, text.getValue());
                }
                Files.copy(network, part.resolve(model));
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    target.toString(),
                    "it cannot be written: " + PluginExtension.describe(exception),
                    "name one in a folder of your own",
                    exception);
        }
    }

    private static void zip(Path part, Map<String, byte[]> texts, String model, Path network) throws IOException {
        try (OutputStream out = Files.newOutputStream(part);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> text : texts.entrySet()) {
                zip.putNextEntry(entry(text.getKey()));
                zip.write(text.getValue());
            }
            zip.putNextEntry(entry(model));
            Files.copy(network, zip);
        }
    }

    /** Without the time, so that the same network makes the same plugin. */
    private static ZipEntry entry(String name) {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
        return entry;
    }

    private String descriptor() {
        return """
                # This plugin has no code: it lends its network, models/%1$s, to the plugin that it depends on.
                plugin.id=%1$s
                plugin.version=%2$s
                plugin.description=%3$s
                plugin.provider=%4$s
                plugin.requires=%6$s
                plugin.dependencies=%5$s
                """.formatted(id, version, escape(description), escape(provider), lender, requires);
    }

    /** Properties files are Latin-1 by tradition, so that other characters are escaped. */
    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        text.lines().findFirst().orElse("").chars().forEach(c -> {
            if (c == '\\') {
                escaped.append("\\\\");
            } else if (c < 0x20 || c > 0x7e) {
                escaped.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                escaped.append((char) c);
            }
        });
        return escaped.toString();
    }
}
