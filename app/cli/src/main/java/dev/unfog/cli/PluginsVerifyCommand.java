package dev.unfog.cli;

import dev.unfog.core.plugin.PluginArchive;
import dev.unfog.core.plugin.PluginReceipt;
import dev.unfog.core.plugin.PluginStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code unfog plugins verify}. */
@Command(
        name = "verify",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Check that plugins are what was signed and installed.",
        description =
                "%nWithout FILE, each installed plugin is held against the SHA-256 that was noted when it was installed; with FILE, "
                        + "a plugin that is not installed is held against the signature beside it. None of them is run.",
        optionListHeading = "%nOptions:%n")
final class PluginsVerifyCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", arity = "0..1", paramLabel = "FILE", description = "A zip, jar or folder.")
    private @Nullable Path file;

    @Mixin
    private CommonOptions common = new CommonOptions();

    PluginsVerifyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        PluginStore store = session.unfog().pluginStore();
        if (file != null) {
            String signer = PluginReport.signer(store.verify(file));
            PluginReport report = new PluginReport(PluginArchive.read(file), signer);
            if (common.json) {
                session.terminal().out().println(Json.write(report.json()));
            } else {
                report.print(session.terminal().out());
            }
            return ExitCode.DONE;
        }
        List<PluginStore.Verification> verifications = store.verify();
        ErrorReport errors = new ErrorReport(session);
        List<Map<String, Object>> objects = new ArrayList<>();
        int failed = 0;
        for (PluginStore.Verification verification : verifications) {
            if (verification.failure().isPresent()) {
                failed++;
                errors.print(verification.failure().get());
            } else if (!common.json) {
                session.terminal().out().println(verification.file() + ": " + describe(verification.receipt()));
            }
            objects.add(json(verification));
        }
        if (common.json) {
            session.terminal().out().println(Json.write(Map.of("plugins", objects)));
        }
        return ExitCode.of(verifications.size() - failed, failed);
    }

    private static String describe(Optional<PluginReceipt> receipt) {
        if (receipt.isEmpty()) {
            return "sound; it was not put there by unfog plugins install";
        }
        String signer = receipt.get().signer();
        return "as installed, " + (signer.isEmpty() ? "signed by nobody" : "signed by " + signer);
    }

    private static Map<String, Object> json(PluginStore.Verification verification) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("path", verification.file().toString());
        verification.archive().ifPresent(archive -> {
            object.put("id", archive.id());
            object.put("version", archive.version());
            object.put("sha256", archive.sha256());
        });
        object.put(
                "asInstalled",
                verification.receipt().isPresent() && verification.failure().isEmpty());
        verification.receipt().ifPresent(receipt -> object.put("signedBy", receipt.signer()));
        verification.failure().ifPresent(failure -> object.put("error", Json.error(failure)));
        return object;
    }
}
