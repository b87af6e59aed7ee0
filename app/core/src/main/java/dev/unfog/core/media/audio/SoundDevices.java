package dev.unfog.core.media.audio;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.AudioLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.SourceDataLine;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;

/** Finds and opens microphones and loudspeakers, as Java Sound knows them. Safe for use by many threads. */
public final class SoundDevices {
    /** Rates that are tried where none is asked for, in Hz: most cards run at the first. */
    private static final List<Integer> RATES = List.of(48000, 44100, 16000, 96000, 8000);

    private static final int BITS = 16;
    /** What is recorded and not fetched yet is kept this long, in seconds. */
    private static final double RECORDING_BUFFER = 2;

    private static final double PLAYING_BUFFER = 0.5;

    private SoundDevices() {}

    /** Returns what there is, the system's own choice first as far as the system says so. */
    public static List<SoundDevice> list() {
        List<SoundDevice> devices = new ArrayList<>();
        for (Mixer.Info info : AudioSystem.getMixerInfo()) {
            Mixer mixer = AudioSystem.getMixer(info);
            boolean records = has(mixer.getTargetLineInfo(), TargetDataLine.class);
            boolean plays = has(mixer.getSourceLineInfo(), SourceDataLine.class);
            if (records || plays) {
                devices.add(new SoundDevice(info.getName(), info.getDescription(), records, plays));
            }
        }
        return devices;
    }

    private static boolean has(Line.Info[] lines, Class<?> type) {
        for (Line.Info line : lines) {
            if (type.isAssignableFrom(line.getLineClass())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Opens a microphone; it records from now on.
     *
     * @param name which one: its name, or a part of it that no other has; the first that there is where empty
     * @param sampleRate frames per second; what the device prefers where empty
     * @param channels how many
     * @throws UnfogException with {@link ErrorCode#DEVICE_UNAVAILABLE} if there is none, or it cannot be used so
     */
    public static Microphone microphone(Optional<String> name, Optional<Integer> sampleRate, int channels) {
        List<Integer> rates = sampleRate.map(List::of).orElse(RATES);
        String what = "microphone" + name.map(given -> " " + given).orElse("");
        List<Mixer.Info> mixers = mixers(
                name,
                "microphone",
                SoundDevice::records,
                "connect a microphone, or record into a file and clean that with 'unfog clean'");
        @Nullable LineUnavailableException problem = null;
        for (Mixer.Info info : mixers) {
            for (int rate : rates) {
                AudioFormat format = new AudioFormat(rate, BITS, channels, true, false);
                try {
                    TargetDataLine line = line(AudioSystem.getMixer(info), TargetDataLine.class, format)
                            .orElse(null);
                    if (line != null) {
                        line.open(format, bufferBytes(format, RECORDING_BUFFER));
                        line.start();
                        return new Microphone(info.getName(), line, new AudioLayout(rate, channels, -1));
                    }
                } catch (LineUnavailableException e) {
                    problem = e;
                }
            }
        }
        throw unusable(what, rates, channels, problem);
    }

    /**
     * Opens a loudspeaker.
     *
     * @param name which one, as for {@link #microphone}
     * @param layout the sound to be played on it
     * @throws UnfogException with {@link ErrorCode#DEVICE_UNAVAILABLE} if there is none, or it cannot be used so
     */
    public static Loudspeaker loudspeaker(Optional<String> name, AudioLayout layout) {
        List<Integer> channels = layout.channels() == 1 ? List.of(1, 2) : List.of(layout.channels());
        String what = "loudspeaker" + name.map(given -> " " + given).orElse("");
        List<Mixer.Info> mixers = mixers(
                name,
                "loudspeaker",
                SoundDevice::plays,
                "connect one, or name a file for the sound with --output file.wav");
        @Nullable LineUnavailableException problem = null;
        for (Mixer.Info info : mixers) {
            for (int count : channels) {
                AudioFormat format = new AudioFormat(layout.sampleRate(), BITS, count, true, false);
                try {
                    SourceDataLine line = line(AudioSystem.getMixer(info), SourceDataLine.class, format)
                            .orElse(null);
                    if (line != null) {
                        line.open(format, bufferBytes(format, PLAYING_BUFFER));
                        return new Loudspeaker(info.getName(), line, layout);
                    }
                } catch (LineUnavailableException e) {
                    problem = e;
                }
            }
        }
        throw unusable(what, List.of(layout.sampleRate()), layout.channels(), problem);
    }

    private static int bufferBytes(AudioFormat format, double seconds) {
        return (int) (format.getSampleRate() * seconds) * format.getFrameSize();
    }

    private static <T extends DataLine> Optional<T> line(Mixer mixer, Class<T> type, AudioFormat format)
            throws LineUnavailableException {
        DataLine.Info info = new DataLine.Info(type, format);
        return mixer.isLineSupported(info) ? Optional.of(type.cast(mixer.getLine(info))) : Optional.empty();
    }

    private static List<Mixer.Info> mixers(
            Optional<String> name, String what, Predicate<SoundDevice> can, String remedy) {
        List<SoundDevice> devices = list().stream().filter(can).toList();
        if (devices.isEmpty()) {
            throw new UnfogException(ErrorCode.DEVICE_UNAVAILABLE, what, "there is none here", remedy);
        }
        List<SoundDevice> chosen =
                name.map(given -> named(devices, given, what)).orElse(devices);
        List<Mixer.Info> mixers = new ArrayList<>();
        for (Mixer.Info info : AudioSystem.getMixerInfo()) {
            if (chosen.stream().anyMatch(device -> device.name().equals(info.getName()))) {
                mixers.add(info);
            }
        }
        return mixers;
    }

    private static List<SoundDevice> named(List<SoundDevice> devices, String name, String what) {
        List<SoundDevice> exact =
                devices.stream().filter(device -> device.name().equals(name)).toList();
        List<SoundDevice> found = exact.isEmpty()
                ? devices.stream()
                        .filter(device ->
                                device.name().toLowerCase(Locale.ROOT).contains(name.toLowerCase(Locale.ROOT)))
                        .toList()
                : exact;
        if (found.size() != 1) {
            throw new UnfogException(
                    ErrorCode.DEVICE_UNAVAILABLE,
                    what + " " + name,
                    found.isEmpty() ? "there is none of that name" : "there are several of that name",
                    "give one of: " + devices.stream().map(SoundDevice::name).collect(Collectors.joining(", ")));
        }
        return found;
    }

    private static UnfogException unusable(
            String what, List<Integer> rates, int channels, @Nullable LineUnavailableException problem) {
        String format = channels + (channels == 1 ? " channel at " : " channels at ")
                + rates.stream().map(String::valueOf).collect(Collectors.joining(", ")) + " Hz";
        return problem == null
                ? new UnfogException(
                        ErrorCode.DEVICE_UNAVAILABLE,
                        what,
                        "it does not do " + format,
                        "give another with --rate or --channels, or another device; see 'unfog live --list-devices'")
                : new UnfogException(
                        ErrorCode.DEVICE_UNAVAILABLE,
                        what,
                        "it cannot be opened: " + problem.getMessage(),
                        "close the program that uses it, or name another device; see 'unfog live --list-devices'",
                        problem);
    }
}
