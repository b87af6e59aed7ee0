package dev.unfog.cli;

import dev.unfog.core.model.InstalledModel;
import dev.unfog.core.model.ModelStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints a listing of score networks. */
final class ModelsReport {
    private final Session session;

    ModelsReport(Session session) {
        this.session = session;
    }

    /**
     * Prints networks to standard output, what is wrong with others to standard error.
     *
     * @param entries the listing
     * @param verified whether every file was read and compared with its card
     * @return the exit code
     */
    int print(List<ModelStore.Entry> entries, boolean verified) {
        ErrorReport errors = new ErrorReport(session);
        session.unfog().plugins().failures().forEach(errors::warn);
        int failed = 0;
        List<Map<String, Object>> models = new ArrayList<>();
        for (ModelStore.Entry entry : entries) {
            if (entry.failure().isPresent()) {
                failed++;
                errors.print(entry.failure().get());
            } else if (!session.json()) {
                entry.model().ifPresent(model -> print(model, verified));
            }
            models.add(json(entry));
        }
        if (session.json()) {
            session.terminal().out().println(Json.write(Map.of("models", models)));
        } else if (entries.isEmpty()) {
            session.terminal()
                    .err()
                    .println("No score network is installed; put one into "
                            + session.installation().userModels());
        }
        return ExitCode.of(entries.size() - failed, failed);
    }

    private void print(InstalledModel model, boolean verified) {
        session.terminal()
                .out()
                .println(String.format(
                        Locale.ROOT,
                        "%-24s %-8s %-13s %s  %s",
                        model.id(),
                        model.card().kind(),
                        model.origin().name().toLowerCase(Locale.ROOT),
                        model.card().sha256().substring(0, 12),
                        verified ? "sound" : model.directory()));
    }

    private static Map<String, Object> json(ModelStore.Entry entry) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("id", entry.id());
        object.put("directory", entry.directory().toString());
        entry.model().ifPresent(model -> {
            object.put("kind", model.card().kind().name());
            object.put("origin", model.origin().name().toLowerCase(Locale.ROOT));
            object.put("sha256", model.card().sha256());
        });
        entry.failure().ifPresent(failure -> object.put("error", Json.error(failure)));
        return object;
    }
}
