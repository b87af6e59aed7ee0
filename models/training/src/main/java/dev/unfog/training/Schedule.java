package dev.unfog.training;

/**
 * The learning rate over a run: a linear warm-up, then half a cosine down to nothing.
 *
 * @param rate highest learning rate
 * @param warmup steps of the warm-up
 * @param steps steps of the whole run, or {@code Long.MAX_VALUE} where only time limits it
 * @param seconds time budget of the whole run, or infinity where only steps limit it
 */
public record Schedule(double rate, long warmup, long steps, double seconds) {

    /** Share of the run that is done, 0..1: by steps or by time, whichever is further, so that a run ends annealed anyway. */
    double progress(long step, double elapsed) {
        return Math.min(1, Math.max((double) step / steps, elapsed / seconds));
    }

    /** Learning rate of step number {@code step} (from 0). */
    double rate(long step, double elapsed) {
        double cosine = 0.5 * (1 + Math.cos(Math.PI * progress(step, elapsed)));
        return rate * Math.min(1, (step + 1.0) / Math.max(1, warmup)) * cosine;
    }
}
