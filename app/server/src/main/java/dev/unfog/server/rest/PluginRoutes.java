package dev.unfog.server.rest;

import dev.unfog.core.job.Installation;
import dev.unfog.server.job.JobQueue;
import dev.unfog.server.worker.PluginDescription;
import dev.unfog.server.worker.Report;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code /api/plugins}, {@code /api/openapi.json} and {@code /api/status}. */
public final class PluginRoutes {
    private static final int PATIENCE_MILLISECONDS = 20_000;
    private static final int STEP_MILLISECONDS = 50;

    private final JobQueue jobs;

    /** Creates the routes. */
    public PluginRoutes(JobQueue jobs) {
        this.jobs = jobs;
    }

    /** Adds them. */
    public void addTo(RoutesConfig routes) {
        routes.get("/api/plugins", this::plugins);
        String document = openApi();
        routes.get("/api/openapi.json", context -> context.contentType("application/json")
                .result(document));
    }

    private static String openApi() {
        try (InputStream in = PluginRoutes.class.getResourceAsStream("openapi.json")) {
            if (in == null) {
                throw new IllegalStateException("openapi.json is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("@version@", Installation.VERSION);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void plugins(Context context) throws InterruptedException {
        Report.Ready installed = installed(jobs);
        List<Map<String, Object>> plugins = new ArrayList<>();
        for (PluginDescription plugin : installed.plugins()) {
            List<Map<String, Object>> operations = new ArrayList<>();
            for (PluginDescription.OperationDescription operation : plugin.operations()) {
                Map<String, Object> described = new LinkedHashMap<>();
                described.put("verb", operation.verb());
                described.put("summary", operation.summary());
                described.put("accepts", operation.accepts());
                described.put("parameters", ParameterSchema.of(operation.parameters()));
                operations.add(described);
            }
            Map<String, Object> described = new LinkedHashMap<>();
            described.put("id", plugin.id());
            described.put("version", plugin.version());
            described.put("description", plugin.description());
            described.put("provider", plugin.provider());
            described.put("operations", operations);
            plugins.add(described);
        }
        Map<String, Object> limits = new LinkedHashMap<>();
        limits.put("uploadBytes", jobs.limits().uploadBytes());
        limits.put("files", jobs.limits().files());
        limits.put("queuedJobs", jobs.limits().queued());
        limits.put("retentionSeconds", jobs.limits().retention().toSeconds());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("version", Installation.VERSION);
        answer.put("plugins", plugins);
        answer.put("failures", installed.failures());
        answer.put("limits", limits);
        Json.answer(context, 200, answer);
    }

    /** Returns what is installed, waiting a while for a worker that still starts. */
    static Report.Ready installed(JobQueue jobs) throws InterruptedException {
        for (int waited = 0; waited < PATIENCE_MILLISECONDS; waited += STEP_MILLISECONDS) {
            Optional<Report.Ready> installed = jobs.installed();
            if (installed.isPresent()) {
                return installed.get();
            }
            Thread.sleep(STEP_MILLISECONDS);
        }
        throw new Refusal(
                503,
                "WorkerNotReady",
                "the worker",
                "it has not started yet",
                "try again, and see what the server printed");
    }
}
