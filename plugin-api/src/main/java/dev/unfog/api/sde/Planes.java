package dev.unfog.api.sde;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;

/** Moves whole planes between states and arrays of doubles, and checks that they fit. */
final class Planes {
    private static final int CHUNK = 1 << 15;

    private Planes() {}

    /** Returns the flat index at which a plane begins. */
    static long offset(StateShape shape, int plane) {
        return plane * shape.positions();
    }

    static int count(StateShape shape) {
        return shape.samples() * shape.channels();
    }

    static void read(SampleState state, long offset, double[] into, int length) {
        float[] chunk = new float[Math.min(CHUNK, length)];
        for (int done = 0; done < length; done += chunk.length) {
            int run = Math.min(chunk.length, length - done);
            state.read(offset + done, chunk, 0, run);
            for (int i = 0; i < run; i++) {
                into[done + i] = chunk[i];
            }
        }
    }

    static void write(SampleState state, long offset, double[] values, int length) {
        float[] chunk = new float[Math.min(CHUNK, length)];
        for (int done = 0; done < length; done += chunk.length) {
            int run = Math.min(chunk.length, length - done);
            for (int i = 0; i < run; i++) {
                chunk[i] = (float) values[done + i];
            }
            state.write(offset + done, chunk, 0, run);
        }
    }

    /** Refuses states whose planes are not those of an operator. */
    static void check(StateShape clean, long cleanPositions, StateShape measured, long measuredPositions) {
        if (clean.positions() != cleanPositions
                || measured.positions() != measuredPositions
                || clean.samples() != measured.samples()
                || clean.channels() != measured.channels()) {
            throw new IllegalArgumentException("a sample of shape " + clean + " and a measurement of shape " + measured
                    + " do not fit an operator from " + cleanPositions + " to " + measuredPositions + " positions");
        }
    }

    /** Refuses planes too large to be held in memory. */
    static void checkLimit(String what, long positions, long limit) {
        if (positions > limit) {
            throw new UnfogException(
                    ErrorCode.MEDIA_TOO_LARGE,
                    what,
                    "it works on whole planes, of up to " + limit + " positions, and this one has " + positions,
                    "cut the sample into parts or make it smaller first");
        }
    }
}
