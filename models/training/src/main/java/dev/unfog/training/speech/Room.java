package dev.unfog.training.speech;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * What a simulated room does to a voice: its whole impulse response, and the part of the first 50 ms.
 *
 * <p>Image sources in a box (Allen and Berkley 1979, "Image method for efficiently simulating small-room acoustics"), all walls
 * reflecting alike, such that the reverberation time is the one drawn (Eyring 1930). The direct sound is at index 0 with
 * factor 1.
 *
 * @param whole the impulse response at 16 kHz
 * @param early its first 50 ms, which is what the cleaned voice keeps
 */
record Room(float[] whole, float[] early) {
    private static final double SOUND_SPEED = 343;
    private static final int SAMPLE_RATE = 16000;
    private static final double EARLY_SECONDS = 0.05;
    private static final double LONGEST_SECONDS = 0.45;

    /** Draws a room, a speaker and a listener. */
    static Room draw(RandomGenerator random) {
        double[] size = {
            random.nextDouble(2.5, 9), random.nextDouble(2.5, 7), random.nextDouble(2.3, 3.8),
        };
        double reverberation = random.nextDouble(0.12, 0.8);
        double[] speaker = new double[3];
        double[] listener = new double[3];
        double distance;
        do {
            for (int axis = 0; axis < 3; axis++) {
                speaker[axis] = random.nextDouble(0.3, size[axis] - 0.3);
                listener[axis] = random.nextDouble(0.3, size[axis] - 0.3);
            }
            distance = distance(speaker, listener);
        } while (distance < 0.3 || distance > 4);
        double volume = size[0] * size[1] * size[2];
        double surface = 2 * (size[0] * size[1] + size[1] * size[2] + size[0] * size[2]);
        double absorption = 1 - Math.exp(-0.161 * volume / (surface * reverberation));
        double reflection = Math.sqrt(1 - absorption);
        double longest = Math.min(LONGEST_SECONDS, reverberation);
        float[] whole = response(size, speaker, listener, reflection, distance, longest);
        float[] early = Arrays.copyOf(whole, (int) (EARLY_SECONDS * SAMPLE_RATE));
        return new Room(whole, early);
    }

    private static double distance(double[] a, double[] b) {
        return Math.sqrt(Math.pow(a[0] - b[0], 2) + Math.pow(a[1] - b[1], 2) + Math.pow(a[2] - b[2], 2));
    }

    private static float[] response(
            double[] size, double[] speaker, double[] listener, double reflection, double direct, double seconds) {
        int length = (int) (seconds * SAMPLE_RATE);
        float[] response = new float[length];
        double farthest = direct + seconds * SOUND_SPEED;
        double[][] offsets = new double[3][];
        int[][] bounces = new int[3][];
        for (int axis = 0; axis < 3; axis++) {
            int reach = (int) Math.ceil(farthest / (2 * size[axis])) + 1;
            offsets[axis] = new double[2 * (2 * reach + 1)];
            bounces[axis] = new int[offsets[axis].length];
            for (int cell = -reach, i = 0; cell <= reach; cell++) {
                offsets[axis][i] = 2 * cell * size[axis] + speaker[axis] - listener[axis];
                bounces[axis][i++] = Math.abs(2 * cell);
                offsets[axis][i] = 2 * cell * size[axis] - speaker[axis] - listener[axis];
                bounces[axis][i++] = Math.abs(2 * cell - 1);
            }
        }
        double[] powers = new double[400];
        powers[0] = 1;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = powers[i - 1] * reflection;
        }
        for (int x = 0; x < offsets[0].length; x++) {
            double squareX = offsets[0][x] * offsets[0][x];
            for (int y = 0; y < offsets[1].length; y++) {
                double squareXy = squareX + offsets[1][y] * offsets[1][y];
                if (squareXy > farthest * farthest) {
                    continue;
                }
                for (int z = 0; z < offsets[2].length; z++) {
                    double distance = Math.sqrt(squareXy + offsets[2][z] * offsets[2][z]);
                    double position = (distance - direct) / SOUND_SPEED * SAMPLE_RATE;
                    int bounced = bounces[0][x] + bounces[1][y] + bounces[2][z];
                    if (position < -0.5 || position >= length - 1 || bounced >= powers.length) {
                        continue;
                    }
                    // Between two frames of sound the reflection is shared by both.
                    int at = (int) Math.max(0, position);
                    double share = Math.max(0, position - at);
                    double strength = powers[bounced] * direct / distance;
                    response[at] += (float) (strength * (1 - share));
                    response[at + 1] += (float) (strength * share);
                }
            }
        }
        // Nothing stops at once where the response is cut off.
        int fade = length / 4;
        for (int i = 0; i < fade; i++) {
            response[length - 1 - i] *= (float) i / fade;
        }
        return response;
    }
}
