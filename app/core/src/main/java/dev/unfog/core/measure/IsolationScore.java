package dev.unfog.core.measure;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import smile.anomaly.IsolationForest;
import smile.math.MathEx;

/**
 * How few random cuts set a sample apart from the normal ones (isolation forest; Liu, Ting and Zhou 2008): a plain method that anomaly
 * scores are measured against.
 *
 * <p>100 trees on 256 samples each, or on all but one where there are fewer; Smile's implementation.
 */
public final class IsolationScore {
    private static final int TREES = 100;
    private static final int SAMPLES = 256;

    private IsolationScore() {}

    /**
     * Returns a score for each sample, larger for one that is more easily set apart, 0..1.
     *
     * @param normals what to learn from, {@code [samples][columns]}, at least two
     * @param samples what to score
     * @param seed of the cuts; the same seed gives the same scores
     */
    public static double[] of(double[][] normals, double[][] samples, long seed) {
        // Smile draws a share of the samples, which must be less than all of them.
        int drawn = Math.min(SAMPLES, normals.length - 1);
        int depth = Math.max(1, (int) Math.ceil(Math.log(drawn) / Math.log(2)));
        double rate = (drawn + 0.5) / normals.length;
        // Its randomness belongs to a thread, so that one thread must do it all for the result to be the same every
        // time.
        ForkJoinPool thread = new ForkJoinPool(1);
        try {
            return thread.submit(() -> {
                        MathEx.setSeed(seed + 1);
                        return IsolationForest.fit(normals, TREES, depth, rate, 0)
                                .score(samples);
                    })
                    .get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the work was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the forest could not be grown", e.getCause());
        } finally {
            thread.shutdown();
        }
    }
}
