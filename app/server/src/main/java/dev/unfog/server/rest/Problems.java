package dev.unfog.server.rest;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.server.worker.Problem;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what went wrong as a problem document (RFC 9457): {@code type} is {@code urn:unfog:error:} and the code that the command
 * line shows; {@code subject}, {@code problem} and {@code remedy} are further members.
 */
public final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private Problems() {}

    /** Has every error of every route answered so. */
    public static void addTo(RoutesConfig routes) {
        routes.exception(Refusal.class, (refusal, context) -> answer(context, refusal.status(), refusal.problem()));
        routes.exception(
                UnfogException.class, (error, context) -> answer(context, status(error.code()), Problem.of(error)));
        routes.exception(HttpResponseException.class, (error, context) -> {
            int status = error.getStatus();
            String code = status == 405 ? "MethodNotAllowed" : status == 404 ? "NotFound" : "BadRequest";
            answer(
                    context,
                    status,
                    new Problem(code, path(context), String.valueOf(error.getMessage()), "see /api/openapi.json"));
        });
        routes.exception(Exception.class, (error, context) -> {
            LOG.error("{} {} failed", context.method(), path(context), error);
            answer(
                    context,
                    500,
                    new Problem(
                            ErrorCode.INTERNAL.label(),
                            path(context),
                            "an unforeseen error in the server",
                            "report it with what the server printed"));
        });
        routes.error(404, context -> {
            if (!isProblem(context)) {
                answer(
                        context,
                        404,
                        new Problem("NotFound", path(context), "there is nothing here", "see /api/openapi.json"));
            }
        });
    }

    private static boolean isProblem(Context context) {
        String type = context.res().getContentType();
        return type != null && type.startsWith("application/problem+json");
    }

    private static String path(Context context) {
        return context.req().getRequestURI();
    }

    /** Writes a problem document. */
    static void answer(Context context, int status, Problem problem) {
        context.status(status).contentType("application/problem+json").result(Json.write(document(status, problem)));
    }

    /** Returns a problem document. */
    static Map<String, Object> document(int status, Problem problem) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", "urn:unfog:error:" + problem.code());
        document.put("title", title(problem.code()));
        document.put("status", status);
        document.put("detail", problem.subject() + ": " + problem.problem() + "; " + problem.remedy());
        document.put("code", problem.code());
        document.put("subject", problem.subject());
        document.put("problem", problem.problem());
        document.put("remedy", problem.remedy());
        return document;
    }

    /** Turns {@code UnreadableMedia} into {@code Unreadable media}. */
    private static String title(String code) {
        String words = code.replaceAll("(?<=[a-z])(?=[A-Z])", " ");
        return words.charAt(0) + words.substring(1).toLowerCase(java.util.Locale.ROOT);
    }

    private static int status(ErrorCode code) {
        return switch (code) {
            case BAD_PARAMETER -> 400;
            case CANCELLED -> 409;
            case MEDIA_TOO_LARGE -> 413;
            case UNSUPPORTED_MEDIA -> 415;
            case UNREADABLE_MEDIA, MODEL_NOT_FOUND, MODEL_DAMAGED, CONTRACT_BROKEN, PLUGIN_NOT_FOUND -> 422;
            case DISK_FULL, OUTPUT_NOT_WRITABLE -> 507;
            default -> 500;
        };
    }
}
