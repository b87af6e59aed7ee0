package com.example.pulse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;

/** Pulses that were never measured: bumps that come again, not quite as often each time. */
final class Heartbeats {
    private static final double[] PLACES = {0.2, 0.37, 0.4, 0.43, 0.7};
    private static final double[] HEIGHTS = {0.15, -0.15, 1.2, -0.25, 0.35};
    private static final double[] WIDTHS = {0.025, 0.010, 0.012, 0.010, 0.04};

    private Heartbeats() {}

    /** A pulse of 50 values a beat. */
    static float[] clean(int count, long seed) {
        Random random = new Random(seed);
        float[] pulse = new float[count];
        double phase = random.nextDouble();
        for (int i = 0; i < count; i++) {
            for (int bump = 0; bump < PLACES.length; bump++) {
                double distance = (phase - PLACES[bump]) / WIDTHS[bump];
                pulse[i] += (float) (HEIGHTS[bump] * StrictMath.exp(-distance * distance / 2));
            }
            phase += 0.02 * (1 + 0.05 * random.nextGaussian());
            phase -= Math.floor(phase);
        }
        return pulse;
    }

    static float[] noisy(float[] clean, double level, long seed) {
        Random random = new Random(seed);
        float[] noisy = clean.clone();
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] += (float) (level * random.nextGaussian());
        }
        return noisy;
    }

    static Path write(float[] pulse, Path file) {
        try {
            return Files.write(
                    file,
                    IntStream.range(0, pulse.length)
                            .mapToObj(i -> Float.toString(pulse[i]))
                            .toList());
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }
}
