package dev.unfog.plugins.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Fitter;
import dev.unfog.api.plugin.Scorer;
import dev.unfog.core.job.FitJob;
import dev.unfog.core.job.Installation;
import dev.unfog.core.job.RunSettings;
import dev.unfog.core.job.ScoreJob;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.plugin.PluginExtension;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From pictures and recordings on the disk to scores and maps, through the host, the training service and ONNX Runtime. */
class PatchScoringTest {
    private static final int SIDE = 64;
    private static final int RATE = 16_000;

    @TempDir
    private static Path folder;

    private static Unfog unfog;
    private static Path cloth;

    @BeforeAll
    static void fitOnce() throws IOException {
        unfog = new Unfog(new Installation(folder.resolve("installation"), folder.resolve("home")));
        List<Path> normals = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            normals.add(write("normal" + i + ".png", texture(i)));
        }
        cloth = fit("cloth.unfog", normals, 60);
    }

    @AfterAll
    static void closeHost() {
        unfog.close();
    }

    /** Stripes with grain. */
    private static BufferedImage texture(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        double phase = random.nextDouble() * 6;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                double grey = 128 + 60 * Math.sin(phase + 0.8 * x) + 6 * random.nextGaussian();
                picture.getRaster().setSample(x, y, 0, Math.max(0, Math.min(255, (int) grey)));
            }
        }
        return picture;
    }

    private static void smooth(BufferedImage picture, int left, int top, int side) {
        for (int y = top; y < top + side; y++) {
            for (int x = left; x < left + side; x++) {
                picture.getRaster().setSample(x, y, 0, 128);
            }
        }
    }

    private static Path write(String name, BufferedImage picture) throws IOException {
        Path file = folder.resolve(name);
        ImageIO.write(picture, "png", file.toFile());
        return file;
    }

    private static Path fit(String name, List<Path> normals, int steps) {
        AnomalyFitter fitter = new AnomalyFitter();
        Path model = folder.resolve(name);
        new FitJob(
                        unfog,
                        new PluginExtension<Fitter>("anomaly-scoring", fitter),
                        ParameterValues.parse(fitter.parameters(), Map.of("steps", Integer.toString(steps))),
                        RunSettings.DEFAULT)
                .fit(normals, Set.of(), model, Progress.NONE, Cancellation.NEVER);
        return model;
    }

    private static ScoreJob open(Path model) {
        AnomalyScorer scorer = new AnomalyScorer();
        return new ScoreJob(
                unfog,
                new PluginExtension<Scorer>("anomaly-scoring", scorer),
                model,
                ParameterValues.parse(scorer.parameters(), Map.of()),
                RunSettings.DEFAULT,
                Progress.NONE,
                Cancellation.NEVER);
    }

    private static Scorer.Score score(Path model, Path file) {
        List<Scorer.Score> scores = new ArrayList<>();
        try (ScoreJob job = open(model)) {
            job.score(file, scores::add);
        }
        assertThat(scores).hasSize(1);
        return scores.get(0);
    }

    @Test
    void aPatchThatIsTooSmoothIsFoundWhereItIs() throws IOException {
        BufferedImage picture = texture(100);
        smooth(picture, 36, 8, 16);
        Path file = write("smooth.png", picture);
        Path map = folder.resolve("map.png");

        Scorer.Score odd = score(cloth, file);
        try (ScoreJob job = open(cloth)) {
            job.score(file, map, score -> assertThat(score.value()).isEqualTo(odd.value()));
        }

        assertThat(odd.pValue()).isEqualTo(1 / 6.0);
        assertThat(odd.value())
                .isGreaterThan(
                        1.5 * score(cloth, write("usual.png", texture(101))).value());
        assertThat((List<?>) odd.details().get("regions")).isNotEmpty();
        BufferedImage deviation =
                ImageIO.read(folder.resolve("map.deviation.png").toFile());
        assertThat(deviation.getRaster().getSample(44, 16, 0))
                .isGreaterThan(deviation.getRaster().getSample(12, 48, 0) + 50);
        assertThat(ImageIO.read(map.toFile()).getWidth()).isEqualTo(SIDE);
    }

    @Test
    void aLargerOrColouredPictureOfTheSameIsNoAnomaly() throws IOException {
        BufferedImage grey = texture(102);
        BufferedImage colour = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int value = grey.getRaster().getSample(x, y, 0);
                colour.setRGB(x, y, 0xFF000000 | value * 0x010101);
            }
        }

        assertThat(score(cloth, write("colour.png", colour)).value())
                .isCloseTo(score(cloth, write("grey.png", grey)).value(), within(0.2));
    }

    @Test
    void aLargePhotographIsLookedAtInHalfItsSizeAndToldInItsOwn() {
        float[] values = new float[1001 * 90];
        values[1001 + 2] = 4;
        PatchImage large = new PatchImage(values, 1, 90, 1001);
        PatchImage reduced = large.reduced();

        assertThat(large.reduction()).isEqualTo(2);
        assertThat(reduced.width()).isEqualTo(500);
        assertThat(reduced.height()).isEqualTo(45);
        assertThat(reduced.values()[1]).isEqualTo(1);
        assertThat(new PatchImage(new float[640 * 640], 1, 640, 640).reduction())
                .isEqualTo(1);
        // Not smaller than a patch, however long.
        assertThat(new PatchImage(new float[5000 * 40], 1, 40, 5000).reduction())
                .isEqualTo(1);
    }

    @Test
    void theMapOfALargePhotographLiesOverIt() throws IOException {
        BufferedImage large = new BufferedImage(720, 700, BufferedImage.TYPE_BYTE_GRAY);
        SplittableRandom random = new SplittableRandom(5);
        for (int y = 0; y < 700; y++) {
            for (int x = 0; x < 720; x++) {
                double grey = 128 + 60 * Math.sin(0.4 * x) + 12 * random.nextGaussian();
                large.getRaster().setSample(x, y, 0, Math.max(0, Math.min(255, (int) grey)));
            }
        }
        smooth(large, 560, 80, 48);
        Path file = write("large.png", large);
        Path map = folder.resolve("largemap.png");
        List<Scorer.Score> scores = new ArrayList<>();

        try (ScoreJob job = open(cloth)) {
            job.score(file, map, scores::add);
        }

        BufferedImage deviation =
                ImageIO.read(folder.resolve("largemap.deviation.png").toFile());
        assertThat(deviation.getWidth()).isEqualTo(720);
        assertThat(deviation.getRaster().getSample(584, 104, 0))
                .isGreaterThan(deviation.getRaster().getSample(200, 500, 0) + 50);
        assertThat(scores.get(0).details().get("regions").toString()).contains("+5");
    }

    @Test
    void aPictureSmallerThanAPatchIsRefused() throws IOException {
        Path tiny = write("tiny.png", new BufferedImage(16, 90, BufferedImage.TYPE_BYTE_GRAY));

        assertThatThrownBy(() -> score(cloth, tiny)).isInstanceOfSatisfying(UnfogException.class, error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED_MEDIA);
            assertThat(error.problem()).contains("smaller than a patch");
        });
    }

    @Test
    void aTableIsRefusedByAModelOfPictures() throws IOException {
        Path table = Files.writeString(folder.resolve("t.csv"), "a,b\n1,2\n");

        assertThatThrownBy(() -> score(cloth, table)).hasMessageContaining("the model was fitted to picture");
    }

    @Test
    void tooFewPicturesAreRefused() throws IOException {
        List<Path> few = List.of(write("one.png", texture(1)));

        assertThatThrownBy(() -> fit("few.unfog", few, 5)).hasMessageContaining("there are 1, too few");
    }

    /** A hum with hiss; perhaps with a whistle in its middle. */
    private static Path sound(String name, long seed, boolean whistles, int milliseconds) throws IOException {
        return sound(name, seed, whistles, milliseconds, 0.03);
    }

    private static Path sound(String name, long seed, boolean whistles, int milliseconds, double hiss)
            throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        int count = RATE * milliseconds / 1000;
        byte[] bytes = new byte[2 * count];
        for (int i = 0; i < count; i++) {
            double value = 0.1 * Math.sin(2 * Math.PI * 220 * i / RATE) + hiss * random.nextGaussian();
            boolean isMiddle = i > count / 2 - RATE / 10 && i < count / 2 + RATE / 10;
            value += whistles && isMiddle ? 0.2 * Math.sin(2 * Math.PI * 3000 * i / RATE) : 0;
            int sample = (int) Math.round(32767 * value);
            bytes[2 * i] = (byte) sample;
            bytes[2 * i + 1] = (byte) (sample >> 8);
        }
        Path file = folder.resolve(name);
        AudioFormat format = new AudioFormat(RATE, 16, 1, true, false);
        AudioSystem.write(
                new AudioInputStream(new ByteArrayInputStream(bytes), format, count),
                AudioFileFormat.Type.WAVE,
                file.toFile());
        return file;
    }

    @Test
    void aWhistleInARecordingIsFoundInTimeAndFrequency() throws IOException {
        List<Path> normals = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            normals.add(sound("hum" + i + ".wav", i, false, 1000));
        }
        Path model = fit("hum.unfog", normals, 40);

        Scorer.Score odd = score(model, sound("whistle.wav", 100, true, 1000));

        assertThat(odd.pValue()).isEqualTo(1 / 5.0);
        String region = String.valueOf(((List<?>) odd.details().get("regions")).get(0));
        double start = Double.parseDouble(region.substring(0, region.indexOf('-')));
        assertThat(start).isBetween(0.2, 0.6);
        Scorer.Score hiss = score(model, sound("hiss.wav", 101, false, 1000, 0.06));
        assertThat(hiss.pValue()).isEqualTo(1 / 5.0);
        assertThat(hiss.value())
                .isGreaterThan(
                        2 * score(model, sound("usual.wav", 102, false, 1000)).value());
        assertThatThrownBy(() -> score(model, sound("short.wav", 1, false, 200)))
                .hasMessageContaining("less than a patch");
    }

    @Test
    void theTransformIsThatOfItsDefinition() {
        SplittableRandom random = new SplittableRandom(1);
        double[] values = random.doubles(16).toArray();
        double[] real = values.clone();
        double[] imaginary = new double[16];
        LogMel.transform(real, imaginary);

        for (int k = 0; k < 16; k++) {
            double expectedReal = 0;
            double expectedImaginary = 0;
            for (int i = 0; i < 16; i++) {
                expectedReal += values[i] * Math.cos(-2 * Math.PI * k * i / 16);
                expectedImaginary += values[i] * Math.sin(-2 * Math.PI * k * i / 16);
            }
            assertThat(real[k]).isCloseTo(expectedReal, within(1e-12));
            assertThat(imaginary[k]).isCloseTo(expectedImaginary, within(1e-12));
        }
    }
}
