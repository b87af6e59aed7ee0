package dev.unfog.server.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.server.job.Job;
import dev.unfog.server.job.JobFile;
import dev.unfog.server.job.JobFolders;
import dev.unfog.server.job.JobQueue;
import dev.unfog.server.job.JobState;
import dev.unfog.server.worker.ParameterDescription;
import dev.unfog.server.worker.PluginDescription;
import dev.unfog.server.worker.PluginDescription.OperationDescription;
import io.javalin.http.Context;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a multipart request into a job: parts go to disk as they come, and the job's folder is gone again if anything is wrong.
 *
 * <p>Parts: {@code verb} (default {@code clean}), {@code plugin}, {@code seed}, {@code model} (of {@code score}: the job that learnt
 * it), {@code parameters} (a JSON object), any number named {@code file}, and {@code parameter.NAME} for a parameter that is a media
 * file. Other parts are refused.
 */
final class Upload {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int MOST_FIELD_BYTES = 1 << 16;
    private static final String PARAMETER = "parameter.";
    private static final Set<String> FIELDS = Set.of("verb", "plugin", "seed", "model", "parameters");

    private final JobQueue jobs;

    Upload(JobQueue jobs) {
        this.jobs = jobs;
    }

    Job receive(Context context) throws InterruptedException {
        check(context);
        String id = JobQueue.newId();
        Path folder = jobs.folders().input(id);
        boolean accepted = false;
        try {
            Job job = job(id, parts(context, folder), folder);
            accepted = true;
            return job;
        } finally {
            if (!accepted) {
                jobs.folders().delete(id);
            }
        }
    }

    private void check(Context context) {
        String type = String.valueOf(context.contentType()).toLowerCase(Locale.ROOT);
        if (!type.startsWith("multipart/form-data")) {
            throw new Refusal(
                    415,
                    "UnsupportedMediaType",
                    "Content-Type: " + context.contentType(),
                    "a job is not sent like that",
                    "send multipart/form-data with the parts that /api/openapi.json names");
        }
        if (!jobs.hasRoom()) {
            throw new Refusal(
                    503,
                    "QueueFull",
                    "the queue",
                    jobs.limits().queued() + " jobs wait already",
                    "wait until some have ended, or cancel them");
        }
        long announced = context.req().getContentLengthLong();
        if (announced > jobs.limits().uploadBytes()) {
            throw tooLarge();
        }
        try {
            Path root = jobs.folders().root();
            if (Files.getFileStore(root).getUsableSpace() < 2 * Math.max(announced, 1 << 24)) {
                throw new Refusal(
                        507,
                        ErrorCode.DISK_FULL.label(),
                        "the server's disk",
                        "there is no room for this upload and its results",
                        "delete old jobs, or free some space");
            }
        } catch (IOException e) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    "the folder of jobs",
                    "it cannot be used: " + e.getMessage(),
                    "see whether it is still there",
                    e);
        }
    }

    private Refusal tooLarge() {
        return new Refusal(
                413,
                ErrorCode.MEDIA_TOO_LARGE.label(),
                "the upload",
                "it is larger than " + (jobs.limits().uploadBytes() >> 20) + " MiB or has more than "
                        + jobs.limits().files() + " files",
                "send less at once, or raise the limits with which the server is started");
    }

    private Collection<Part> parts(Context context, Path folder) {
        long most = jobs.limits().uploadBytes();
        context.req()
                .setAttribute(
                        "org.eclipse.jetty.multipartConfig",
                        new MultipartConfigElement(folder.toString(), most, most, 0));
        try {
            return context.req().getParts();
        } catch (IOException | ServletException | RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
                if (message.contains("exceeded") || message.contains("too large") || message.contains("too many")) {
                    throw tooLarge();
                }
            }
            throw new Refusal(
                    400,
                    "BrokenUpload",
                    "the upload",
                    "it is cut short or no sound multipart/form-data",
                    "send it again");
        }
    }

    private Job job(String id, Collection<Part> parts, Path folder) throws InterruptedException {
        Map<String, String> fields = new LinkedHashMap<>();
        List<JobFile> files = new ArrayList<>();
        Map<String, String> parameterNames = new LinkedHashMap<>();
        Map<String, String> parameterFiles = new LinkedHashMap<>();
        try {
            for (Part part : parts) {
                String name = part.getName();
                String submitted = part.getSubmittedFileName();
                if (name.equals("file") && submitted != null) {
                    if (files.size() == jobs.limits().files()) {
                        throw tooLarge();
                    }
                    String shown = JobFolders.displayName(submitted);
                    String stored = JobFolders.storedName(Integer.toString(files.size()), shown);
                    part.write(folder.resolve(stored).toString());
                    files.add(JobFile.waiting(shown, stored, part.getSize()));
                } else if (name.startsWith(PARAMETER) && submitted != null) {
                    String parameter = name.substring(PARAMETER.length());
                    String shown = JobFolders.displayName(submitted);
                    String stored = JobFolders.storedName("p" + parameterFiles.size(), shown);
                    part.write(folder.resolve(stored).toString());
                    parameterNames.put(parameter, shown);
                    parameterFiles.put(parameter, stored);
                } else if (FIELDS.contains(name)) {
                    fields.put(name, text(part));
                } else {
                    throw bad("the part '" + name.replaceAll("\\p{Cntrl}", "") + "'", "there is no such part");
                }
            }
        } catch (IOException e) {
            throw new UnfogException(
                    ErrorCode.DISK_FULL,
                    "the upload",
                    "it cannot be stored: " + e.getMessage(),
                    "free some space on the server's disk",
                    e);
        }
        if (files.isEmpty()) {
            throw bad("the upload", "there is no file in it");
        }
        Map<String, String> parameters = parameters(fields.getOrDefault("parameters", "{}"));
        parameters.putAll(parameterNames);
        String verb = fields.getOrDefault("verb", "clean");
        String plugin = fields.get("plugin");
        check(verb, plugin == null || plugin.isEmpty() ? null : plugin, parameters, parameterFiles);
        String model = fields.get("model");
        if (verb.equals("score") && (model == null || jobs.find(model).isEmpty())) {
            throw bad("model", "it names no job that learnt what is normal");
        }
        return new Job(
                id,
                Instant.now(),
                verb,
                plugin == null || plugin.isEmpty() ? null : plugin,
                parameters,
                parameterFiles,
                seed(fields.getOrDefault("seed", "0")),
                verb.equals("score") ? model : null,
                JobState.QUEUED,
                null,
                files,
                List.of(),
                null);
    }

    private static Refusal bad(String subject, String problem) {
        return new Refusal(400, ErrorCode.BAD_PARAMETER.label(), subject, problem, "see /api/openapi.json");
    }

    private static String text(Part part) throws IOException {
        if (part.getSize() > MOST_FIELD_BYTES) {
            throw bad(part.getName(), "it is longer than " + MOST_FIELD_BYTES + " bytes");
        }
        try (InputStream in = part.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static long seed(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw bad("seed", "it is no whole number");
        }
    }

    private static Map<String, String> parameters(String json) {
        Map<String, String> parameters = new LinkedHashMap<>();
        try {
            JsonNode node = MAPPER.readTree(json);
            if (node == null || !node.isObject()) {
                throw bad("parameters", "it is no JSON object");
            }
            node.properties().forEach(entry -> {
                if (!entry.getValue().isValueNode()) {
                    throw bad(entry.getKey(), "it is no text, number or boolean");
                }
                if (!entry.getValue().isNull()) {
                    parameters.put(entry.getKey(), entry.getValue().asText());
                }
            });
        } catch (JsonProcessingException e) {
            throw bad("parameters", "it is no JSON: " + e.getOriginalMessage());
        }
        return parameters;
    }

    /** Refuses at once what the worker would refuse later: an unknown plugin, or a parameter that no plugin at work declares. */
    private void check(
            String verb, @Nullable String plugin, Map<String, String> parameters, Map<String, String> parameterFiles)
            throws InterruptedException {
        List<OperationDescription> operations = new ArrayList<>();
        for (PluginDescription installed : PluginRoutes.installed(jobs).plugins()) {
            if (plugin == null || plugin.equals(installed.id())) {
                installed.operations().stream()
                        .filter(operation -> operation.verb().equals(verb))
                        .forEach(operations::add);
            }
        }
        if (operations.isEmpty()) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_NOT_FOUND,
                    plugin == null ? verb : "plugin " + plugin,
                    "no plugin of that name does this: " + verb,
                    "see /api/plugins");
        }
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            ParameterDescription declared = operations.stream()
                    .flatMap(operation -> operation.parameters().stream())
                    .filter(each -> each.name().equals(parameter.getKey()))
                    .findFirst()
                    .orElseThrow(() -> bad(parameter.getKey(), "no plugin at work has such a parameter"));
            boolean isFile = declared.type() instanceof ParameterDescription.MediaFile;
            if (isFile != parameterFiles.containsKey(parameter.getKey())) {
                throw bad(
                        parameter.getKey(),
                        isFile ? "its file must be sent as the part parameter.NAME" : "it is not a file");
            }
            Parameter<?> declaration = declared.declaration();
            ParameterValues.parse(List.of(declaration), Map.of(parameter.getKey(), parameter.getValue()));
        }
    }
}
