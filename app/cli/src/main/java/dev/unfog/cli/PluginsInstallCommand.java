package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.core.job.Installation;
import dev.unfog.core.plugin.PluginRepository;
import dev.unfog.core.plugin.PluginSignature;
import dev.unfog.core.plugin.PluginStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code unfog plugins install}. */
@Command(
        name = "install",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Put a plugin among yours, having checked it.",
        description = {
            "%nA plugin is a zip or jar, its signature beside it (NAME.zip.signature), a folder, or the id of one in a "
                    + "repository. SHA-256 and signature are checked before anything is unpacked. "
                    + PluginReport.FULL_RIGHTS
        },
        optionListHeading = "%nOptions:%n")
final class PluginsInstallCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "FILE|ID", description = "A zip, jar or folder, or an id with --repository.")
    private String plugin = "";

    @Option(names = "--repository", paramLabel = "URL", description = "Fetch it from this repository (plugins.json).")
    private @Nullable String repository;

    @Option(
            names = "--trust",
            description = "Take it although nobody whom you trust has signed it; from then on, its signer is trusted.")
    private boolean trust;

    @Mixin
    private CommonOptions common = new CommonOptions();

    PluginsInstallCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        PluginStore store = session.unfog().pluginStore();
        if (repository == null) {
            return install(store, Path.of(plugin));
        }
        PluginRepository source = new PluginRepository(repository, Installation.VERSION);
        PluginRepository.Listing listing = source.find(plugin);
        Path folder = temporaryFolder();
        try {
            return install(store, source.download(listing, folder));
        } finally {
            delete(folder);
        }
    }

    private int install(PluginStore store, Path file) {
        PluginStore.Installed installed = store.install(file, trust, archive -> {
            if (!common.json) {
                String signer =
                        Files.exists(PluginSignature.fileOf(file)) ? PluginReport.signer(store.verify(file)) : "nobody";
                new PluginReport(archive, signer).print(session.terminal().out());
            }
        });
        Optional<String> replaced = installed.replaced();
        if (common.json) {
            Map<String, Object> object = new LinkedHashMap<>(
                    new PluginReport(installed.archive(), installed.signer().orElse("nobody")).json());
            object.put("path", installed.installed().toString());
            replaced.ifPresent(version -> object.put("replaced", version));
            session.terminal().out().println(Json.write(object));
        } else {
            session.terminal()
                    .out()
                    .println("installed in " + installed.installed()
                            + replaced.map(version -> ", in place of " + version)
                                    .orElse(""));
            session.terminal().err().println(PluginReport.FULL_RIGHTS);
        }
        return ExitCode.DONE;
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("unfog-download");
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    System.getProperty("java.io.tmpdir"),
                    "no temporary folder can be made in it: " + exception.getMessage(),
                    "free some space",
                    exception);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    folder.toString(),
                    "it cannot be deleted: " + exception.getMessage(),
                    "delete it by hand",
                    exception);
        }
    }
}
