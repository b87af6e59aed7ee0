package dev.unfog.training.speech;

import dev.unfog.plugins.speech.ShortTimeFourierTransform;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/**
 * The recordings of a folder, decoded once and held in memory as 16-bit values, one channel at 16 kHz.
 *
 * <p>A file whose SHA-256 begins with a byte below 13 (about one in twenty) is held out for validation, as with pictures. What
 * was decoded is kept in a cache file, because decoding takes minutes and reading it back a second. Thread-safe once loaded.
 */
final class SoundFolder {
    private static final Set<String> SUFFIXES = Set.of("ogg", "wav", "aif", "aiff", "au");
    private static final int HELD_OUT_BELOW = 13;
    private static final int MAGIC = 0x554E4653; // "UNFS"

    /** One recording; the first word of the file's name is its source. */
    record Sound(String file, boolean heldOut, short[] values) {
        String source() {
            return file.split("[-_]", 2)[0];
        }
    }

    private final List<Sound> training = new ArrayList<>();
    private final List<Sound> heldOut = new ArrayList<>();

    /**
     * Reads every recording of the folder.
     *
     * @param cache written if it is missing, read otherwise
     * @throws IOException if the folder or a recording in it cannot be read
     */
    SoundFolder(Path folder, Path cache) throws IOException {
        List<Sound> sounds;
        if (Files.exists(cache)) {
            sounds = read(cache);
        } else {
            sounds = decode(folder);
            write(cache, sounds);
        }
        for (Sound sound : sounds) {
            (sound.heldOut() ? heldOut : training).add(sound);
        }
    }

    List<Sound> training() {
        return training;
    }

    List<Sound> heldOut() {
        return heldOut;
    }

    /** Training and held-out recordings, for a folder that is held out as a whole. */
    List<Sound> all() {
        return Stream.concat(training.stream(), heldOut.stream()).toList();
    }

    private static List<Sound> decode(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(folder)) {
            files = found.filter(Files::isRegularFile)
                    .filter(file -> SUFFIXES.contains(suffix(file)))
                    .sorted()
                    .toList();
        }
        try {
            return files.parallelStream().map(SoundFolder::decodeFile).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static String suffix(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static Sound decodeFile(Path file) {
        String name = file.getFileName().toString();
        try {
            byte[] content = Files.readAllBytes(file);
            try (AudioInputStream encoded = AudioSystem.getAudioInputStream(new ByteArrayInputStream(content))) {
                AudioFormat format = encoded.getFormat();
                if (format.getChannels() != 1 || format.getSampleRate() != ShortTimeFourierTransform.SAMPLE_RATE) {
                    throw new IOException("is not one channel at 16 kHz");
                }
                AudioFormat plain = new AudioFormat(format.getSampleRate(), 16, 1, true, false);
                try (AudioInputStream decoded = AudioSystem.getAudioInputStream(plain, encoded)) {
                    byte[] bytes = decoded.readAllBytes();
                    short[] values = new short[bytes.length / 2];
                    ByteBuffer.wrap(bytes)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .asShortBuffer()
                            .get(values);
                    return new Sound(name, isHeldOut(content), values);
                }
            }
        } catch (IOException | UnsupportedAudioFileException e) {
            throw new UncheckedIOException(new IOException("Cannot read " + name, e));
        }
    }

    private static boolean isHeldOut(byte[] content) {
        try {
            return (MessageDigest.getInstance("SHA-256").digest(content)[0] & 0xff) < HELD_OUT_BELOW;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static void write(Path cache, List<Sound> sounds) throws IOException {
        Files.createDirectories(cache.toAbsolutePath().getParent());
        Path temporary = cache.resolveSibling(cache.getFileName() + ".part");
        try {
            try (DataOutputStream out =
                    new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 20))) {
                out.writeInt(MAGIC);
                out.writeInt(sounds.size());
                for (Sound sound : sounds) {
                    out.writeUTF(sound.file());
                    out.writeBoolean(sound.heldOut());
                    out.writeInt(sound.values().length);
                    ByteBuffer bytes = ByteBuffer.allocate(2 * sound.values().length);
                    bytes.asShortBuffer().put(sound.values());
                    out.write(bytes.array());
                }
            }
            Files.move(temporary, cache, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static List<Sound> read(Path cache) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(cache), 1 << 20))) {
            if (in.readInt() != MAGIC) {
                throw new IOException(cache.getFileName() + " is not a cache of decoded sound; delete it");
            }
            int count = in.readInt();
            List<Sound> sounds = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                String file = in.readUTF();
                boolean kept = in.readBoolean();
                short[] values = new short[in.readInt()];
                ByteBuffer bytes = ByteBuffer.allocate(2 * values.length);
                in.readFully(bytes.array());
                bytes.asShortBuffer().get(values);
                sounds.add(new Sound(file, kept, values));
            }
            return sounds;
        }
    }
}
