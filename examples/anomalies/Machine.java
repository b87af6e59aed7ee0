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
 * Runs the example machine: recordings of it when it is well, and when it has one fault each.
 *
 * <p>Everything in the recordings is computed here, so they belong to the project; the same seed gives the same recordings. Run it with
 * {@code java examples/anomalies/Machine.java out}; it writes 100 recordings of two seconds to {@code out/normal} to learn from, 50
 * others to {@code out/good} and 50 with a fault to {@code out/bad}. Five kinds of fault take turns: a knock, a squeal, a rattle, a
 * whine that drifts, a moment without load.
 */
public final class Machine {
    private static final int RATE = 16_000;
    private static final int FRAMES = 2 * RATE;

    private final SplittableRandom random;

    private Machine(long seed) {
        random = new SplittableRandom(seed);
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1 || arguments.length > 2) {
            System.err.println("usage: java Machine.java FOLDER [SEED]");
            System.exit(2);
        }
        Path folder = Path.of(arguments[0]);
        Machine machine = new Machine(arguments.length == 2 ? Long.parseLong(arguments[1]) : 0);
        for (int i = 0; i < 100; i++) {
            write(folder.resolve("normal"), i, machine.sound());
        }
        for (int i = 0; i < 50; i++) {
            write(folder.resolve("good"), i, machine.sound());
            double[] sound = machine.sound();
            machine.fail(sound, i % 5);
            write(folder.resolve("bad"), i, sound);
        }
    }

    /** Harmonics of a turning speed that sways a little, the hiss of air, and a click once a turn of the belt. */
    private double[] sound() {
        double[] sound = new double[FRAMES];
        double speed = 48 + 2 * random.nextDouble();
        double sway = 0.3 + 0.3 * random.nextDouble();
        double swayPhase = 6.28 * random.nextDouble();
        double level = 0.8 + 0.4 * random.nextDouble();
        double[] phases = random.doubles(24, 0, 2 * Math.PI).toArray();
        double turns = 0;
        double air = 0;
        double click = 0;
        for (int i = 0; i < FRAMES; i++) {
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
        for (int i = start; i < Math.min(FRAMES, start + RATE / 2); i++) {
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
