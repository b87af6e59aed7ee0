package dev.unfog.server;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.core.job.Installation;
import dev.unfog.server.job.JobQueue;
import dev.unfog.server.rest.EventStreams;
import dev.unfog.server.rest.JobRoutes;
import dev.unfog.server.rest.Page;
import dev.unfog.server.rest.PluginRoutes;
import dev.unfog.server.rest.ProblemPages;
import dev.unfog.server.rest.Problems;
import dev.unfog.server.rest.RequestGuard;
import io.javalin.Javalin;
import io.javalin.util.JavalinBindException;
import java.net.URI;
import java.time.Duration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.QoSHandler;

/** A running server: the page, the REST interface, the queue of jobs and the worker behind it. Safe for use by many threads. */
public final class UnfogServer implements AutoCloseable {
    private static final long IDLE_MILLISECONDS = 30_000;
    /** Parts of an upload that are not files to work on. */
    private static final int MOST_FIELDS = 50;
    /** Uploads that are taken in side by side. The others wait without a thread, so that the page finds a processor at once. */
    static final int MOST_UPLOADS = 16;

    private static final Duration UPLOAD_PATIENCE = Duration.ofSeconds(20);

    private final ServerSettings settings;
    private final JobQueue jobs;
    private final EventStreams events;
    private final Javalin javalin;

    private UnfogServer(ServerSettings settings, JobQueue jobs, EventStreams events, Javalin javalin) {
        this.settings = settings;
        this.jobs = jobs;
        this.events = events;
        this.javalin = javalin;
    }

    /**
     * Starts a server.
     *
     * @param installation where plugins, models and settings lie
     * @param settings how it is run
     * @return the server, which answers requests already
     * @throws UnfogException if the port is taken or the folder of jobs cannot be used
     */
    public static UnfogServer start(Installation installation, ServerSettings settings) {
        JobQueue jobs = new JobQueue(installation, settings.folder(), settings.limits());
        EventStreams events = new EventStreams(jobs);
        try {
            Javalin javalin = Javalin.create(config -> {
                config.startup.showJavalinBanner = false;
                config.http.prefer405over404 = true;
                config.jetty.modifyHttpConfiguration(http -> {
                    http.setSendServerVersion(false);
                    http.setSendXPoweredBy(false);
                });
                config.jetty.modifyServer(server -> {
                    server.setErrorHandler(new ProblemPages());
                    server.setHandler(new UnreadUploads());
                });
                config.jetty.modifyServletContextHandler(context -> {
                    context.setMaxFormKeys(settings.limits().files() + MOST_FIELDS);
                    context.setErrorHandler(new ProblemPages());
                    context.insertHandler(uploadQueue());
                });
                config.jetty.addConnector((server, http) -> {
                    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
                    connector.setHost(settings.host());
                    connector.setPort(settings.port());
                    // An upload that stands still must not hold a connection for ever.
                    connector.setIdleTimeout(IDLE_MILLISECONDS);
                    return connector;
                });
                new RequestGuard(settings.host(), settings.token()).addTo(config.routes);
                Problems.addTo(config.routes);
                new Page().addTo(config.routes);
                new PluginRoutes(jobs).addTo(config.routes);
                new JobRoutes(jobs).addTo(config.routes);
                events.addTo(config.routes);
            });
            javalin.start();
            return new UnfogServer(settings, jobs, events, javalin);
        } catch (JavalinBindException e) {
            events.close();
            jobs.close();
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--port " + settings.port(),
                    "another program listens at it",
                    "stop that one, or name another port",
                    e);
        } catch (RuntimeException e) {
            events.close();
            jobs.close();
            throw e;
        }
    }

    private static QoSHandler uploadQueue() {
        QoSHandler queue = new QoSHandler();
        queue.includeMethod("POST");
        queue.includePath("/api/jobs");
        queue.setMaxRequestCount(MOST_UPLOADS);
        queue.setMaxSuspend(UPLOAD_PATIENCE);
        queue.setRejectStatusCode(503);
        return queue;
    }

    /** Returns the port that it listens at. */
    public int port() {
        return javalin.port();
    }

    /** Returns the address of the page, with the token in its fragment if there is one; a fragment is never sent. */
    public URI page() {
        String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
        return URI.create("http://" + host + ":" + port() + "/"
                + settings.token().map(token -> "#token=" + token).orElse(""));
    }

    /** Returns the jobs. */
    public JobQueue jobs() {
        return jobs;
    }

    /** Stops answering, then stops the worker; jobs that wait or are at work are run when a server starts again. */
    @Override
    public void close() {
        events.close();
        javalin.stop();
        jobs.close();
    }
}
