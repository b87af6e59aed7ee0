package dev.unfog.training.speech;

import dev.unfog.api.train.TrainingData;
import dev.unfog.plugins.speech.CompressedSpectrogram;
import dev.unfog.plugins.speech.ShortTimeFourierTransform;
import dev.unfog.training.Seeds;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Mixtures of speech and noise, drawn by number: clean spectrogram and noisy spectrogram, [4, 256, T].
 *
 * <p>Speech: one or more recordings after another at −25 dBFS ± 8 dB, now and then at another speed, equalised, in a room, whose
 * first 50 ms the clean one keeps. Noise at −5 to 20 dB below it: recordings, coloured noise, other voices, hum and clicks,
 * alone or two together. Some mixtures are nearly clean, some hold no speech, some are band-limited (now and then as sharply
 * as by a telephone), coarsely quantised or clipped.
 */
final class SpeechMixtures implements TrainingData {
    private static final int ROOMS = 300;

    /** A clean and a noisy recording at 16 kHz. */
    record Pair(float[] clean, float[] noisy) {}

    private final List<SoundFolder.Sound> speech;
    private final List<SoundFolder.Sound> noise;
    private final int spectra;
    private final long seed;
    private final List<Room> rooms = new ArrayList<>();
    private final ThreadLocal<Sounds> sounds = ThreadLocal.withInitial(Sounds::new);
    private final ThreadLocal<ShortTimeFourierTransform> transforms =
            ThreadLocal.withInitial(ShortTimeFourierTransform::new);

    SpeechMixtures(List<SoundFolder.Sound> speech, List<SoundFolder.Sound> noise, int spectra, long seed) {
        this.speech = speech;
        this.noise = noise;
        this.spectra = spectra;
        this.seed = seed;
        for (int i = 0; i < ROOMS; i++) {
            rooms.add(Room.draw(Seeds.random(seed, i, 4)));
        }
    }

    @Override
    public int[] sampleShape() {
        return new int[] {4, CompressedSpectrogram.BINS, spectra};
    }

    /** Frames of sound in a mixture. */
    int frames() {
        return (spectra + 1) * ShortTimeFourierTransform.HOP;
    }

    @Override
    public void draw(long index, FloatBuffer sample) {
        Pair pair = pair(index);
        float[] spectrogram = new float[2 * CompressedSpectrogram.BINS * spectra];
        ShortTimeFourierTransform transform = transforms.get();
        CompressedSpectrogram.analyse(transform, pair.clean(), 0, spectra, spectrogram);
        sample.put(spectrogram);
        CompressedSpectrogram.analyse(transform, pair.noisy(), 0, spectra, spectrogram);
        sample.put(spectrogram);
    }

    /** The recordings of mixture number {@code index}. */
    Pair pair(long index) {
        SplittableRandom random = Seeds.random(seed, index, 0);
        int frames = frames();
        float[] voice = voice(random, frames);
        if (random.nextDouble() < 0.5) {
            equalise(voice, random);
        }
        float[] clean = voice;
        float[] heard = voice.clone();
        if (random.nextDouble() < 0.25) {
            Room room = rooms.get(random.nextInt(rooms.size()));
            clean = new float[frames];
            sounds.get().convolve(voice, room.whole(), heard, room.early(), clean);
        }
        double level = Math.pow(10, random.nextDouble(-33, -17) / 20);
        double active = Math.sqrt(Sounds.activePower(heard));
        double gain = active > 1e-5 ? level / active : 0;
        Sounds.scale(clean, gain);
        Sounds.scale(heard, gain);

        double chance = random.nextDouble();
        double ratio = chance < 0.05 ? random.nextDouble(25, 60) : random.nextDouble(-6, 20);
        float[] disturbance = disturbance(random, frames);
        double power = Sounds.power(disturbance);
        if (power > 1e-12) {
            Sounds.scale(disturbance, level * Math.pow(10, -ratio / 20) / Math.sqrt(power));
        }
        if (random.nextDouble() < 0.04) {
            clean = new float[frames];
            heard = new float[frames];
        }
        float[] noisy = heard;
        Sounds.add(noisy, disturbance);
        if (random.nextDouble() < 0.1) {
            Sounds.Biquad band = Sounds.Biquad.lowPass(random.nextDouble(2800, 6500), 0.9);
            for (int pass = 0; pass < 3; pass++) {
                band.apply(noisy);
                band.apply(clean);
            }
        }
        if (random.nextDouble() < 0.08) {
            double lowest = random.nextDouble(120, 420);
            double highest = random.nextBoolean() ? random.nextDouble(3000, 4200) : 9000;
            double slope = random.nextDouble(10, 200);
            sounds.get().keep(noisy, lowest, highest, slope);
            sounds.get().keep(clean, lowest, highest, slope);
        }
        if (random.nextDouble() < 0.02) {
            Sounds.compand(noisy);
        }
        if (random.nextDouble() < 0.04) {
            float limit = (float) (random.nextDouble(1.2, 4) * Math.sqrt(Sounds.power(noisy)));
            for (int i = 0; i < frames; i++) {
                noisy[i] = Math.max(-limit, Math.min(limit, noisy[i]));
            }
        }
        return new Pair(clean, noisy);
    }

    private float[] voice(SplittableRandom random, int frames) {
        float[] voice = new float[frames];
        double speed = random.nextDouble() < 0.4 ? random.nextDouble(0.88, 1.14) : 1;
        SoundFolder.Sound sound = speech.get(random.nextInt(speech.size()));
        int start = sound.values().length > frames ? random.nextInt(sound.values().length - frames / 2) : 0;
        int at = random.nextDouble() < 0.3 ? random.nextInt(frames / 3) : 0;
        while (at < frames) {
            int available = (int) ((sound.values().length - start) / speed) - 2;
            int length = Math.min(frames - at, available);
            if (length > 0) {
                Sounds.read(sound.values(), start, speed, voice, at, length);
                at += length;
            }
            at += random.nextInt(200, 8000);
            sound = speech.get(random.nextInt(speech.size()));
            start = 0;
        }
        return voice;
    }

    private static void equalise(float[] sound, SplittableRandom random) {
        int bands = random.nextInt(1, 4);
        for (int i = 0; i < bands; i++) {
            double frequency = 80 * Math.pow(90, random.nextDouble());
            Sounds.Biquad.peak(frequency, random.nextDouble(0.4, 1.2), random.nextDouble(-9, 9))
                    .apply(sound);
        }
        if (random.nextDouble() < 0.3) {
            Sounds.Biquad.highPass(random.nextDouble(60, 250), 0.7).apply(sound);
        }
    }

    private float[] disturbance(SplittableRandom random, int frames) {
        float[] total = one(random, frames);
        if (random.nextDouble() < 0.3) {
            float[] other = one(random, frames);
            normalise(total);
            normalise(other);
            Sounds.scale(other, random.nextDouble(0.2, 1));
            Sounds.add(total, other);
        }
        return total;
    }

    private static void normalise(float[] sound) {
        double power = Sounds.power(sound);
        if (power > 1e-12) {
            Sounds.scale(sound, 1 / Math.sqrt(power));
        }
    }

    private float[] one(SplittableRandom random, int frames) {
        double kind = random.nextDouble();
        float[] result = new float[frames];
        if (kind < 0.74) {
            short[] recording = noise.get(random.nextInt(noise.size())).values();
            double speed = random.nextDouble() < 0.5 ? random.nextDouble(0.75, 1.33) : 1;
            Sounds.read(recording, random.nextInt(recording.length), speed, result, 0, frames);
            if (random.nextDouble() < 0.4) {
                equalise(result, random);
            }
        } else if (kind < 0.85) {
            result = sounds.get().coloured(frames, random.nextDouble(-0.3, 2), random);
            swell(result, random);
            if (random.nextDouble() < 0.5) {
                equalise(result, random);
            }
        } else if (kind < 0.93) {
            int voices = random.nextInt(3, 9);
            for (int i = 0; i < voices; i++) {
                float[] voice = voice(random, frames);
                normalise(voice);
                Sounds.scale(voice, random.nextDouble(0.3, 1));
                Sounds.add(result, voice);
            }
        } else if (kind < 0.97) {
            double pitch = random.nextDouble() < 0.7 ? (random.nextBoolean() ? 50 : 60) : random.nextDouble(80, 1000);
            double fall = random.nextDouble(0.3, 1.5);
            for (int harmonic = 1; harmonic <= 30 && pitch * harmonic < 7800; harmonic++) {
                double strength = Math.pow(harmonic, -fall) * random.nextDouble();
                double phase = random.nextDouble(2 * Math.PI);
                double step = 2 * Math.PI * pitch * harmonic / 16000;
                for (int i = 0; i < frames; i++) {
                    result[i] += (float) (strength * Math.sin(phase + step * i));
                }
            }
        } else {
            int clicks = random.nextInt(2, 40);
            for (int i = 0; i < clicks; i++) {
                int at = random.nextInt(frames - 200);
                double strength = random.nextDouble(0.1, 1);
                double pitch = random.nextDouble(300, 6000);
                double decay = random.nextDouble(5, 60);
                for (int j = 0; j < 200; j++) {
                    result[at + j] +=
                            (float) (strength * Math.exp(-j / decay) * Math.sin(2 * Math.PI * pitch * j / 16000));
                }
            }
        }
        return result;
    }

    /** Makes steady noise come and go, half the time. */
    private static void swell(float[] sound, SplittableRandom random) {
        if (random.nextBoolean()) {
            return;
        }
        double depth = random.nextDouble(0.2, 0.95);
        double step = 2 * Math.PI * random.nextDouble(0.2, 4) / 16000;
        double phase = random.nextDouble(2 * Math.PI);
        for (int i = 0; i < sound.length; i++) {
            sound[i] *= (float) (1 - depth * (0.5 + 0.5 * Math.sin(phase + step * i)));
        }
    }
}
