package dev.unfog.server.rest;

import dev.unfog.server.job.Job;
import dev.unfog.server.job.JobFile;
import dev.unfog.server.job.JobFolders;
import dev.unfog.server.job.JobQueue;
import dev.unfog.server.job.JobResult;
import dev.unfog.server.worker.PicturePreview;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** {@code /api/jobs} and what is below it. */
public final class JobRoutes {
    private static final int MOST_LISTED = 200;

    private final JobQueue jobs;
    private final Upload upload;

    /** Creates the routes. */
    public JobRoutes(JobQueue jobs) {
        this.jobs = jobs;
        this.upload = new Upload(jobs);
    }

    /** Adds them. */
    public void addTo(RoutesConfig routes) {
        routes.get("/api/jobs", context -> {
            Map<String, List<Job>> answer = new LinkedHashMap<>();
            answer.put("jobs", jobs.newest(MOST_LISTED));
            Json.answer(context, 200, answer);
        });
        routes.post("/api/jobs", this::create);
        routes.get("/api/jobs/{id}", context -> Json.answer(context, 200, job(context)));
        routes.delete("/api/jobs/{id}", context -> {
            jobs.delete(job(context).id());
            context.status(204);
        });
        routes.post("/api/jobs/{id}/cancel", this::cancel);
        routes.get("/api/jobs/{id}/files/{n}", this::file);
        routes.get("/api/jobs/{id}/results/{n}", this::result);
        routes.get("/api/jobs/{id}/zip", this::zip);
    }

    private Job job(Context context) {
        String id = context.pathParam("id");
        return jobs.find(id).orElseThrow(() -> Refusal.unknownJob(id));
    }

    private void create(Context context) throws InterruptedException {
        Job job = upload.receive(context);
        jobs.submit(job);
        context.header("Location", "/api/jobs/" + job.id());
        Json.answer(context, 202, job);
    }

    private void cancel(Context context) {
        Job job = job(context);
        Job cancelled = jobs.cancel(job.id())
                .orElseThrow(() -> new Refusal(
                        409, "JobEnded", "job " + job.id(), "it has ended already", "nothing is left to cancel"));
        Json.answer(context, 200, cancelled);
    }

    private void file(Context context) throws IOException {
        Job job = job(context);
        JobFile file = numbered(context, job.files());
        send(
                context,
                jobs.folders().input(job.id()).resolve(file.stored()),
                file.name(),
                JobQueue.mediaType(file.stored()));
    }

    private void result(Context context) throws IOException {
        Job job = job(context);
        JobResult result = numbered(context, job.results());
        send(context, jobs.folders().output(job.id()).resolve(result.stored()), result.name(), result.mediaType());
    }

    private static <T> T numbered(Context context, List<T> all) {
        String text = context.pathParam("n");
        if (text.matches("\\d{1,6}") && Integer.parseInt(text) < all.size()) {
            return all.get(Integer.parseInt(text));
        }
        throw new Refusal(
                404,
                "NotFound",
                context.req().getRequestURI(),
                "the job has no file of this number",
                "see the job itself");
    }

    private static void send(Context context, Path stored, String name, String storedType) throws IOException {
        boolean download = context.queryParam("download") != null;
        boolean isPreview = context.queryParam("preview") != null && PicturePreview.isOfUse(stored);
        Path file = isPreview ? PicturePreview.of(stored) : stored;
        String mediaType = isPreview ? "image/png" : storedType;
        // Media of a user must never be taken for a page of ours.
        context.header("Content-Security-Policy", "default-src 'none'; sandbox")
                .header("Cache-Control", "private, max-age=3600")
                .header("Content-Disposition", disposition(download ? "attachment" : "inline", name));
        try {
            context.writeSeekableStream(Files.newInputStream(file), mediaType, Files.size(file));
        } catch (NoSuchFileException e) {
            throw isPreview
                    ? new Refusal(404, "NotFound", name, "there is no preview of it", "download it")
                    : new Refusal(410, "Expired", name, "it has just been deleted", "hand in the job again");
        }
    }

    private static String disposition(String how, String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        String plain = name.replaceAll("[^A-Za-z0-9._ -]", "_");
        String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        return how + "; filename=\"" + plain + "\"; filename*=UTF-8''" + encoded;
    }

    private void zip(Context context) throws IOException {
        Job job = job(context);
        if (job.results().isEmpty()) {
            throw new Refusal(
                    409,
                    "NoResults",
                    "job " + job.id(),
                    "it has no results" + (job.state().isFinal() ? "" : " yet"),
                    "see the job itself");
        }
        context.contentType("application/zip")
                .header(
                        "Content-Disposition",
                        disposition("attachment", "unfog-" + job.id().substring(0, 6) + ".zip"));
        Path folder = jobs.folders().output(job.id());
        Set<String> taken = new HashSet<>();
        try (OutputStream out = context.outputStream();
                ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
            // Media are compressed already.
            zip.setLevel(Deflater.BEST_SPEED);
            for (JobResult result : job.results()) {
                Path file = folder.resolve(result.stored());
                if (Files.exists(file)) {
                    zip.putNextEntry(new ZipEntry(free(result.name(), taken)));
                    Files.copy(file, zip);
                    zip.closeEntry();
                }
            }
        }
    }

    private static String free(String name, Set<String> taken) {
        String wanted = JobFolders.displayName(name);
        int dot = wanted.lastIndexOf('.');
        String stem = dot > wanted.lastIndexOf('/') ? wanted.substring(0, dot) : wanted;
        String extension = wanted.substring(stem.length());
        String free = wanted;
        for (int i = 2; !taken.add(free.toLowerCase(java.util.Locale.ROOT)); i++) {
            free = stem + "-" + i + extension;
        }
        return free;
    }
}
