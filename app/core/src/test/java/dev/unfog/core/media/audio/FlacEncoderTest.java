package dev.unfog.core.media.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.media.Outputs;
import dev.unfog.core.media.MediaFiles;
import dev.unfog.core.media.ResultFiles;
import dev.unfog.core.media.ResultOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlacEncoderTest {
    @TempDir
    Path folder;

    private final MediaFiles files = new MediaFiles();

    private Path encode(String name, int bits, int sampleRate, int[][] values) throws IOException {
        Path file = folder.resolve(name);
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            FlacEncoder encoder =
                    new FlacEncoder(out, new AudioLayout(sampleRate, values.length, values[0].length), bits, List.of());
            encoder.encode(values, values[0].length);
            encoder.finish();
        }
        return file;
    }

    private void assertRead(Path file, int bits, int[][] values) {
        try (AudioFile audio = (AudioFile) files.open(file, folder)) {
            assertThat(audio.warnings()).isEmpty();
            assertThat(audio.layout().frames()).isEqualTo(values[0].length);
            float[][] sound = new float[values.length][values[0].length];
            audio.read(0, sound, values[0].length);
            float scale = 1L << bits - 1;
            for (int channel = 0; channel < values.length; channel++) {
                for (int i = 0; i < values[channel].length; i++) {
                    assertThat(sound[channel][i]).isEqualTo(values[channel][i] / scale);
                }
            }
        }
    }

    /** Values of a kind: tones that two channels share, noise, the extremes, or nothing. */
    private static int[][] values(String kind, int bits, int channels, int frames) {
        Random random = new Random(bits + frames);
        int[][] values = new int[channels][frames];
        int largest = (1 << bits - 1) - 1;
        for (int channel = 0; channel < channels; channel++) {
            for (int i = 0; i < frames; i++) {
                values[channel][i] = switch (kind) {
                    case "tones" ->
                        (int) (largest
                                * (0.4 * Math.sin(0.05 * i)
                                        + 0.3 * Math.sin(0.31 * i + channel)
                                        + 0.001 * random.nextGaussian()));
                    case "noise" -> random.nextInt(2 * largest + 2) - largest - 1;
                    case "extremes" -> (i / 3 + channel) % 2 == 0 ? largest : -largest - 1;
                    default -> 0;
                };
            }
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({
        "tones,16,2,10000",
        "tones,24,2,4096",
        "tones,8,1,5000",
        "tones,16,8,4097",
        "noise,16,2,9000",
        "noise,24,1,4500",
        "noise,8,2,4099",
        "extremes,16,2,8200",
        "extremes,24,2,8200",
        "silence,16,2,5000",
        "tones,16,1,1",
        "tones,16,1,2",
        "noise,16,1,7",
        "tones,16,1,600000"
    })
    void what_is_written_is_read_to_the_bit(String kind, int bits, int channels, int frames) throws IOException {
        int[][] values = values(kind, bits, channels, frames);
        Path file = encode("a.flac", bits, 44100, values);
        assertRead(file, bits, values);
        long plain = (long) frames * channels * bits / 8;
        if (kind.equals("tones") && frames > 4000 && bits > 8) {
            assertThat(Files.size(file)).isLessThan(plain * 7 / 10);
        }
        assertThat(Files.size(file)).isLessThan(plain + 200 + 20L * (1 + frames / 4096) * channels);
    }

    @Test
    void another_decoder_reads_the_same() throws Exception {
        assumeThat(FfmpegReader.program()).as("ffmpeg is not installed").isPresent();
        int[][] values = values("tones", 16, 2, 20000);
        Path file = encode("b.flac", 16, 48000, values);
        Path raw = folder.resolve("b.raw");
        Process process = new ProcessBuilder(
                        FfmpegReader.program().orElseThrow().toString(),
                        "-v",
                        "error",
                        "-xerror",
                        "-i",
                        file.toString(),
                        "-f",
                        "s16be",
                        raw.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(raw));
        for (int i = 0; i < 20000; i++) {
            assertThat(bytes.getShort()).isEqualTo((short) values[0][i]);
            assertThat(bytes.getShort()).isEqualTo((short) values[1][i]);
        }
    }

    private RecordingTags clean(Path source, Path target) {
        try (AudioFile audio = (AudioFile) files.open(source, folder);
                ResultFiles results = new ResultFiles(target, audio, ResultOptions.DEFAULT, folder)) {
            int frames = (int) audio.layout().frames();
            float[][] sound = new float[audio.layout().channels()][frames];
            audio.read(0, sound, frames);
            results.audio(Outputs.MAIN, audio.layout()).write(sound, frames);
            results.commit(Map.of("seed", 7));
        }
        try (AudioFile audio = (AudioFile) files.open(target, folder)) {
            return audio.tags();
        }
    }

    @Test
    void texts_go_from_format_to_format_and_a_picture_stays_in_FLAC() throws IOException {
        Path source = folder.resolve("source.flac");
        Map<String, List<String>> texts = Map.of("TITLE", List.of("Größe"), "ARTIST", List.of("A", "B"));
        RecordingTags.FlacBlock picture = new RecordingTags.FlacBlock(6, new byte[] {0, 0, 0, 3, 1, 2, 3});
        try (FileChannel out = FileChannel.open(
                source, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            FlacEncoder encoder = new FlacEncoder(
                    out,
                    new AudioLayout(8000, 1, 100),
                    16,
                    List.of(new RecordingTags.FlacBlock(4, TagFormats.comments(texts)), picture));
            encoder.encode(values("tones", 16, 1, 100), 100);
            encoder.finish();
        }
        RecordingTags again = clean(source, folder.resolve("again.flac"));
        assertThat(again.texts()).containsEntry("TITLE", List.of("Größe")).containsEntry("ARTIST", List.of("A", "B"));
        assertThat(again.blocks()).hasSize(1);
        assertThat(again.blocks().get(0).content()).isEqualTo(picture.content());
        assertThat(Files.readString(folder.resolve("again.flac"), StandardCharsets.ISO_8859_1))
                .contains("UNFOG={\"seed\":7}");
        for (String name : List.of("a.wav", "a.aiff")) {
            RecordingTags other = clean(source, folder.resolve(name));
            assertThat(other.texts()).as(name).containsEntry("TITLE", List.of("Größe"));
            RecordingTags back = clean(folder.resolve(name), folder.resolve(name + ".flac"));
            assertThat(back.texts()).as(name).containsEntry("ARTIST", List.of("A; B"));
        }
    }

    @Test
    void the_tag_of_an_MP3_goes_into_a_WAV() throws IOException {
        ByteArrayOutputStream mp3 = new ByteArrayOutputStream();
        byte[] title = "\3Title".getBytes(StandardCharsets.UTF_8);
        mp3.writeBytes(new byte[] {'I', 'D', '3', 4, 0, 0, 0, 0, 0, (byte) (10 + title.length)});
        mp3.writeBytes(new byte[] {'T', 'I', 'T', '2', 0, 0, 0, (byte) title.length, 0, 0});
        mp3.writeBytes(title);
        for (int frame = 0; frame < 5; frame++) {
            byte[] bytes = new byte[417];
            bytes[0] = (byte) 0xff;
            bytes[1] = (byte) 0xfb;
            bytes[2] = (byte) 0x90;
            mp3.write(bytes);
        }
        Path source = Files.write(folder.resolve("a.mp3"), mp3.toByteArray());
        RecordingTags tags = clean(source, folder.resolve("a.wav"));
        assertThat(tags.chunks()).extracting(WavChunk::id).contains("id3 ", "LIST");
        assertThat(tags.texts()).containsEntry("TITLE", List.of("Title"));
    }

    @Test
    void damaged_tags_do_not_keep_a_recording_from_being_opened() throws IOException {
        Path source = encode("plain.flac", 16, 8000, values("tones", 16, 1, 100));
        byte[] plain = Files.readAllBytes(source);
        byte[] comments = TagFormats.comments(Map.of("TITLE", List.of("Title")));
        comments[0] = (byte) 0xff;
        comments[3] = (byte) 0x7f;
        ByteArrayOutputStream damaged = new ByteArrayOutputStream();
        damaged.write(plain, 0, 4);
        damaged.write(0);
        damaged.write(plain, 5, 37);
        damaged.writeBytes(new byte[] {(byte) 0x84, 0, 0, (byte) comments.length});
        damaged.writeBytes(comments);
        damaged.write(plain, 42, plain.length - 42);
        Path file = Files.write(folder.resolve("damaged.flac"), damaged.toByteArray());
        try (AudioFile audio = (AudioFile) files.open(file, folder)) {
            assertThat(audio.tags().texts()).isEmpty();
            assertThat(audio.layout().frames()).isEqualTo(100);
        }
    }

    @Test
    void more_channels_than_FLAC_holds_are_refused() {
        try (ResultFiles results = new ResultFiles(folder.resolve("a.flac"), null, ResultOptions.DEFAULT, folder)) {
            assertThatThrownBy(() -> results.audio(Outputs.MAIN, new AudioLayout(8000, 9, 10)))
                    .isInstanceOfSatisfying(
                            UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_PARAMETER))
                    .hasMessageContaining(".wav");
        }
    }
}
