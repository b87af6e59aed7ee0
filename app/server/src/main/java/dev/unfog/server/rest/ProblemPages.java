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
    @Override
    protected void generateResponse(
            Request request, Response response, int status, String message, Throwable cause, Callback callback) {
        Problem problem = new Problem(
                status == 404 ? "NotFound" : status < 500 ? "BadRequest" : "Internal",
                "the request",
                status < 500 ? "it is not well-formed: " + message : "it cannot be answered",
                "see /api/openapi.json");
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
        Content.Sink.write(response, true, Json.write(Problems.document(status, problem)), callback);
    }
}
