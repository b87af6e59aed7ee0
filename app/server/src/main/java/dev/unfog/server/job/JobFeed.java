package dev.unfog.server.job;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Tells whoever listens what happens to jobs. Safe for use by many threads; listeners must return at once. */
public final class JobFeed {
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    JobFeed() {}

    /** Is told what happens. */
    public interface Listener {
        /** A job has changed. */
        void changed(Job job);

        /** A file of a job has come so far; the fraction is negative where it is not known. */
        void progressed(String job, int file, double fraction, String message);

        /** A job has been deleted. */
        void deleted(String job);
    }

    /** Adds a listener. */
    public void add(Listener listener) {
        listeners.add(listener);
    }

    /** Removes a listener. */
    public void remove(Listener listener) {
        listeners.remove(listener);
    }

    void changed(Job job) {
        listeners.forEach(listener -> listener.changed(job));
    }

    void progressed(String job, int file, double fraction, String message) {
        listeners.forEach(listener -> listener.progressed(job, file, fraction, message));
    }

    void deleted(String job) {
        listeners.forEach(listener -> listener.deleted(job));
    }
}
