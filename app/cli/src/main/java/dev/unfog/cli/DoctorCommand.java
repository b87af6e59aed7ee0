package dev.unfog.cli;

import dev.unfog.api.UnfogException;
import dev.unfog.core.job.Installation;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.model.ModelStore;
import dev.unfog.core.onnx.DeviceStatus;
import java.io.File;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code unfog doctor}. */
@Command(
        name = "doctor",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "See whether all is well here: versions, memory, devices, plugins, score networks.",
        description =
                "%nReads every network and loads every plugin. Ends with 0 if nothing is wrong. Its output is what a "
                        + "report of a fault should hold.",
        optionListHeading = "%nOptions:%n")
final class DoctorCommand implements Callable<Integer> {
    private static final long MEBIBYTE = 1 << 20;

    private final Session session;
    private final Map<String, Object> facts = new LinkedHashMap<>();
    private final List<UnfogException> problems = new ArrayList<>();

    @Mixin
    private CommonOptions common = new CommonOptions();

    DoctorCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Installation installation = session.installation();
        Runtime runtime = Runtime.getRuntime();
        fact("unfog", Installation.VERSION);
        fact("installation", installation.directory().toString());
        fact("home", installation.home().toString());
        fact("java", System.getProperty("java.version") + ", " + System.getProperty("java.vendor"));
        fact(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"));
        fact("processors", runtime.availableProcessors());
        fact("heap", String.format(Locale.ROOT, "%d MiB at most", runtime.maxMemory() / MEBIBYTE));
        File temporary = new File(System.getProperty("java.io.tmpdir"));
        fact(
                "temporary",
                String.format(Locale.ROOT, "%s, %d MiB free", temporary, temporary.getUsableSpace() / MEBIBYTE));
        boolean telemetryOff = "1".equals(System.getenv("ORT_DISABLE_TELEMETRY"));
        fact("telemetry", telemetryOff ? "off" : "off in this process; set ORT_DISABLE_TELEMETRY=1 to be sure");

        Unfog unfog = session.unfog();
        attempt(() -> fact("devices", devices(unfog)));
        attempt(() -> {
            unfog.configuration();
            fact("plugins", plugins(unfog));
            problems.addAll(unfog.plugins().failures());
        });
        attempt(() -> fact("models", models(unfog)));

        if (common.json) {
            facts.put("problems", problems.stream().map(Json::error).toList());
            session.terminal().out().println(Json.write(facts));
        }
        ErrorReport errors = new ErrorReport(session);
        problems.forEach(errors::print);
        return problems.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (UnfogException e) {
            problems.add(e);
        }
    }

    private void fact(String name, Object value) {
        facts.put(name, value);
        if (!common.json) {
            List<?> lines = value instanceof List<?> list ? list : List.of(value);
            String label = name;
            for (Object line : lines.isEmpty() ? List.of("none") : lines) {
                session.terminal().out().println(String.format(Locale.ROOT, "%-13s %s", label, line));
                label = "";
            }
        }
    }

    private static List<String> devices(Unfog unfog) {
        List<String> lines = new ArrayList<>();
        for (DeviceStatus status : unfog.devices().list()) {
            lines.add(status.device() + ": " + status.obstacle().orElse("available"));
        }
        return lines;
    }

    private static List<String> plugins(Unfog unfog) {
        return unfog.plugins().plugins().stream()
                .map(plugin -> plugin.id() + " " + plugin.version() + " in " + plugin.path())
                .toList();
    }

    private List<String> models(Unfog unfog) {
        List<String> lines = new ArrayList<>();
        for (ModelStore.Entry entry : unfog.models().verify()) {
            entry.failure().ifPresent(problems::add);
            lines.add(entry.id() + (entry.failure().isPresent() ? ": not sound" : ": sound"));
        }
        return lines;
    }
}
