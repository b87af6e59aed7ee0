import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/**
 * Runs three example machines: recordings of each when it is well, and when it has one fault each.
 *
 * <p>Everything in the recordings is computed here, so they belong to the project; the same seed gives the same recordings. Run it with
 * {@code java examples/anomalies/Machine.java out}; it writes 100 recordings to {@code out/normal} to learn from, 50 others to
 * {@code out/good} and 50 with a fault to {@code out/bad}. The machine is a belt drive, two seconds of it (a knock, a squeal, a rattle, a
 * whine that drifts and a moment without load take turns), or, if named after the folder, ten seconds in a noisy hall of a {@code pump}
 * (cavitation, a leak, a clogged pipe, a motor that turns slowly) or of a {@code valve} (soft strokes, a long ring, strokes that are
 * missing, double strokes).
 */
public final class Machine {
    private static final int RATE = 16_000;

    private final SplittableRandom random;

    private Machine(long seed) {
        random = new SplittableRandom(seed);
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1 || arguments.length > 3) {
            System.err.println("usage: java Machine.java FOLDER [belt|pump|valve [SEED]]");
            System.exit(2);
        }
        Path folder = Path.of(arguments[0]);
        String kind = arguments.length > 1 ? arguments[1] : "belt";
        Machine machine = new Machine(arguments.length > 2 ? Long.parseLong(arguments[2]) : 0);
        for (int i = 0; i < 100; i++) {
            write(folder.resolve("normal"), i, machine.recording(kind, -1));
        }
        for (int i = 0; i < 50; i++) {
            write(folder.resolve("good"), i, machine.recording(kind, -1));
            write(folder.resolve("bad"), i, machine.recording(kind, i));
        }
    }

    /**
     * A recording of a machine.
     *
     * @param number that of the fault, which the number of faults goes into; below 0 for none
     */
    private double[] recording(String kind, int number) {
        if (kind.equals("belt")) {
            double[] sound = belt();
            if (number >= 0) {
                fail(sound, number % 5);
            }
            return sound;
        }
        int fault = number < 0 ? -1 : number % 4;
        double[] sound = kind.equals("pump") ? pump(fault) : valve(fault);
        double[] hall = hall(sound.length);
        double level = Math.exp(0.08 * random.nextGaussian());
        double around = 0.4 * Math.exp(0.15 * random.nextGaussian());
        for (int i = 0; i < sound.length; i++) {
            sound[i] = 0.05 * (level * sound[i] + around * hall[i]);
        }
        return sound;
    }

    /** The hum of a motor, and a flow that pulses. */
    private double[] pump(int fault) {
        double[] sound = new double[10 * RATE];
        double hum = 50 + 0.03 * random.nextGaussian() - (fault == 3 ? 2.2 : 0);
        double[] phases = random.doubles(20, 0, 2 * Math.PI).toArray();
        double[] flow = resonance(noise(sound.length), 900, 2);
        double pulse = 1.9 * (1 + 0.03 * random.nextGaussian());
        double phase = 6 * random.nextDouble();
        double load = 1 + 0.15 * random.nextGaussian();
        double burst = 0;
        double before = 0;
        for (int i = 0; i < sound.length; i++) {
            double time = (double) i / RATE;
            double motor = 0;
            for (int harmonic = 1; harmonic <= 20; harmonic++) {
                motor += Math.sin(2 * Math.PI * hum * harmonic * time + phases[harmonic - 1]) / (1 + 0.35 * harmonic);
            }
            double strength = load * (0.5 + 0.5 * Math.sin(2 * Math.PI * pulse * time + phase));
            burst = fault == 0 && random.nextInt(RATE) < 6 ? 1.3 : burst * 0.9935;
            double white = random.nextGaussian();
            double leak = fault == 1 ? 0.12 * (white - before) : 0;
            before = white;
            sound[i] = (fault == 2 ? 0.39 : 0.35) * motor
                    + (fault == 2 ? 0.5 : 0.8) * 2 * strength * flow[i]
                    + 0.8 * burst * random.nextGaussian()
                    + leak;
        }
        return sound;
    }

    /** A stroke about once a second. */
    private double[] valve(int fault) {
        double[] sound = noise(10 * RATE);
        for (int i = 0; i < sound.length; i++) {
            sound[i] *= 0.1;
        }
        double pause = 0.9 + 0.02 * random.nextGaussian();
        double at = 0.5 * random.nextDouble();
        for (int stroke = 0; at < 9.7; stroke++) {
            boolean isSoft = fault == 0 && random.nextBoolean();
            double size = 2 * (1 + 0.1 * random.nextGaussian()) * (isSoft ? 0.6 : 1);
            double pitch = 1800 * (1 + 0.02 * random.nextGaussian()) * (isSoft ? 0.8 : 1);
            if (fault != 2 || stroke % 4 != 3) {
                strike(sound, at, pitch, fault == 1 ? 0.028 : 0.018, size);
            }
            if (fault == 3 && stroke % 4 == 1) {
                strike(sound, at + 0.22, 2600, 0.01, 0.9);
            }
            at += pause * (1 + 0.03 * random.nextGaussian());
        }
        return sound;
    }

    private void strike(double[] sound, double second, double pitch, double decay, double size) {
        int start = (int) (second * RATE);
        for (int i = start; i < Math.min(sound.length, start + RATE / 5); i++) {
            double time = (double) (i - start) / RATE;
            double tone = Math.sin(2 * Math.PI * pitch * time) + 0.7 * random.nextGaussian();
            sound[i] += size * Math.exp(-time / decay) * tone;
        }
    }

    /** Dull noise that swells, and now and then something that clangs. */
    private double[] hall(int frames) {
        double[] hall = new double[frames];
        double dull = 0;
        double swell = 0;
        double clang = 0;
        double pitch = 0;
        for (int i = 0; i < frames; i++) {
            dull += 0.1 * (random.nextGaussian() - dull);
            swell += 2e-4 * (random.nextGaussian() - swell);
            if (random.nextInt(4 * RATE) == 0) {
                clang = 0.5 + random.nextDouble();
                pitch = 300 + 3000 * random.nextDouble();
            }
            clang *= 0.9994;
            hall[i] = 4 * dull * Math.exp(30 * swell) + clang * Math.sin(2 * Math.PI * pitch * i / RATE);
        }
        return hall;
    }

    private double[] noise(int frames) {
        double[] noise = new double[frames];
        for (int i = 0; i < frames; i++) {
            noise[i] = random.nextGaussian();
        }
        return noise;
    }

    /** A filter of two poles that rings at a frequency, scaled to keep the deviation of white noise. */
    private static double[] resonance(double[] sound, double frequency, double quality) {
        double radius = Math.exp(-Math.PI * frequency / quality / RATE);
        double feedback = 2 * radius * Math.cos(2 * Math.PI * frequency / RATE);
        double[] ringing = new double[sound.length];
        double squares = 0;
        for (int i = 2; i < sound.length; i++) {
            ringing[i] = sound[i] + feedback * ringing[i - 1] - radius * radius * ringing[i - 2];
            squares += ringing[i] * ringing[i] / sound.length;
        }
        for (int i = 0; i < sound.length; i++) {
            ringing[i] /= Math.sqrt(squares);
        }
        return ringing;
    }

    /** Harmonics of a turning speed that sways a little, the hiss of air, and a click once a turn of the belt. */
    private double[] belt() {
        double[] sound = new double[2 * RATE];
        double speed = 48 + 2 * random.nextDouble();
        double sway = 0.3 + 0.3 * random.nextDouble();
        double swayPhase = 6.28 * random.nextDouble();
        double level = 0.8 + 0.4 * random.nextDouble();
        double[] phases = random.doubles(24, 0, 2 * Math.PI).toArray();
        double turns = 0;
        double air = 0;
        double click = 0;
        for (int i = 0; i < sound.length; i++) {
            double time = (double) i / RATE;
            double before = turns;
            turns += (speed + sway * Math.sin(2 * Math.PI * 1.3 * time + swayPhase)) / RATE;
            double value = 0;
            for (int harmonic = 1; harmonic <= 24; harmonic++) {
                value += Math.sin(2 * Math.PI * harmonic * turns + phases[harmonic - 1]) / (harmonic + 2);
            }
            air += 0.3 * (random.nextGaussian() - air);
            if (Math.floor(turns / 12) > Math.floor(before / 12)) {
                click = 0.15;
            }
            click *= 0.997;
            sound[i] = level * (0.06 * value + 0.05 * air + click * random.nextGaussian() * 0.3);
        }
        return sound;
    }

    private void fail(double[] sound, int kind) {
        int start = (int) (RATE * (0.3 + 1.0 * random.nextDouble()));
        double strength = 0.7 + 0.6 * random.nextDouble();
        double pitch = 1500 + 2500 * random.nextDouble();
        double decay = 1;
        for (int i = start; i < Math.min(sound.length, start + RATE / 2); i++) {
            double time = (double) (i - start) / RATE;
            double fade = Math.sin(Math.PI * time / 0.5);
            switch (kind) {
                case 0 -> {
                    decay *= 0.9985;
                    sound[i] += 0.12 * strength * decay * Math.sin(2 * Math.PI * 420 * time);
                }
                case 1 -> sound[i] += 0.012 * strength * fade * Math.sin(2 * Math.PI * pitch * time);
                case 2 -> {
                    double beat = Math.pow(0.5 + 0.5 * Math.sin(2 * Math.PI * 31 * time), 8);
                    sound[i] += 0.05 * strength * beat * fade * random.nextGaussian();
                }
                case 3 -> sound[i] += 0.015
                        * strength
                        * fade
                        * Math.sin(2 * Math.PI * (900 * time + 800 * time * time));
                default -> sound[i] *= 1 - 0.7 * fade;
            }
        }
    }

    private static void write(Path folder, int number, double[] values) throws IOException {
        Files.createDirectories(folder);
        byte[] bytes = new byte[2 * values.length];
        for (int i = 0; i < values.length; i++) {
            int sample = (int) Math.round(32767 * Math.max(-1, Math.min(1, values[i])));
            bytes[2 * i] = (byte) sample;
            bytes[2 * i + 1] = (byte) (sample >> 8);
        }
        AudioFormat format = new AudioFormat(RATE, 16, 1, true, false);
        AudioSystem.write(
                new AudioInputStream(new ByteArrayInputStream(bytes), format, values.length),
                AudioFileFormat.Type.WAVE,
                folder.resolve(String.format("%03d.wav", number)).toFile());
    }
}
