package dev.unfog.core.media.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Audio;
import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import dev.unfog.core.media.MediaFiles;
import dev.unfog.core.media.ResultFiles;
import dev.unfog.core.media.ResultOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AudioFilesTest {
    @TempDir
    Path folder;

    private final MediaFiles files = new MediaFiles();

    private static float[][] sound(int channels, int frames) {
        Random random = new Random(channels + 31L * frames);
        float[][] sound = new float[channels][frames];
        for (float[] channel : sound) {
            for (int i = 0; i < frames; i++) {
                channel[i] = (float) (1.8 * random.nextDouble() - 0.9);
            }
        }
        return sound;
    }

    private float[][] read(Path file) {
        try (Audio audio = (Audio) files.open(file, folder)) {
            int frames = (int) audio.layout().frames();
            float[][] sound = new float[audio.layout().channels()][frames];
            assertThat(audio.read(0, sound, frames)).isEqualTo(frames);
            assertThat(audio.read(frames, sound, 1)).isZero();
            return sound;
        }
    }

    private Path wav(String name, SampleFormat format, int sampleRate, float[][] sound) throws IOException {
        Path file = folder.resolve(name);
        try (WavWriter writer =
                new WavWriter(file, new AudioLayout(sampleRate, sound.length, sound[0].length), format)) {
            writer.write(sound, sound[0].length);
            writer.finish(List.of());
        }
        return file;
    }

    private void assertClose(float[][] actual, float[][] expected, double tolerance) {
        assertThat(actual).hasDimensions(expected.length, expected[0].length);
        for (int channel = 0; channel < expected.length; channel++) {
            for (int i = 0; i < expected[channel].length; i++) {
                assertThat(actual[channel][i]).isCloseTo(expected[channel][i], within((float) tolerance));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,UNSIGNED,1", "2,SIGNED,2", "3,SIGNED,2", "4,SIGNED,3", "4,FLOAT,1", "2,SIGNED,64", "3,SIGNED,1"})
    void WAV_of_every_width_is_read_as_it_was_written(int bytes, SampleFormat.Kind kind, int channels)
            throws IOException {
        float[][] sound = sound(channels, 20001);
        Path file = wav("a.wav", new SampleFormat(bytes, kind, false), 44100, sound);
        double step = kind == SampleFormat.Kind.FLOAT ? 1e-9 : 2.0 / (1L << 8 * bytes - 1);
        assertClose(read(file), sound, Math.max(step, 1e-7));
        assertThat(files.kindOf(file)).contains(MediaKind.AUDIO);
    }

    @Test
    void Java_Sound_reads_what_is_written() throws Exception {
        float[][] sound = sound(2, 3000);
        for (SampleFormat format : List.of(
                SampleFormat.INT16, SampleFormat.FLOAT32, new SampleFormat(3, SampleFormat.Kind.SIGNED, false))) {
            Path file = wav("java" + format.bytes() + ".wav", format, 48000, sound);
            try (AudioInputStream in = AudioSystem.getAudioInputStream(file.toFile())) {
                assertThat(in.getFormat().getSampleRate()).isEqualTo(48000);
                assertThat(in.getFormat().getSampleSizeInBits()).isEqualTo(8 * format.bytes());
                assertThat(in.getFrameLength()).isEqualTo(3000);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"AIFF", "AU", "WAVE"})
    void what_Java_Sound_writes_is_read(String type) throws IOException {
        AudioFileFormat.Type container = Stream.of(
                        AudioFileFormat.Type.AIFF, AudioFileFormat.Type.AU, AudioFileFormat.Type.WAVE)
                .filter(known -> known.toString().equals(type))
                .findFirst()
                .orElseThrow();
        byte[] values = new byte[8000];
        new Random(1).nextBytes(values);
        AudioFormat format = new AudioFormat(22050, 16, 2, true, false);
        Path file = folder.resolve("b." + container.getExtension());
        AudioSystem.write(
                new AudioInputStream(new ByteArrayInputStream(values), format, 2000), container, file.toFile());
        float[][] sound = read(file);
        assertThat(sound).hasDimensions(2, 2000);
        ByteBuffer expected = ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 2000; i++) {
            assertThat(sound[0][i]).isEqualTo(expected.getShort(4 * i) / 32768f);
            assertThat(sound[1][i]).isEqualTo(expected.getShort(4 * i + 2) / 32768f);
        }
    }

    @Test
    void telephone_codes_are_read() throws IOException {
        AudioFormat code = new AudioFormat(AudioFormat.Encoding.ULAW, 8000, 8, 1, 1, 8000, false);
        byte[] values = new byte[400];
        Arrays.fill(values, (byte) 0x80);
        Path file = folder.resolve("u.wav");
        AudioSystem.write(
                new AudioInputStream(new ByteArrayInputStream(values), code, 400),
                AudioFileFormat.Type.WAVE,
                file.toFile());
        float[][] sound = read(file);
        assertThat(sound[0]).hasSize(400);
        assertThat(sound[0][7]).isCloseTo(32124 / 32768f, within(1e-3f));
    }

    @Test
    void FLAC_is_read_to_the_bit_and_around_a_damaged_piece() throws IOException {
        int[][] values = new int[2][3000];
        Random random = new Random(3);
        for (int i = 0; i < 3000; i++) {
            values[0][i] = random.nextInt(65536) - 32768;
            values[1][i] = random.nextInt(65536) - 32768;
        }
        byte[] flac = VerbatimFlac.encode(44100, 16, 1000, values);
        Path file = Files.write(folder.resolve("c.flac"), flac);
        float[][] sound = read(file);
        assertThat(sound).hasDimensions(2, 3000);
        for (int i = 0; i < 3000; i++) {
            assertThat(sound[1][i]).isEqualTo(values[1][i] / 32768f);
        }
        Path cut = Files.write(folder.resolve("cut.flac"), Arrays.copyOf(flac, flac.length * 2 / 3));
        assertThat(read(cut)[0].length).isBetween(1000, 2999);
    }

    @Test
    void MP3_is_read_around_a_broken_frame() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int frame = 0; frame < 20; frame++) {
            // MPEG-1 layer 3, 128 kbit/s, 44100 Hz, two channels; nothing but zeros is silence.
            byte[] bytes = new byte[417];
            bytes[0] = (byte) 0xff;
            bytes[1] = (byte) 0xfb;
            bytes[2] = (byte) 0x90;
            if (frame == 10) {
                new Random(1).nextBytes(bytes);
                bytes[0] = 0;
            }
            out.write(bytes);
        }
        float[][] sound = read(Files.write(folder.resolve("d.mp3"), out.toByteArray()));
        assertThat(sound).hasNumberOfRows(2);
        assertThat(sound[0].length).isBetween(17 * 1152, 20 * 1152);
        assertThat(sound[0]).containsOnly(0f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"result.wav", "result.aiff", "result.au", "result.flac"})
    void a_result_keeps_shape_and_width_of_its_source(String name) throws IOException {
        float[][] sound = sound(2, 12345);
        Path source = wav("source.wav", new SampleFormat(3, SampleFormat.Kind.SIGNED, false), 48000, sound);
        Path target = folder.resolve(name);
        try (Audio audio = (Audio) files.open(source, folder);
                ResultFiles results = new ResultFiles(target, audio, ResultOptions.DEFAULT, folder)) {
            results.audio(Outputs.MAIN, audio.layout()).write(sound, 12345);
            assertThat(results.hasMain()).isTrue();
            assertThat(target).doesNotExist();
            assertThat(results.commit(Map.of("unfog", "1"))).containsExactly(target);
        }
        assertClose(read(target), sound, 3e-7);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("source.wav", name);
        }
        try (AudioFile audio = (AudioFile) files.open(target, folder)) {
            assertThat(audio.format().bytes()).isEqualTo(3);
            assertThat(audio.layout().sampleRate()).isEqualTo(48000);
        }
    }

    @Test
    void the_main_result_comes_first_where_a_picture_goes_with_it() throws IOException {
        Path target = folder.resolve("talk.wav");
        try (ResultFiles results = new ResultFiles(target, null, ResultOptions.DEFAULT, folder)) {
            PictureLayout small = new PictureLayout(2, 1, PictureLayout.Color.GREY, false, PictureLayout.Depth.UINT8);
            results.picture("spectrogram", small).write(new Region(0, 0, 2, 1), new float[2]);
            results.audio(Outputs.MAIN, new AudioLayout(8000, 1, 10)).write(new float[1][10], 10);
            assertThat(results.commit(Map.of())).containsExactly(target, folder.resolve("talk.spectrogram.png"));
        }
    }

    @Test
    void a_result_that_is_not_committed_leaves_nothing() throws IOException {
        Path target = folder.resolve("never.wav");
        try (ResultFiles results = new ResultFiles(target, null, ResultOptions.DEFAULT, folder)) {
            results.audio(Outputs.MAIN, new AudioLayout(8000, 1, 10)).write(new float[1][10], 10);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void sound_is_not_written_into_what_nothing_here_writes() {
        try (ResultFiles results = new ResultFiles(folder.resolve("talk.mp3"), null, ResultOptions.DEFAULT, folder)) {
            assertThatThrownBy(() -> results.audio(Outputs.MAIN, new AudioLayout(8000, 1, 10)))
                    .isInstanceOfSatisfying(
                            UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_PARAMETER))
                    .hasMessageContaining(".wav");
        }
    }

    @Test
    void texts_and_marks_go_with_the_result() throws IOException {
        Path source = folder.resolve("texts.wav");
        byte[] title = "INFOINAM\6\0\0\0Title\0".getBytes(StandardCharsets.ISO_8859_1);
        try (WavWriter writer = new WavWriter(source, new AudioLayout(8000, 1, 5), SampleFormat.INT16)) {
            writer.write(new float[1][5], 5);
            writer.finish(List.of(new WavChunk("LIST", title)));
        }
        Path target = folder.resolve("texts.cleaned.wav");
        try (Audio audio = (Audio) files.open(source, folder);
                ResultFiles results = new ResultFiles(target, audio, ResultOptions.DEFAULT, folder)) {
            results.audio(Outputs.MAIN, audio.layout()).write(new float[1][5], 5);
            results.commit(Map.of("seed", 7));
        }
        try (AudioFile audio = (AudioFile) files.open(target, folder)) {
            assertThat(audio.tags().chunks()).hasSize(1);
            assertThat(audio.tags().chunks().get(0).content()).isEqualTo(title);
            assertThat(audio.tags().texts()).containsEntry("TITLE", List.of("Title"));
        }
        assertThat(Files.readString(target, StandardCharsets.ISO_8859_1))
                .contains("unfg")
                .contains("{\"seed\":7}");
    }

    @Test
    void rounding_to_few_bits_is_dithered_and_the_same_every_time() throws IOException {
        float[][] quiet = new float[1][40000];
        Arrays.fill(quiet[0], 0.3f / 128);
        Path first = wav("first.wav", new SampleFormat(1, SampleFormat.Kind.UNSIGNED, false), 8000, quiet);
        Path second = wav("second.wav", new SampleFormat(1, SampleFormat.Kind.UNSIGNED, false), 8000, quiet);
        assertThat(Files.mismatch(first, second)).isEqualTo(-1);
        double sum = 0;
        for (float value : read(first)[0]) {
            sum += value;
        }
        assertThat(sum / 40000 * 128).isCloseTo(0.3, within(0.02));
    }

    /** A 16-bit WAV header for mono sound, which says how long the file and its sound are. */
    private static byte[] header(int riffBytes, int dataBytes, int sampleRate, int channels) {
        ByteBuffer head = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
        head.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(riffBytes);
        head.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        head.putShort((short) 1).putShort((short) channels).putInt(sampleRate);
        head.putInt(2 * sampleRate * channels).putShort((short) (2 * channels)).putShort((short) 16);
        head.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(dataBytes);
        return head.array();
    }

    private Path file(String name, byte[] head, int soundBytes) throws IOException {
        byte[] all = Arrays.copyOf(head, head.length + soundBytes);
        Arrays.fill(all, head.length, all.length, (byte) 1);
        return Files.write(folder.resolve(name), all);
    }

    private void assertRefused(Path file, ErrorCode code) {
        assertThatThrownBy(() -> files.open(file, folder))
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.code()).isEqualTo(code));
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.filter(other -> other.toString().endsWith(".pcm"))).isEmpty();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void files_without_sound_are_refused() throws IOException {
        assertRefused(Files.write(folder.resolve("empty.wav"), new byte[0]), ErrorCode.UNREADABLE_MEDIA);
        assertRefused(file("head.wav", header(36, 0, 8000, 1), 0), ErrorCode.UNREADABLE_MEDIA);
        assertRefused(file("half-head.wav", Arrays.copyOf(header(36, 0, 8000, 1), 30), 0), ErrorCode.UNREADABLE_MEDIA);
        assertRefused(file("half-frame.wav", header(37, 1, 8000, 1), 1), ErrorCode.UNREADABLE_MEDIA);
        assertRefused(file("no-channels.wav", header(40, 4, 8000, 0), 4), ErrorCode.UNREADABLE_MEDIA);
        byte[] picture = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 26, '\n', 0, 0, 0, 0};
        assertRefused(file("picture.wav", picture, 50), ErrorCode.UNREADABLE_MEDIA);
        assertRefused(file("text.wav", "hello".getBytes(StandardCharsets.US_ASCII), 50), ErrorCode.UNREADABLE_MEDIA);
        assertRefused(
                file("text.flac", "fLaC\0\0\0".getBytes(StandardCharsets.US_ASCII), 50), ErrorCode.UNREADABLE_MEDIA);
        assertRefused(
                file("text.ogg", "OggS\0\0\0".getBytes(StandardCharsets.US_ASCII), 50),
                FfmpegReader.program().isPresent() ? ErrorCode.UNREADABLE_MEDIA : ErrorCode.UNSUPPORTED_MEDIA);
        assertRefused(file("text.mp3", "hello".getBytes(StandardCharsets.US_ASCII), 50), ErrorCode.UNREADABLE_MEDIA);
    }

    @Test
    void odd_but_sound_files_are_read() throws IOException {
        assertThat(read(file("cut.wav", header(2036, 2000, 8000, 1), 1001))[0]).hasSize(500);
        assertThat(read(file("one.wav", header(38, 2, 8000, 1), 2))[0]).hasSize(1);
        assertThat(read(file("huge.wav", header(-1, -1, 8000, 1), 600))[0]).hasSize(300);
        assertThat(read(file("claims.wav", header(0x7ffffff0, 0x7fffff00, 8000, 1), 600))[0])
                .hasSize(300);
        assertThat(read(file("unfinished.wav", header(0, 0, 8000, 1), 600))[0]).hasSize(300);
        assertThat(read(file("fast.wav", header(636, 600, 384000, 1), 600))[0]).hasSize(300);
        assertThat(read(file("slow.wav", header(636, 600, 1000, 1), 600))[0]).hasSize(300);
        assertThat(read(file("many.wav", header(1316, 1280, 8000, 64), 1280))).hasDimensions(64, 10);
    }

    @Test
    void a_WAV_of_more_than_four_gigabytes_is_read_to_its_end() throws IOException {
        long frames = 2_300_000_000L;
        ByteBuffer head = ByteBuffer.allocate(80).order(ByteOrder.LITTLE_ENDIAN);
        head.put("RF64".getBytes(StandardCharsets.US_ASCII)).putInt(-1);
        head.put("WAVEds64".getBytes(StandardCharsets.US_ASCII)).putInt(28);
        head.putLong(72 + 2 * frames).putLong(2 * frames).putLong(frames).putInt(0);
        head.put(header(0, -1, 48000, 1), 12, 32);
        Path file = folder.resolve("long.wav");
        // The file has a hole where nothing was written.
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            out.write(head.rewind());
            out.write(ByteBuffer.wrap(new byte[] {0, 0x40}), 80 + 2 * frames - 2);
        }
        try (AudioFile audio = (AudioFile) files.open(file, folder)) {
            assertThat(audio.layout().frames()).isEqualTo(frames);
            assertThat(audio.warnings()).isEmpty();
            float[][] end = new float[1][10];
            assertThat(audio.read(frames - 2, end, 10)).isEqualTo(2);
            assertThat(end[0][1]).isEqualTo(0.5f);
        }
    }

    /** Has ffmpeg make a file of half a second of a tone. */
    private Path made(String name, String... options) throws Exception {
        assumeThat(FfmpegReader.program()).as("ffmpeg is not installed").isPresent();
        Path file = folder.resolve(name);
        List<String> command = new ArrayList<>(List.of(
                FfmpegReader.program().orElseThrow().toString(),
                "-v",
                "error",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:sample_rate=44100:duration=0.5"));
        command.addAll(List.of(options));
        command.add(file.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeThat(process.waitFor())
                .as("this ffmpeg does not write it: " + said)
                .isZero();
        return file;
    }

    @Test
    void what_nothing_here_decodes_ffmpeg_does() throws Exception {
        Path file = made("tone.m4a", "-c:a", "aac");
        try (AudioFile audio = (AudioFile) files.open(file, folder)) {
            assertThat(audio.layout().sampleRate()).isEqualTo(44100);
            assertThat(audio.layout().frames()).isBetween(21000L, 25000L);
            assertThat(audio.container()).isEqualTo(AudioContainer.OTHER);
        }
        Path broken = Files.write(folder.resolve("broken.m4a"), new byte[5000]);
        assertRefused(broken, ErrorCode.UNREADABLE_MEDIA);
    }

    @Test
    void Ogg_Vorbis_is_read_with_its_texts() throws Exception {
        Path file = made("tone.ogg", "-c:a", "vorbis", "-strict", "-2", "-ac", "2", "-metadata", "title=Tone");
        try (AudioFile audio = (AudioFile) files.open(file, folder)) {
            assertThat(audio.layout().channels()).isEqualTo(2);
            assertThat(audio.layout().frames()).isBetween(22000L, 22700L);
            assertThat(audio.tags().texts()).containsEntry("TITLE", List.of("Tone"));
            float[][] sound = new float[2][20000];
            audio.read(0, sound, 20000);
            double power = 0;
            for (int i = 5000; i < 15000; i++) {
                power += sound[0][i] * sound[0][i] / 10000;
            }
            // The tone's amplitude is an eighth, before two channels share it.
            assertThat(power).isBetween(0.001, 0.02);
        }
    }

    @Test
    void rates_that_make_no_sense_are_refused() throws IOException {
        assertRefused(file("still.wav", header(636, 600, 2, 1), 600), ErrorCode.UNSUPPORTED_MEDIA);
        assertRefused(file("mad.wav", header(636, 600, 0x7fffffff, 1), 600), ErrorCode.UNSUPPORTED_MEDIA);
    }

    @Test
    void values_that_are_no_numbers_are_handed_on() throws IOException {
        float[][] sound = {{0, Float.NaN, Float.NEGATIVE_INFINITY, 3}};
        float[][] same = read(wav("nan.wav", SampleFormat.FLOAT32, 8000, sound));
        assertThat(same[0][1]).isNaN();
        assertThat(same[0][2]).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(same[0][3]).isEqualTo(3);
    }
}
