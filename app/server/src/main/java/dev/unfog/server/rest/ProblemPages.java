package dev.unfog.server.rest;

import dev.unfog.server.worker.Problem;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Has the web server itself tell problems as documents too: what it refuses never reaches a route, such as an ambiguous path. */
public final class ProblemPages extends ErrorHandler {
    private static final String DOCUMENT = "see /api/openapi.json";

    @Override
    protected void generateResponse(
            Request request, Response response, int status, String message, Throwable cause, Callback callback) {
        Problem problem =
                switch (status) {
                    case 404 -> new Problem("NotFound", "the request", "there is nothing here", DOCUMENT);
                    case 503 ->
                        new Problem(
                                "TooManyUploads",
                                "the upload",
                                "others have been coming in for too long",
                                "send it again in a moment");
                    default ->
                        status < 500
                                ? new Problem(
                                        "BadRequest", "the request", "it is not well-formed: " + message, DOCUMENT)
                                : new Problem("Internal", "the request", "it cannot be answered", DOCUMENT);
                };
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
        Content.Sink.write(response, true, Json.write(Problems.document(status, problem)), callback);
    }
}
