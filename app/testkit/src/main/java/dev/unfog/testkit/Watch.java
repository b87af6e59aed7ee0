package dev.unfog.testkit;

import dev.unfog.api.Cancellation;
import dev.unfog.core.job.CleanJob;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears the progress of one run and cancels it at the right moment. Safe for use by many threads. */
final class Watch implements CleanJob.Listener, Cancellation {
    /** When a run is cancelled. */
    enum When {
        BEFORE_IT_BEGINS,
        AT_THE_FIRST_REPORT,
        HALF_WAY
    }

    private final List<Double> fractions = new ArrayList<>();
    private final @Nullable When when;
    private long cancelledAt;

    Watch() {
        when = null;
    }

    Watch(When when) {
        this.when = when;
        if (when == When.BEFORE_IT_BEGINS) {
            cancelledAt = System.nanoTime();
        }
    }

    @Override
    public synchronized void report(double fraction, String message) {
        fractions.add(fraction);
        boolean isTime = when == When.AT_THE_FIRST_REPORT || when == When.HALF_WAY && fraction >= 0.5;
        if (isTime && cancelledAt == 0) {
            cancelledAt = System.nanoTime();
        }
    }

    @Override
    public synchronized boolean isCancelled() {
        return cancelledAt != 0;
    }

    synchronized List<Double> fractions() {
        return List.copyOf(fractions);
    }

    /** Returns how long ago the run was cancelled; 0 if it ended before that. */
    synchronized double secondsSinceCancelled() {
        return cancelledAt == 0 ? 0 : (System.nanoTime() - cancelledAt) / 1e9;
    }
}
