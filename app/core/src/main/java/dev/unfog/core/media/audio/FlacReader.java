package dev.unfog.core.media.audio;

import dev.unfog.core.media.FileProblems;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jflac.FLACDecoder;
import org.jflac.PCMProcessor;
import org.jflac.metadata.StreamInfo;
import org.jflac.util.ByteData;
import org.jspecify.annotations.Nullable;

/** Decodes FLAC with jFLAC. A frame that is damaged is left out, and what follows is read. */
final class FlacReader {
    private FlacReader() {}

    static AudioFile open(Path file, Path temporaryDirectory) throws IOException {
        try (InputStream in = sound(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
                FrameScratch scratch = new FrameScratch(temporaryDirectory)) {
            FLACDecoder decoder = new FLACDecoder(in);
            Receiver receiver = new Receiver(scratch);
            decoder.addPCMProcessor(receiver);
            List<String> warnings = new ArrayList<>();
            try {
                decoder.decode();
            } catch (IOException | RuntimeException e) {
                // The decoder throws whatever a damaged frame leads it to.
                if (receiver.info == null) {
                    throw FileProblems.damaged(file, "it is no FLAC that can be read", e);
                }
                warnings.add("it is damaged or cut short: its sound ends early");
            }
            StreamInfo info = receiver.info;
            if (info == null || info.getChannels() < 1 || info.getSampleRate() < 1) {
                throw FileProblems.damaged(file, "it does not say what the sound is");
            }
            int bytes = (info.getBitsPerSample() + 7) / 8;
            // jFLAC writes 8-bit values as WAV has them, without a sign.
            SampleFormat format =
                    new SampleFormat(bytes, bytes == 1 ? SampleFormat.Kind.UNSIGNED : SampleFormat.Kind.SIGNED, false);
            if (decoder.getBadFrames() > 0) {
                warnings.add("it is damaged: " + decoder.getBadFrames() + " pieces of it are lost");
            }
            StoredFrames frames = scratch.frames(file, info.getSampleRate(), info.getChannels(), format);
            if (warnings.isEmpty() && frames.layout().frames() < info.getTotalSamples()) {
                warnings.add("it is cut short: its header promises more sound than there is");
            }
            return new AudioFile(file, AudioContainer.FLAC, format, frames, TagFormats.ofFlac(file), warnings);
        }
    }

    /** The stream without what it says besides the sound: jFLAC fails on what it does not understand there. */
    private static InputStream sound(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.write(in.readNBytes(4));
        for (boolean isLast = false; !isLast; ) {
            byte[] block = in.readNBytes(4);
            if (block.length < 4) {
                break;
            }
            isLast = block[0] < 0;
            int length = (block[1] & 0xff) << 16 | (block[2] & 0xff) << 8 | block[3] & 0xff;
            if ((block[0] & 0x7f) == 0) {
                block[0] = (byte) 0x80;
                head.write(block);
                head.write(in.readNBytes(length));
            } else {
                in.readNBytes(length);
            }
        }
        return new SequenceInputStream(new ByteArrayInputStream(head.toByteArray()), in);
    }

    private static final class Receiver implements PCMProcessor {
        private final FrameScratch scratch;
        private @Nullable StreamInfo info;

        Receiver(FrameScratch scratch) {
            this.scratch = scratch;
        }

        @Override
        public void processStreamInfo(StreamInfo streamInfo) {
            info = streamInfo;
        }

        @Override
        public void processPCM(ByteData pcm) {
            scratch.write(pcm.getData(), pcm.getLen());
        }
    }
}
