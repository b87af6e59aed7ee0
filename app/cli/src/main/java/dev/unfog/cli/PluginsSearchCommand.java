package dev.unfog.cli;

import dev.unfog.core.job.Installation;
import dev.unfog.core.plugin.PluginRepository;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code unfog plugins search}. */
@Command(
        name = "search",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Find plugins in a repository.",
        description =
                "%nShows those that have a release for this version of Unfog. Install one with unfog plugins install ID --repository URL.",
        optionListHeading = "%nOptions:%n")
final class PluginsSearchCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "WORD",
            defaultValue = "",
            description = "What id, description or provider must contain; all plugins are shown without it.")
    private String word = "";

    @Option(names = "--repository", paramLabel = "URL", required = true, description = "The repository (plugins.json).")
    private String repository = "";

    @Mixin
    private CommonOptions common = new CommonOptions();

    PluginsSearchCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        List<PluginRepository.Listing> listings = new PluginRepository(repository, Installation.VERSION).search(word);
        if (common.json) {
            List<Map<String, Object>> objects = new ArrayList<>();
            for (PluginRepository.Listing listing : listings) {
                Map<String, Object> object = new LinkedHashMap<>();
                object.put("id", listing.id());
                object.put("version", listing.version());
                object.put("description", listing.description());
                object.put("provider", listing.provider());
                object.put("url", listing.url().toString());
                objects.add(object);
            }
            session.terminal().out().println(Json.write(Map.of("plugins", objects)));
            return ExitCode.DONE;
        }
        for (PluginRepository.Listing listing : listings) {
            session.terminal()
                    .out()
                    .println(listing.id() + " " + listing.version()
                            + (listing.provider().isEmpty() ? "" : "  by " + listing.provider()));
            if (!listing.description().isEmpty()) {
                session.terminal().out().println("    " + listing.description());
            }
        }
        if (listings.isEmpty()) {
            session.terminal().err().println("The repository has none that match and run here.");
        }
        return ExitCode.DONE;
    }
}
