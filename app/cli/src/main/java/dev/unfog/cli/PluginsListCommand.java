package dev.unfog.cli;

import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.api.plugin.Fitter;
import dev.unfog.api.plugin.LiveCleaner;
import dev.unfog.api.plugin.Operation;
import dev.unfog.api.plugin.Scorer;
import dev.unfog.core.plugin.InstalledPlugin;
import dev.unfog.core.plugin.PluginHost;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code unfog plugins list}. */
@Command(
        name = "list",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Show which plugins are installed, and why others do not load.",
        description =
                "%nPlugins are zips, jars or folders in UNFOG_HOME/plugins and in the installation's plugins folder.",
        optionListHeading = "%nOptions:%n")
final class PluginsListCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private CommonOptions common = new CommonOptions();

    PluginsListCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        PluginHost host = session.unfog().plugins();
        if (common.json) {
            session.terminal().out().println(Json.write(json(host)));
        } else {
            print(host);
        }
        ErrorReport errors = new ErrorReport(session);
        host.failures().forEach(errors::print);
        return ExitCode.of(host.plugins().size(), host.failures().size());
    }

    private void print(PluginHost host) {
        PrintWriter out = session.terminal().out();
        for (InstalledPlugin plugin : host.plugins()) {
            String provider = plugin.provider().isEmpty() ? "" : "  by " + plugin.provider();
            out.println(plugin.id() + " " + plugin.version() + provider);
            if (!plugin.description().isEmpty()) {
                out.println("    " + plugin.description());
            }
            plugin.network().ifPresent(network -> out.println("    with the network " + network + " of its own"));
            for (Operation operation : plugin.operations()) {
                out.println(
                        "    unfog " + verb(operation) + ": " + operation.summary() + " (" + kinds(operation) + ")");
            }
            out.println("    " + plugin.path());
        }
        host.switchedOff()
                .forEach(off -> out.println(off.id() + " " + off.version() + "  switched off\n    " + off.path()));
        if (host.plugins().isEmpty()) {
            session.terminal()
                    .err()
                    .println("No plugin is installed; put one into "
                            + session.installation().pluginDirectories().get(0));
        }
    }

    private static Map<String, Object> json(PluginHost host) {
        List<Map<String, Object>> plugins = new ArrayList<>();
        for (InstalledPlugin plugin : host.plugins()) {
            List<Map<String, Object>> operations = new ArrayList<>();
            for (Operation operation : plugin.operations()) {
                Map<String, Object> described = new LinkedHashMap<>();
                described.put("verb", verb(operation));
                described.put("summary", operation.summary());
                described.put(
                        "accepts",
                        operation.accepts().stream()
                                .map(MediaKind::name)
                                .sorted()
                                .toList());
                described.put(
                        "parameters",
                        operation.parameters().stream()
                                .map(parameter -> parameter.name())
                                .toList());
                operations.add(described);
            }
            Map<String, Object> described = new LinkedHashMap<>();
            described.put("id", plugin.id());
            described.put("version", plugin.version());
            described.put("description", plugin.description());
            described.put("provider", plugin.provider());
            described.put("path", plugin.path().toString());
            described.put("operations", operations);
            plugins.add(described);
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("plugins", plugins);
        object.put(
                "disabled",
                host.switchedOff().stream()
                        .map(off -> Map.of(
                                "id",
                                off.id(),
                                "version",
                                off.version(),
                                "path",
                                off.path().toString()))
                        .toList());
        object.put(
                "failures",
                host.failures().stream()
                        .map((UnfogException failure) -> Json.error(failure))
                        .toList());
        return object;
    }

    private static String kinds(Operation operation) {
        return String.join(
                ", ", operation.accepts().stream().map(MediaKind::name).sorted().toList());
    }

    /** Returns the command that runs an operation. */
    static String verb(Operation operation) {
        if (operation instanceof Cleaner) {
            return "clean";
        }
        if (operation instanceof LiveCleaner) {
            return "live";
        }
        if (operation instanceof Scorer) {
            return "score";
        }
        return operation instanceof Fitter ? "fit" : "?";
    }
}
