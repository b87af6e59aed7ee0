package dev.unfog.core.media.audio;

import dev.unfog.core.media.audio.RecordingTags.FlacBlock;
import dev.unfog.core.media.audio.RecordingTags.Place;
import dev.unfog.core.media.audio.RecordingTags.Texts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes tags in the formats that recordings have them in: Vorbis comments (FLAC and Ogg), LIST INFO (WAV), ID3v2 (MP3) and
 * the text chunks of AIFF. What is damaged is passed over: tags are no reason not to open a recording.
 */
final class TagFormats {
    private static final int LARGEST = 16 << 20;
    private static final int PADDING = 1;

    private TagFormats() {}

    /** Reads the tags of a FLAC file (RFC 9639, section 8). */
    static RecordingTags ofFlac(Path file) throws IOException {
        Texts texts = new Texts();
        List<FlacBlock> blocks = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(4);
            for (boolean isLast = false; !isLast; ) {
                byte[] head = in.readNBytes(4);
                if (head.length < 4) {
                    break;
                }
                isLast = head[0] < 0;
                int type = head[0] & 0x7f;
                int length = (head[1] & 0xff) << 16 | (head[2] & 0xff) << 8 | head[3] & 0xff;
                byte[] content = in.readNBytes(length);
                if (type == FlacBlock.COMMENTS) {
                    comments(content, 0, texts);
                } else if (type > PADDING && type != 3 && content.length == length) {
                    // The seek table, 3, tells where frames lie that are written anew.
                    blocks.add(new FlacBlock(type, content));
                }
            }
        }
        return new RecordingTags(texts.all(), List.of(), blocks);
    }

    /** Reads the tags of an Ogg Vorbis file: the second packet (Vorbis I specification, section 5). */
    static RecordingTags ofVorbis(Path file) throws IOException {
        Texts texts = new Texts();
        try (InputStream in = Files.newInputStream(file)) {
            ByteArrayOutputStream packet = new ByteArrayOutputStream();
            for (int packets = 0; packets < 2 && packet.size() < LARGEST; ) {
                byte[] page = in.readNBytes(27);
                if (page.length < 27 || page[0] != 'O' || page[3] != 'S') {
                    break;
                }
                for (byte lacing : in.readNBytes(page[26] & 0xff)) {
                    packet.write(in.readNBytes(lacing & 0xff));
                    if ((lacing & 0xff) < 255) {
                        if (++packets == 2) {
                            comments(packet.toByteArray(), 7, texts);
                            break;
                        }
                        packet.reset();
                    }
                }
            }
        }
        return new RecordingTags(texts.all(), List.of(), List.of());
    }

    private static void comments(byte[] content, int from, Texts texts) {
        ByteBuffer in = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        try {
            in.position(from);
            in.position(in.position() + 4 + in.getInt(in.position()));
            int count = in.getInt();
            for (int i = 0; i < count; i++) {
                byte[] text = new byte[Math.min(in.getInt(), in.remaining())];
                in.get(text);
                String comment = new String(text, StandardCharsets.UTF_8);
                int equals = comment.indexOf('=');
                if (equals > 0 && !comment.startsWith(AudioResult.PROVENANCE_COMMENT + "=")) {
                    texts.add(comment.substring(0, equals), comment.substring(equals + 1));
                }
            }
        } catch (IllegalArgumentException
                | BufferUnderflowException
                | IndexOutOfBoundsException
                | NegativeArraySizeException e) {
            // What was read up to here is kept.
        }
    }

    /** Writes the content of a Vorbis comment block. */
    static byte[] comments(Map<String, List<String>> texts) {
        List<byte[]> all = new ArrayList<>();
        texts.forEach((name, values) ->
                values.forEach(value -> all.add((name + "=" + value).getBytes(StandardCharsets.UTF_8))));
        byte[] vendor = "Unfog".getBytes(StandardCharsets.UTF_8);
        int size = 8
                + vendor.length
                + all.stream().mapToInt(text -> 4 + text.length).sum();
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(vendor.length).put(vendor).putInt(all.size());
        all.forEach(text -> out.putInt(text.length).put(text));
        return out.array();
    }

    /** Reads the texts of the chunks of a WAV file, and keeps the chunks. */
    static RecordingTags ofWav(List<WavChunk> chunks) {
        Texts texts = new Texts();
        for (WavChunk chunk : chunks) {
            ByteBuffer in = ByteBuffer.wrap(chunk.content()).order(ByteOrder.LITTLE_ENDIAN);
            if (chunk.id().equals("LIST") && in.remaining() >= 4 && letters(in).equals("INFO")) {
                while (in.remaining() >= 8) {
                    String name = letters(in);
                    int length = in.getInt();
                    byte[] text = new byte[Math.max(0, Math.min(length, in.remaining()))];
                    in.get(text);
                    in.position(Math.min(in.limit(), in.position() + (length & 1)));
                    texts.add(RecordingTags.nameOf(Place.WAV, name), text(text));
                }
            }
        }
        return new RecordingTags(texts.all(), chunks, List.of());
    }

    /** Returns the chunks for a WAV file: those that there are, or else one for the texts. */
    static List<WavChunk> chunks(RecordingTags tags) {
        List<WavChunk> chunks = new ArrayList<>(tags.chunks());
        Map<String, String> texts = tags.textsFor(Place.WAV);
        if (!texts.isEmpty() && chunks.stream().noneMatch(chunk -> chunk.id().equals("LIST"))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes("INFO".getBytes(StandardCharsets.US_ASCII));
            texts.forEach((name, text) -> {
                byte[] value = (text + "\0").getBytes(StandardCharsets.UTF_8);
                ByteBuffer head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
                head.put(name.getBytes(StandardCharsets.US_ASCII)).putInt(value.length);
                out.writeBytes(head.array());
                out.writeBytes(value);
                if ((value.length & 1) == 1) {
                    out.write(0);
                }
            });
            chunks.add(new WavChunk("LIST", out.toByteArray()));
        }
        return chunks;
    }

    /** Reads the ID3v2 tag at the beginning of an MP3 file; a WAV file takes it as it is. */
    static RecordingTags ofMpeg(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(10);
            if (head.length < 10 || head[0] != 'I' || head[1] != 'D' || head[2] != '3') {
                return RecordingTags.NONE;
            }
            int length = sevenBits(head, 6);
            if (length > LARGEST) {
                return RecordingTags.NONE;
            }
            byte[] frames = in.readNBytes(length);
            Texts texts = new Texts();
            id3(frames, head[3], texts);
            byte[] whole = new byte[10 + frames.length];
            System.arraycopy(head, 0, whole, 0, 10);
            System.arraycopy(frames, 0, whole, 10, frames.length);
            return new RecordingTags(texts.all(), List.of(new WavChunk("id3 ", whole)), List.of());
        }
    }

    private static int sevenBits(byte[] data, int at) {
        return (data[at] & 0x7f) << 21 | (data[at + 1] & 0x7f) << 14 | (data[at + 2] & 0x7f) << 7 | data[at + 3] & 0x7f;
    }

    /** Text frames of ID3v2.3 and 2.4 (id3.org); older ones have names of three letters and are passed over. */
    private static void id3(byte[] frames, int version, Texts texts) {
        for (int at = 0; version >= 3 && at + 10 < frames.length && frames[at] != 0; ) {
            String name = new String(frames, at, 4, StandardCharsets.ISO_8859_1);
            int length = version == 3 ? ByteBuffer.wrap(frames, at + 4, 4).getInt() : sevenBits(frames, at + 4);
            at += 10;
            if (length < 1 || length > frames.length - at) {
                return;
            }
            if (name.startsWith("T") && length > 1) {
                Charset charset =
                        switch (frames[at]) {
                            case 1 -> StandardCharsets.UTF_16;
                            case 2 -> StandardCharsets.UTF_16BE;
                            case 3 -> StandardCharsets.UTF_8;
                            default -> StandardCharsets.ISO_8859_1;
                        };
                String text = new String(frames, at + 1, length - 1, charset);
                int end = text.indexOf('\0');
                texts.add(
                        RecordingTags.nameOf(Place.ID3, name.equals("TYER") ? "TDRC" : name),
                        end < 0 ? text : text.substring(0, end));
            }
            at += length;
        }
    }

    /** Reads the text chunks of an AIFF file (Apple 1989, "Audio Interchange File Format"). */
    static RecordingTags ofAiff(Path file) throws IOException {
        Texts texts = new Texts();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long at = 12;
            while (at + 8 <= channel.size()) {
                ByteBuffer head = ByteBuffer.allocate(8);
                channel.read(head, at);
                head.flip();
                String name = letters(head);
                long length = head.getInt() & 0xffffffffL;
                String text = RecordingTags.nameOf(Place.AIFF, name);
                if (!text.isEmpty() && length <= LARGEST && at + 8 + length <= channel.size()) {
                    ByteBuffer content = ByteBuffer.allocate((int) length);
                    channel.read(content, at + 8);
                    texts.add(text, text(content.array()));
                }
                at += 8 + length + (length & 1);
            }
        }
        return new RecordingTags(texts.all(), List.of(), List.of());
    }

    /** Adds text chunks to an AIFF file that is complete. */
    static void addToAiff(Path file, RecordingTags tags) throws IOException {
        Map<String, String> texts = tags.textsFor(Place.AIFF);
        if (texts.isEmpty()) {
            return;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        texts.forEach((name, text) -> {
            byte[] value = text.getBytes(StandardCharsets.UTF_8);
            ByteBuffer head = ByteBuffer.allocate(8);
            head.put(name.getBytes(StandardCharsets.US_ASCII)).putInt(value.length);
            out.writeBytes(head.array());
            out.writeBytes(value);
            if ((value.length & 1) == 1) {
                out.write(0);
            }
        });
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            // Chunks begin at even places.
            long end = channel.size() + (channel.size() & 1);
            channel.write(ByteBuffer.wrap(out.toByteArray()), end);
            channel.write(ByteBuffer.allocate(4).putInt(0, (int) (channel.size() - 8)), 4);
        }
    }

    private static String letters(ByteBuffer in) {
        byte[] letters = new byte[4];
        in.get(letters);
        return new String(letters, StandardCharsets.ISO_8859_1);
    }

    /** A text up to its final zeros: UTF-8, or where that it is not, Latin-1. */
    private static String text(byte[] bytes) {
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == 0) {
            length--;
        }
        String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
        return text.indexOf('\ufffd') < 0 ? text : new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
}
