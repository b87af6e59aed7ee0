package dev.unfog.core.media.audio;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.core.media.FileProblems;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Has ffmpeg decode what nothing here does, where it is installed: the first sound in the file, as floats. */
final class FfmpegReader {
    private static final int LONGEST_MESSAGE = 300;

    private FfmpegReader() {}

    /** Returns the program, if it is on the path. */
    static Optional<Path> program() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .flatMap(folder -> List.of("ffmpeg", "ffmpeg.exe").stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static AudioFile open(Path program, Path file, AudioContainer container, Path temporaryDirectory)
            throws IOException {
        Path decoded = temporaryDirectory.resolve("sound-" + UUID.randomUUID() + ".wav");
        Path messages = temporaryDirectory.resolve("sound-" + UUID.randomUUID() + ".log");
        try {
            // A path that begins with a dash would be taken for an option, a colon for a protocol.
            Process process = new ProcessBuilder(
                            program.toString(),
                            "-nostdin",
                            "-v",
                            "error",
                            "-i",
                            "file:" + file.toAbsolutePath(),
                            "-map",
                            "0:a:0",
                            "-c:a",
                            "pcm_f32le",
                            "-rf64",
                            "auto",
                            "-f",
                            "wav",
                            decoded.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(messages.toFile())
                    .start();
            boolean isDone = false;
            try {
                while (!process.waitFor(1, TimeUnit.SECONDS)) {
                    // ffmpeg ends by itself.
                }
                isDone = true;
            } finally {
                if (!isDone) {
                    process.destroyForcibly();
                }
            }
            if (process.exitValue() != 0 || !Files.exists(decoded)) {
                throw FileProblems.damaged(file, "ffmpeg cannot read it: " + message(messages));
            }
            AudioFile sound = WavReader.open(decoded)
                    .orElseThrow(() -> FileProblems.damaged(file, "ffmpeg made nothing of it that can be read"));
            StoredFrames frames = sound.scratchFrames();
            return new AudioFile(file, container, SampleFormat.INT16, frames, RecordingTags.NONE, List.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnfogException(
                    ErrorCode.CANCELLED,
                    file.toString(),
                    "the work was interrupted",
                    "start it again to have its result",
                    e);
        } finally {
            Files.deleteIfExists(messages);
        }
    }

    private static String message(Path messages) throws IOException {
        String text = new String(Files.readAllBytes(messages), StandardCharsets.UTF_8).strip();
        String last = text.substring(text.lastIndexOf('\n') + 1);
        return last.length() > LONGEST_MESSAGE ? last.substring(0, LONGEST_MESSAGE) : last;
    }
}
