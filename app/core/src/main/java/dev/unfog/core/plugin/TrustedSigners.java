package dev.unfog.core.plugin;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * The signers whose plugins the user installs without being asked: a text file, one public key in Base64 a line, then a space and a
 * name. For one process at a time.
 */
record TrustedSigners(Path file) {

    /** Returns the name under which a key is trusted, if it is. */
    Optional<String> nameOf(String publicKey) {
        return lines().stream()
                .filter(line -> line.split(" ", 2)[0].equals(publicKey))
                .map(line -> line.contains(" ") ? line.split(" ", 2)[1].strip() : "")
                .findFirst();
    }

    /** Trusts a key from now on. */
    void add(String publicKey, String name) {
        if (nameOf(publicKey).isPresent()) {
            return;
        }
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(
                    file,
                    publicKey + " " + name.lines().findFirst().orElse("") + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    file.toString(),
                    "the signer cannot be noted: " + PluginExtension.describe(exception),
                    "make the folder writable, or set UNFOG_HOME to one that is",
                    exception);
        }
    }

    private List<String> lines() {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    file.toString(),
                    "the trusted signers cannot be read: " + PluginExtension.describe(exception),
                    "make the file readable, or remove it",
                    exception);
        }
    }
}
