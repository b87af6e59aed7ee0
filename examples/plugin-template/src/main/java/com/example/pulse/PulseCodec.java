package com.example.pulse;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Codec;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.pf4j.Extension;

/** Teaches the host to open pulse recordings: text files with one number a line. */
@Extension
public final class PulseCodec implements Codec {
    static final MediaKind KIND = new MediaKind("pulse");

    /** A recording. It fits in memory, so there is nothing to close. */
    record Pulse(String name, float[] values) implements Media {
        @Override
        public MediaKind kind() {
            return KIND;
        }

        @Override
        public void close() {}
    }

    @Override
    public MediaKind kind() {
        return KIND;
    }

    @Override
    public Set<String> extensions() {
        return Set.of("pulse");
    }

    @Override
    public Media open(Path file, Path temporaryDirectory) {
        try {
            List<String> lines = Files.readAllLines(file);
            float[] values = new float[lines.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = Float.parseFloat(lines.get(i));
                if (!Float.isFinite(values[i])) {
                    throw new NumberFormatException("line " + (i + 1) + " is not finite");
                }
            }
            return new Pulse(file.getFileName().toString(), values);
        } catch (IOException | NumberFormatException exception) {
            throw new UnfogException(ErrorCode.UNREADABLE_MEDIA, file.toString(),
                    "it is no list of numbers: " + exception.getMessage(), "export the recording again", exception);
        }
    }
}
