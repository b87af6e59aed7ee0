package dev.unfog.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the distribution as a user does: the launcher, the real plugins, the released networks, real files. */
class DistributionIT {
    private static final Path DISTRIBUTION = Path.of("target", "unfog").toAbsolutePath();

    @TempDir
    private Path folder;

    private record Run(int exitCode, String out, String err) {}

    @BeforeAll
    static void theDistributionIsThere() {
        assertThat(DISTRIBUTION.resolve("bin/unfog")).isExecutable();
    }

    private Run unfog(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(DISTRIBUTION.resolve("bin/unfog").toString()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("UNFOG_HOME", folder.resolve("home").toString());
        Process process = builder.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** A picture of smooth shading, edges and texture, in which nothing is random. */
    private static double[][] scene(int width, int height) {
        double[][] scene = new double[3][width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double shade = 0.5 + 0.25 * Math.sin(x / 47.0) * Math.cos(y / 31.0);
                boolean inside = Math.hypot(x - width * 0.6, y - height * 0.45) < height * 0.3;
                double texture = inside ? 0.12 * Math.sin(x * 0.9 + y * 0.3) : 0;
                for (int channel = 0; channel < 3; channel++) {
                    double tint = inside ? 0.15 * (channel - 1) : 0.05 * (1 - channel);
                    scene[channel][y * width + x] = Math.max(0.05, Math.min(0.95, shade + tint + texture));
                }
            }
        }
        return scene;
    }

    private static void write(double[][] scene, int width, double noise, Path file) throws IOException {
        int height = scene[0].length / width;
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int i = 0; i < width * height; i++) {
            int rgb = 0;
            for (int channel = 0; channel < 3; channel++) {
                double value = scene[channel][i] * 255 + noise * random.nextGaussian();
                rgb = rgb << 8 | (int) Math.max(0, Math.min(255, Math.round(value)));
            }
            image.setRGB(i % width, i / width, rgb);
        }
        ImageIO.write(image, "png", file.toFile());
    }

    private static double psnr(double[][] scene, int width, Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        double sum = 0;
        for (int i = 0; i < scene[0].length; i++) {
            int rgb = image.getRGB(i % width, i / width);
            for (int channel = 0; channel < 3; channel++) {
                double difference = (rgb >> 16 - 8 * channel & 0xff) / 255.0 - scene[channel][i];
                sum += difference * difference;
            }
        }
        return -10 * Math.log10(sum / (3 * scene[0].length));
    }

    @Test
    void cleansANoisyPictureWithTheReleasedNetwork() throws Exception {
        double[][] scene = scene(320, 240);
        Path noisy = folder.resolve("noisy.png");
        write(scene, 320, 25, noisy);

        Run told = unfog("clean", "noisy.png", "-o", "told.png", "--sigma", "25");
        Run blind = unfog("clean", "noisy.png", "-o", "blind.png");

        assertThat(told.exitCode()).as(told.err()).isZero();
        assertThat(blind.exitCode()).as(blind.err()).isZero();
        double before = psnr(scene, 320, noisy);
        assertThat(psnr(scene, 320, folder.resolve("told.png"))).isGreaterThan(before + 10);
        assertThat(psnr(scene, 320, folder.resolve("blind.png"))).isGreaterThan(before + 9);
    }

    @Test
    void showsNoSeamWhereTilesMeet() throws Exception {
        double[][] scene = scene(640, 480);
        write(scene, 640, 25, folder.resolve("noisy.png"));

        assertThat(unfog("clean", "noisy.png", "-o", "tiled.png", "--sigma", "25", "--tile", "256")
                        .exitCode())
                .isZero();
        assertThat(unfog("clean", "noisy.png", "-o", "whole.png", "--sigma", "25", "--tile", "2048")
                        .exitCode())
                .isZero();

        BufferedImage tiled = ImageIO.read(folder.resolve("tiled.png").toFile());
        BufferedImage whole = ImageIO.read(folder.resolve("whole.png").toFile());
        int largest = 0;
        for (int y = 0; y < 480; y++) {
            for (int x = 0; x < 640; x++) {
                for (int shift = 0; shift <= 16; shift += 8) {
                    int a = tiled.getRGB(x, y) >> shift & 0xff;
                    int b = whole.getRGB(x, y) >> shift & 0xff;
                    largest = Math.max(largest, Math.abs(a - b));
                }
            }
        }
        assertThat(largest).as("largest difference of 255").isLessThanOrEqualTo(1);
    }

    @Test
    void aBadFileIsNamedAndTheOthersAreCleaned() throws Exception {
        Files.createDirectory(folder.resolve("in"));
        write(scene(64, 48), 64, 10, folder.resolve("in/good.png"));
        Files.writeString(folder.resolve("in/bad.png"), "not a picture");

        Run run = unfog("clean", "in", "-o", "cleaned", "--recursive");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("UnreadableMedia").contains("bad.png");
        assertThat(folder.resolve("cleaned/good.png")).isNotEmptyFile();
        assertThat(folder.resolve("cleaned/bad.png")).doesNotExist();
    }

    @Test
    void measuresTheReleasedNetwork() throws Exception {
        Files.createDirectory(folder.resolve("in"));
        write(scene(128, 96), 128, 0, folder.resolve("in/scene.png"));

        Run run = unfog("eval", "pictures", "in", "--sigma", "25", "--seed", "0", "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("\"network\"", "\"sha256\"", "\"results\"", "\"psnr_in\"", "\"ssim\"", "\"mean\"");
    }

    @Test
    void learnsWhatIsNormalAndFlagsWhatIsNot() throws Exception {
        Random random = new Random(2);
        StringBuilder normal = new StringBuilder("width,height,weight\n");
        for (int i = 0; i < 400; i++) {
            double size = random.nextGaussian();
            normal.append(size + 0.1 * random.nextGaussian())
                    .append(',')
                    .append(2 * size + 0.1 * random.nextGaussian())
                    .append(',')
                    .append(random.nextGaussian())
                    .append('\n');
        }
        Files.writeString(folder.resolve("normal.csv"), normal);
        Files.writeString(folder.resolve("today.csv"), "width,height,weight\n0.5,1.0,0.2\n2,-4,0\n");

        Run fit = unfog("fit", "--normal", "normal.csv", "-o", "parts.unfog");
        assertThat(fit.exitCode()).as(fit.err()).isZero();
        Run score = unfog("score", "today.csv", "--with", "parts.unfog", "-o", "report.csv");

        assertThat(score.exitCode()).as(score.err()).isZero();
        List<String> report = Files.readAllLines(folder.resolve("report.csv"));
        assertThat(report).hasSize(3);
        List<String> header = List.of(report.get(0).split(","));
        int p = header.indexOf("p_value");
        assertThat(p).as(header.toString()).isNotNegative();
        assertThat(Double.parseDouble(report.get(1).split(",")[p])).isGreaterThan(0.05);
        assertThat(Double.parseDouble(report.get(2).split(",")[p])).isLessThan(0.02);
    }

    @Test
    void everyLibraryOfTheHostIsThere() throws Exception {
        try (JarFile jar = new JarFile(DISTRIBUTION.resolve("lib/unfog-cli.jar").toFile())) {
            String classPath = jar.getManifest().getMainAttributes().getValue("Class-Path");
            assertThat(classPath.split(" ")).isNotEmpty().allSatisfy(name -> assertThat(
                            DISTRIBUTION.resolve("lib").resolve(name))
                    .exists());
        }
    }

    @Test
    void hasOneRuntimeItsLicencesAndAllItsPlugins() throws Exception {
        try (Stream<Path> files = Files.walk(DISTRIBUTION)) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.startsWith("onnxruntime") && name.endsWith(".jar")))
                    .containsExactly("onnxruntime.jar");
        }
        assertThat(Files.readString(DISTRIBUTION.resolve("licences/THIRD-PARTY.txt"), StandardCharsets.UTF_8))
                .contains("onnxruntime", "pf4j", "pytorch", "TarsosDSP");
        assertThat(DISTRIBUTION.resolve("LICENSE")).isNotEmptyFile();

        Run plugins = unfog("plugins", "list");
        Run models = unfog("models", "verify");

        assertThat(plugins.out()).contains("image-restoration", "speech-enhancement", "anomaly-scoring");
        assertThat(plugins.err()).isEmpty();
        assertThat(models.exitCode()).as(models.out() + models.err()).isZero();
    }
}
