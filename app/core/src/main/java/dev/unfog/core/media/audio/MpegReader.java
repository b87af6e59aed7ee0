package dev.unfog.core.media.audio;

import dev.unfog.core.media.FileProblems;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javazoom.jl.decoder.Bitstream;
import javazoom.jl.decoder.BitstreamException;
import javazoom.jl.decoder.Decoder;
import javazoom.jl.decoder.Header;
import javazoom.jl.decoder.JavaLayerException;
import javazoom.jl.decoder.SampleBuffer;

/** Decodes MP3 with JLayer. A frame that is broken is silence, and what follows is read. */
final class MpegReader {
    private static final int MOST_FAILURES = 1000;

    private MpegReader() {}

    static AudioFile open(Path file, Path temporaryDirectory) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
                FrameScratch scratch = new FrameScratch(temporaryDirectory)) {
            Bitstream stream = new Bitstream(in);
            Decoder decoder = new Decoder();
            int broken = 0;
            int rate = 0;
            int channels = 0;
            byte[] bytes = {};
            while (broken < MOST_FAILURES) {
                int length = 0;
                try {
                    Header header = stream.readFrame();
                    if (header == null) {
                        break;
                    }
                    length = bytes.length;
                    SampleBuffer frame = (SampleBuffer) decoder.decodeFrame(header, stream);
                    if (rate == 0) {
                        rate = frame.getSampleFrequency();
                        channels = frame.getChannelCount();
                    }
                    if (frame.getSampleFrequency() == rate && frame.getChannelCount() == channels) {
                        length = 2 * frame.getBufferLength();
                        bytes = bytes.length < length ? new byte[length] : bytes;
                        for (int i = 0; i < frame.getBufferLength(); i++) {
                            bytes[2 * i] = (byte) frame.getBuffer()[i];
                            bytes[2 * i + 1] = (byte) (frame.getBuffer()[i] >> 8);
                        }
                    } else {
                        broken++;
                    }
                } catch (BitstreamException e) {
                    broken++;
                } catch (JavaLayerException | RuntimeException e) {
                    // JLayer throws whatever broken data leads it to. The time of the frame is kept.
                    broken++;
                    Arrays.fill(bytes, (byte) 0);
                } finally {
                    stream.closeFrame();
                }
                scratch.write(bytes, length);
            }
            if (rate == 0) {
                throw FileProblems.damaged(file, "it is no MP3 that can be read");
            }
            List<String> warnings = new ArrayList<>();
            if (broken > 0) {
                warnings.add("it is damaged: " + broken + (broken == 1 ? " piece" : " pieces") + " of it are lost");
            }
            StoredFrames frames = scratch.frames(file, rate, channels, SampleFormat.INT16);
            return new AudioFile(
                    file, AudioContainer.MP3, SampleFormat.INT16, frames, TagFormats.ofMpeg(file), warnings);
        }
    }
}
