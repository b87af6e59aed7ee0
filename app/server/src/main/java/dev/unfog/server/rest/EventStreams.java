package dev.unfog.server.rest;

import dev.unfog.server.job.Job;
import dev.unfog.server.job.JobFeed;
import dev.unfog.server.job.JobQueue;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.sse.SseClient;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events: {@code job} with a whole job whenever it changes, {@code progress} as a file comes along, {@code deleted}.
 * {@code /api/jobs/{id}/events} follows one job and ends with it; {@code /api/events} follows all.
 *
 * <p>Each client has a mailbox, so that one that reads slowly neither holds up the others nor takes memory: of a file's progress and
 * of a job only the latest is kept, and a client with too much unread is cut off, upon which browsers connect anew.
 */
public final class EventStreams implements AutoCloseable {
    private static final int MOST_UNREAD = 2000;
    private static final int MOST_CLIENTS = 500;

    private final JobQueue jobs;
    private final Set<Client> clients = ConcurrentHashMap.newKeySet();
    private final ExecutorService senders = Executors.newCachedThreadPool(EventStreams::daemon);
    private final ScheduledExecutorService pulse = Executors.newSingleThreadScheduledExecutor(EventStreams::daemon);

    /** Creates the streams. */
    public EventStreams(JobQueue jobs) {
        this.jobs = jobs;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "events");
        thread.setDaemon(true);
        return thread;
    }

    /** Adds the routes. */
    public void addTo(RoutesConfig routes) {
        // Once a stream is open, its status is sent.
        routes.before("/api/events", this::check);
        routes.before("/api/jobs/{id}/events", context -> {
            check(context);
            String job = context.pathParam("id");
            jobs.find(job).orElseThrow(() -> Refusal.unknownJob(job));
        });
        routes.sse("/api/events", client -> open(client, null));
        routes.sse("/api/jobs/{id}/events", client -> open(client, client.ctx().pathParam("id")));
        // Finds out which clients have gone, and keeps the others from being taken for idle.
        pulse.scheduleAtFixedRate(
                () -> clients.forEach(client -> client.post(Message.ALIVE)), 10, 10, TimeUnit.SECONDS);
    }

    private void check(Context context) {
        if (!String.valueOf(context.header("Accept")).contains("text/event-stream")) {
            throw new Refusal(
                    406,
                    "NotAcceptable",
                    "Accept: " + context.header("Accept"),
                    "events come as text/event-stream only",
                    "send 'Accept: text/event-stream'");
        }
        if (clients.size() >= MOST_CLIENTS) {
            throw new Refusal(
                    503, "TooManyClients", "events", "too many listen already", "close other windows and try again");
        }
    }

    private void open(SseClient stream, @Nullable String job) {
        Client client = new Client(stream, job);
        stream.keepAlive();
        stream.onClose(client::leave);
        clients.add(client);
        jobs.feed().add(client);
        client.post(Message.ALIVE);
        if (job != null) {
            // Now that it listens, nothing can be missed.
            jobs.find(job).ifPresent(client::changed);
        }
    }

    @Override
    public void close() {
        pulse.shutdownNow();
        clients.forEach(Client::leave);
        senders.shutdownNow();
    }

    /**
     * An event, with a key under which a later one takes its place; none if it is empty. An event without a name is a comment; the
     * last one ends the stream.
     */
    private record Message(String name, Object data, String key, boolean last) {
        static final Message ALIVE = new Message("", "", "", false);
    }

    private final class Client implements JobFeed.Listener {
        private final SseClient stream;
        private final @Nullable String job;
        private final Deque<Message> mailbox = new ArrayDeque<>();
        private boolean sending;
        private boolean left;

        Client(SseClient stream, @Nullable String job) {
            this.stream = stream;
            this.job = job;
        }

        @Override
        public void changed(Job changed) {
            if (job == null || job.equals(changed.id())) {
                post(new Message(
                        "job",
                        changed,
                        changed.id(),
                        job != null && changed.state().isFinal()));
            }
        }

        @Override
        public void progressed(String of, int file, double fraction, String message) {
            if (job == null || job.equals(of)) {
                Map<String, Object> progress = new LinkedHashMap<>();
                progress.put("job", of);
                progress.put("file", file);
                progress.put("fraction", fraction < 0 ? null : fraction);
                progress.put("message", message);
                post(new Message("progress", progress, of + "/" + file, false));
            }
        }

        @Override
        public void deleted(String of) {
            if (job == null || job.equals(of)) {
                post(new Message("deleted", Map.of("job", of), "", job != null));
            }
        }

        synchronized void post(Message message) {
            if (left) {
                return;
            }
            if (!message.key().isEmpty()) {
                mailbox.removeIf(older -> older.key().equals(message.key()));
            }
            mailbox.add(message);
            if (mailbox.size() > MOST_UNREAD) {
                senders.execute(this::leave);
            } else if (!sending) {
                sending = true;
                senders.execute(this::send);
            }
        }

        private void send() {
            while (true) {
                Message message;
                synchronized (this) {
                    message = mailbox.poll();
                    if (message == null || left) {
                        sending = false;
                        return;
                    }
                }
                if (message.name().isEmpty()) {
                    stream.sendComment("alive");
                } else {
                    stream.sendEvent(message.name(), Json.write(message.data()));
                }
                if (message.last() || stream.terminated()) {
                    leave();
                }
            }
        }

        void leave() {
            synchronized (this) {
                if (left) {
                    return;
                }
                left = true;
                mailbox.clear();
            }
            clients.remove(this);
            jobs.feed().remove(this);
            stream.close();
        }
    }
}
