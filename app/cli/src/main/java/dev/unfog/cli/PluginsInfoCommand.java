package dev.unfog.cli;

import dev.unfog.api.param.Parameter;
import dev.unfog.api.plugin.Operation;
import dev.unfog.core.plugin.InstalledPlugin;
import dev.unfog.core.plugin.PluginArchive;
import dev.unfog.core.plugin.PluginStore;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code unfog plugins info}. */
@Command(
        name = "info",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Say what a plugin is.",
        description = "%nA file is only read; none of it is run. Of an installed plugin, the parameters are shown too.",
        optionListHeading = "%nOptions:%n")
final class PluginsInfoCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(
            index = "0",
            paramLabel = "ID|FILE",
            description = "The id of an installed plugin, or a zip, jar or folder.")
    private String plugin = "";

    @Mixin
    private CommonOptions common = new CommonOptions();

    PluginsInfoCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        PluginStore store = session.unfog().pluginStore();
        boolean isFile = plugin.matches(".*[/\\\\.].*") && Files.exists(Path.of(plugin));
        PluginArchive archive = isFile ? PluginArchive.read(Path.of(plugin)) : store.find(plugin);
        String signer = isFile ? PluginReport.signer(store.verify(archive.file())) : installedBy(store, archive);
        Optional<InstalledPlugin> loaded = isFile
                ? Optional.empty()
                : session.unfog().plugins().plugins().stream()
                        .filter(installed -> installed.id().equals(plugin))
                        .findFirst();
        PluginReport report = new PluginReport(archive, signer);
        if (common.json) {
            Map<String, Object> object = new LinkedHashMap<>(report.json());
            loaded.ifPresent(installed -> object.put("operations", operations(installed)));
            session.terminal().out().println(Json.write(object));
            return ExitCode.DONE;
        }
        report.print(session.terminal().out());
        loaded.ifPresent(installed -> installed.operations().forEach(this::print));
        return ExitCode.DONE;
    }

    private static String installedBy(PluginStore store, PluginArchive archive) {
        return store.verify().stream()
                .filter(verification -> verification.file().equals(archive.file()))
                .flatMap(verification -> verification.receipt().stream())
                .map(receipt -> receipt.signer())
                .filter(signer -> !signer.isEmpty())
                .findFirst()
                .orElse("nobody");
    }

    private void print(Operation operation) {
        PrintWriter out = session.terminal().out();
        out.println("unfog " + PluginsListCommand.verb(operation) + ": " + operation.summary());
        for (Parameter<?> parameter : operation.parameters()) {
            out.println("    --" + parameter.name() + "  " + parameter.help() + " ("
                    + parameter.type().describe()
                    + (parameter.unit().isEmpty() ? "" : " " + parameter.unit())
                    + parameter
                            .optionalDefault()
                            .map(value -> ", default " + value)
                            .orElse("") + ")");
        }
    }

    private static List<Map<String, Object>> operations(InstalledPlugin plugin) {
        List<Map<String, Object>> operations = new ArrayList<>();
        for (Operation operation : plugin.operations()) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("verb", PluginsListCommand.verb(operation));
            object.put("summary", operation.summary());
            List<Map<String, Object>> parameters = new ArrayList<>();
            for (Parameter<?> parameter : operation.parameters()) {
                parameters.add(Map.of(
                        "name", parameter.name(),
                        "help", parameter.help(),
                        "type", parameter.type().describe(),
                        "unit", parameter.unit()));
            }
            object.put("parameters", parameters);
            operations.add(object);
        }
        return operations;
    }
}
