package dev.unfog.cli;

import dev.unfog.core.plugin.PluginArchive;
import dev.unfog.core.plugin.PluginSignature;
import dev.unfog.core.plugin.SigningKey;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code unfog plugins sign}. */
@Command(
        name = "sign",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Sign a plugin that you made.",
        description =
                "%nThe Ed25519 signature over id, version and SHA-256 is written beside the file, as NAME.zip.signature. Keep the key "
                        + "to yourself, publish its fingerprint, and give people both files.",
        optionListHeading = "%nOptions:%n")
final class PluginsSignCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "FILE", description = "A zip or jar.")
    private Path file = Path.of("");

    @Option(names = "--key", paramLabel = "PEM", required = true, description = "The file that holds your key.")
    private Path key = Path.of("");

    @Option(names = "--new-key", description = "Make the key first.")
    private boolean newKey;

    @Mixin
    private CommonOptions common = new CommonOptions();

    PluginsSignCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        PluginArchive archive = PluginArchive.read(file);
        SigningKey signer = newKey ? SigningKey.create(key) : SigningKey.read(key);
        PluginSignature signature = signer.sign(archive);
        Path written = PluginSignature.fileOf(file);
        session.terminal()
                .out()
                .println(
                        common.json
                                ? Json.write(
                                        Map.of("signature", written.toString(), "fingerprint", signature.fingerprint()))
                                : "signed " + archive.id() + " " + archive.version() + " with "
                                        + signature.fingerprint() + ": " + written);
        return ExitCode.DONE;
    }
}
