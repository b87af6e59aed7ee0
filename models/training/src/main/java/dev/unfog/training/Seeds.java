package dev.unfog.training;

import java.util.SplittableRandom;

/** Independent random streams by number, so that what is drawn never depends on what was drawn before. */
public final class Seeds {
    /** Streams of what is drawn apart from each other. */
    static final long CROPS = 0;

    public static final long NOISE = 1;
    public static final long WEIGHTS = 2;
    static final long VALIDATION = 3;

    private Seeds() {}

    /** The stream of one sample and one purpose. */
    public static SplittableRandom random(long seed, long index, long stream) {
        return new SplittableRandom(mix(mix(mix(seed) + index) + stream));
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014) on the golden-ratio sequence. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
