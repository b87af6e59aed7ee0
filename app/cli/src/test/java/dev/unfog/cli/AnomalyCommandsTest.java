package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.jr.ob.JSON;
import dev.unfog.cli.Sandbox.Outcome;
import dev.unfog.core.job.ScoreReport;
import dev.unfog.core.model.TinyNetwork;
import dev.unfog.core.plugin.TestPlugin;
import dev.unfog.plugins.anomaly.AnomalyFitter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code unfog fit}, {@code score}, {@code eval rows} and {@code eval anomalies}, from the command line to the files, with the real plugin. */
class AnomalyCommandsTest {
    private static final String HEADER = "width,height,colour\n";
    /** A part whose height does not follow its width. */
    private static final String ODD = "11.5,2.0,red\n";
    /** A part like the others. */
    private static final String USUAL = "11.0,7.0,red\n";

    @TempDir
    private static Path folder;

    private static Sandbox sandbox;
    private static Path model;
    private static JsonNode fitted;

    @BeforeAll
    static void fitOnce() throws IOException {
        sandbox = new Sandbox(folder);
        TestPlugin plugin = new TestPlugin("anomaly-scoring").withoutSources();
        for (Class<?> part : List.of(AnomalyFitter.class, JSON.class, JsonFactory.class)) {
            add(plugin, part);
        }
        plugin.jar(sandbox.installation.directory().resolve("plugins/anomaly-scoring.jar"));
        TinyNetwork.gaussian("photo", 3, 0.05f)
                .write(sandbox.installation.directory().resolve("models/photo"));
        model = folder.resolve("parts.unfog");
        Outcome outcome = sandbox.run(
                "fit", "--normal", write("normal.csv", parts(200, 1)), "-o", model, "--steps", "150", "--json");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        fitted = new JsonMapper().readTree(outcome.out());
    }

    /** Adds the classes that a class came with, from a folder or a jar. */
    private static void add(TestPlugin plugin, Class<?> part) throws IOException {
        Path place;
        try {
            place = Path.of(
                    part.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
        if (Files.isDirectory(place)) {
            addAll(plugin, place);
        } else {
            try (FileSystem jar = FileSystems.newFileSystem(place)) {
                addAll(plugin, jar.getPath("/"));
            }
        }
    }

    private static void addAll(TestPlugin plugin, Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(file).toString().replace('\\', '/');
                if (name.endsWith(".class") && !name.endsWith("module-info.class") || name.endsWith("extensions.idx")) {
                    plugin.file(name, Files.readAllBytes(file));
                }
            }
        }
    }

    /** Parts whose height follows their width; red ones are the wider. */
    private static String parts(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder(HEADER);
        for (int i = 0; i < count; i++) {
            double width = random.nextGaussian();
            text.append(String.format(
                    Locale.ROOT,
                    "%.4f,%.4f,%s%n",
                    10 + width,
                    5 + 2 * width + 0.1 * random.nextGaussian(),
                    width > 0.5 ? "red" : "blue"));
        }
        return text.toString();
    }

    private static Path write(String name, String text) throws IOException {
        return write(name, text, StandardCharsets.UTF_8);
    }

    private static Path write(String name, String text, Charset charset) throws IOException {
        return Files.write(folder.resolve(name), text.getBytes(charset));
    }

    private static List<String[]> lines(String csv) {
        return csv.lines().map(line -> line.split(",", -1)).toList();
    }

    private static double score(Path table) {
        Outcome outcome = sandbox.run("score", table, "--with", model);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return Double.parseDouble(lines(outcome.out()).get(1)[2]);
    }

    @Test
    void fitSaysWhatItWrote() {
        assertThat(fitted.fieldNames()).toIterable().containsExactly("model", "sha256", "plugin", "kind", "seconds");
        assertThat(fitted.get("model").asText()).isEqualTo(model.toString());
        assertThat(fitted.get("sha256").asText()).isEqualTo(TinyNetwork.sha256(model));
        assertThat(fitted.get("kind").asText()).isEqualTo("rows");
    }

    @Test
    void scoreWritesALineForEachRow() throws IOException {
        Path report = folder.resolve("report.csv");
        Path table = write("new.csv", HEADER + USUAL + ODD);

        Outcome outcome = sandbox.run("score", table, "--with", model, "-o", report);

        assertThat(outcome.code()).isZero();
        List<String[]> lines = lines(Files.readString(report));
        assertThat(lines.get(0)).containsExactlyElementsOf(ScoreReport.COLUMNS);
        assertThat(lines.get(1)).startsWith(table.toString(), "1").endsWith(TinyNetwork.sha256(model));
        assertThat(lines.get(1)[4]).isEqualTo("0");
        assertThat(lines.get(2)[1]).isEqualTo("2");
        assertThat(lines.get(2)[4]).isEqualTo("1");
        assertThat(lines.get(2)[6]).startsWith("height");
        assertThat(outcome.err())
                .contains("2 scored, 1 flagged", "the smallest p-value that 39 calibration samples allow");
    }

    @Test
    void scoreWithoutAReportPrintsItAndWithJsonOneObject() throws IOException {
        Path table = write("two.csv", HEADER + USUAL + ODD);

        String csv = sandbox.run("score", table, "--with", model).out();
        JsonNode json = new JsonMapper()
                .readTree(sandbox.run("score", table, "--with", model, "--json").out());

        assertThat(lines(csv)).hasSize(3);
        JsonNode odd = json.at("/results/1");
        assertThat(odd.get("score").asDouble())
                .isEqualTo(Double.parseDouble(lines(csv).get(2)[2]));
        assertThat(odd.get("p_value").asDouble()).isEqualTo(1 / 40.0);
    }

    @Test
    void scoreWritesAPageThatNeedsNoOtherFileTheMostUnusualFirst() throws IOException {
        Path page = folder.resolve("page.html");

        Outcome outcome = sandbox.run(
                "score",
                write("page.csv", HEADER + USUAL + ODD),
                "--with",
                model,
                "-o",
                folder.resolve("p.csv"),
                "--html",
                page);

        assertThat(outcome.code()).isZero();
        String html = Files.readString(page);
        assertThat(html).startsWith("<!doctype html>").doesNotContain("http:", "https:", " src=\"/", "href=");
        assertThat(html.indexOf("row 2")).isPositive().isLessThan(html.indexOf("row 1"));
    }

    @Test
    void aFalseDiscoveryRateThatSoFewCalibrationSamplesCannotGiveIsSaid() throws IOException {
        Outcome outcome = sandbox.run("score", write("one.csv", HEADER + ODD), "--with", model, "--fdr", "0.01");

        assertThat(outcome.err()).contains("no discovery is possible at --fdr 0.01");
        assertThat(lines(outcome.out()).get(1)[4]).isEqualTo("0");
    }

    @Test
    void aShareThatIsNoneIsRefused() throws IOException {
        Outcome outcome = sandbox.run("score", write("share.csv", HEADER + ODD), "--with", model, "--alpha", "5");

        assertThat(outcome.code()).isNotZero();
        assertThat(outcome.err()).contains("--alpha", "no share between 0 and 1");
    }

    @Test
    void aWrongFlagNamesTheHelpOfItsOwnCommand() throws IOException {
        Path table = folder.resolve("normal.csv");

        Outcome value = sandbox.run("fit", "--normal", table, "-o", folder.resolve("w.unfog"), "--steps", "many");
        Outcome flag = sandbox.run("fit", "--normal", table, "-o", folder.resolve("w.unfog"), "--step");

        assertThat(value.code()).isNotZero();
        assertThat(value.err())
                .contains("--steps", "'many' is not a whole number")
                .doesNotContain("unfog clean");
        assertThat(flag.code()).isEqualTo(ExitCode.USAGE);
        assertThat(flag.err()).contains("unfog fit --help");
        assertThat(folder.resolve("w.unfog")).doesNotExist();
    }

    @Test
    void theQuickWayIsNotForTables() {
        Outcome outcome = sandbox.run(
                "fit", "--normal", folder.resolve("normal.csv"), "-o", folder.resolve("q.unfog"), "--quick");

        assertThat(outcome.code()).isNotZero();
        assertThat(outcome.err()).contains("--quick", "no released network knows anything of tables");
    }

    static Stream<Arguments> tablesThatTeachNothing() {
        String parts = parts(60, 3);
        StringBuilder wide = new StringBuilder("c0");
        for (int i = 1; i < 5000; i++) {
            wide.append(",c").append(i);
        }
        String row = "\n" + "1,".repeat(4999) + "1";
        return Stream.of(
                Arguments.of("empty", "", ""),
                Arguments.of("header-alone", HEADER, "it has 0 rows"),
                Arguments.of("ragged", parts + "1,2\n", "row"),
                Arguments.of("word", parts + "wide,7,red\n", "column 'width' holds numbers, but 'wide' in row 61"),
                Arguments.of("ten", parts(10, 3), "it has 10 rows"),
                Arguments.of("nothing", "a,b\n" + "NaN,\n".repeat(99), "no cell of it has a value"),
                Arguments.of("alike", "a,b\n" + "1,2\n".repeat(99), "only 1 of its rows differ"),
                Arguments.of("wide", wide + row.repeat(40) + "\n", "become 5000 features"));
    }

    @ParameterizedTest
    @MethodSource("tablesThatTeachNothing")
    void aTableThatTeachesNothingIsRefusedAndLeavesNoModel(String name, String text, String problem)
            throws IOException {
        Path table = write("bad-" + name + ".csv", text);
        Path none = folder.resolve("none-" + name + ".unfog");

        Outcome outcome = sandbox.run("fit", "--normal", table, "-o", none, "--steps", "5");

        assertThat(outcome.code()).isEqualTo(ExitCode.FAILED);
        assertThat(outcome.err()).contains("bad-" + name + ".csv", problem).doesNotContain("\tat ", "Exception");
        assertThat(none).doesNotExist();
    }

    @Test
    void constantColumnsAndRepeatedRowsAreNoHindrance() throws IOException {
        String table = parts(60, 4).replaceAll("\\R", ",7\n").replaceFirst("colour,7", "colour,constant");
        Path repeated = write("repeated.csv", table + table.substring(table.indexOf('\n') + 1));
        Path given = folder.resolve("repeated.unfog");

        assertThat(sandbox.run("fit", "--normal", repeated, "-o", given, "--steps", "20")
                        .code())
                .isZero();
        Outcome outcome = sandbox.run(
                "score",
                write("constant.csv", "width,height,colour,constant\n11,7,red,7\n11,7,red,9\n"),
                "--with",
                given);

        assertThat(outcome.code()).as(outcome.err()).isZero();
        List<String[]> lines = lines(outcome.out());
        assertThat(Double.parseDouble(lines.get(2)[2])).isGreaterThan(Double.parseDouble(lines.get(1)[2]));
    }

    @Test
    void theSameTableInAnotherFormScoresTheSame() throws IOException {
        double expected = score(write("plain.csv", HEADER + ODD));

        assertThat(score(write("mark.csv", "\uFEFF" + HEADER + ODD))).isEqualTo(expected);
        assertThat(score(write("semicolons.csv", (HEADER + ODD).replace(',', ';'))))
                .isEqualTo(expected);
        assertThat(score(write("utf16.csv", "\uFEFF" + HEADER + ODD, StandardCharsets.UTF_16LE)))
                .isEqualTo(expected);
        assertThat(score(write("latin.csv", "größe," + HEADER + "1," + ODD, StandardCharsets.ISO_8859_1)))
                .isEqualTo(expected);
        assertThat(score(write("order.csv", "colour,height,width\nred,2.0,11.5\n")))
                .isEqualTo(expected);
    }

    @Test
    void whatCannotBeReadDoesNotKeepTheRestFromBeingScored() throws IOException {
        Path good = write("good.csv", HEADER + USUAL);
        Path ragged = write("ragged.csv", HEADER + USUAL + "1,2\n");
        Path word = write("word.csv", HEADER + "wide,7,red\n" + ODD);
        Path lacking = write("lacking.csv", "width,colour\n11,red\n");
        Path empty = write("empty.csv", "");

        Outcome outcome =
                sandbox.run("score", lacking, ragged, empty, folder.resolve("absent.csv"), word, good, "--with", model);

        assertThat(outcome.code()).isEqualTo(ExitCode.PARTLY_DONE);
        List<String[]> lines = lines(outcome.out());
        assertThat(lines).anySatisfy(line -> assertThat(line[0]).isEqualTo(good.toString()));
        assertThat(outcome.out()).contains("\"column 'width' holds numbers, but here 'wide'\"");
        assertThat(outcome.err())
                .contains(
                        "it lacks the column 'height'", "ragged.csv", "empty.csv", "absent.csv", "1 could not be read");
    }

    @Test
    void aModelThatHasChangedByOneByteIsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(model);
        for (int at : new int[] {100, bytes.length / 2, bytes.length - 10}) {
            byte[] changed = bytes.clone();
            changed[at] ^= 1;
            Path damaged = Files.write(folder.resolve("damaged.unfog"), changed);

            Outcome outcome = sandbox.run("score", folder.resolve("normal.csv"), "--with", damaged);

            assertThat(outcome.code()).isEqualTo(ExitCode.FAILED);
            assertThat(outcome.err()).contains("damaged.unfog");
            assertThat(outcome.out()).doesNotContain("normal.csv");
        }
    }

    @Test
    void anotherFileIsNoModelAndAModelOfTablesScoresNoPictures() throws IOException {
        Outcome table = sandbox.run("score", folder.resolve("normal.csv"), "--with", folder.resolve("normal.csv"));
        Outcome picture = sandbox.run("score", sandbox.picture("odd.png", 40, 40), "--with", model);

        assertThat(table.code()).isEqualTo(ExitCode.FAILED);
        assertThat(table.err()).contains("normal.csv");
        assertThat(picture.code()).isEqualTo(ExitCode.FAILED);
        assertThat(picture.err()).contains("the model was fitted to rows");
    }

    @Test
    void evalRowsMeasuresBesidePlainMethods() throws IOException {
        StringBuilder text = new StringBuilder("a,b,label\n");
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 240; i++) {
            double a = random.nextGaussian();
            boolean isOdd = i % 8 == 7;
            double b = isOdd ? -a : a + 0.1 * random.nextGaussian();
            text.append(String.format(Locale.ROOT, "%.4f,%.4f,%d%n", a, b, isOdd ? 1 : 0));
        }
        Path table = write("labelled.csv", text.toString());

        Outcome outcome = sandbox.run("eval", "rows", table, "--label", "label", "--steps", "100", "--json");
        Outcome absent = sandbox.run("eval", "rows", table, "--label", "class");

        assertThat(outcome.code()).as(outcome.err()).isZero();
        JsonNode result = new JsonMapper().readTree(outcome.out()).at("/results/0");
        assertThat(result.get("anomalies").asInt()).isEqualTo(30);
        assertThat(result.get("auroc").asDouble()).isGreaterThan(0.8);
        assertThat(result.get("auroc_knn").asDouble()).isGreaterThan(0.8);
        // A linear dependence is what the Mahalanobis distance knows of, and single columns hide it from the isolation
        // forest.
        assertThat(result.get("auroc_mahalanobis").asDouble())
                .isGreaterThan(0.85)
                .isGreaterThan(result.get("auroc_iforest").asDouble());
        assertThat(absent.code()).isNotZero();
        assertThat(absent.err()).contains("--label class");
    }

    /** Stripes, perhaps with a smooth spot in the middle. */
    private static Path stripes(String name, int width, int height, int type, boolean isOdd, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BufferedImage picture = new BufferedImage(width, height, type);
        double phase = 6 * random.nextDouble();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean isSpot = isOdd && isSpot(x, y, width, height);
                double value = isSpot ? 128 : 128 + 60 * Math.sin(phase + 0.8 * x) + 6 * random.nextGaussian();
                int grey = Math.max(0, Math.min(255, (int) value));
                picture.setRGB(x, y, 0xFF000000 | grey * 0x010101);
            }
        }
        return sandbox.picture(name, picture);
    }

    private static boolean isSpot(int x, int y, int width, int height) {
        return Math.abs(x - width / 2) < 8 && Math.abs(y - height / 2) < 8;
    }

    @Test
    void picturesAreScoredByTheReleasedNetworkAndMeasuredPixelByPixel() throws IOException {
        int[] types = {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_INT_ARGB};
        for (int i = 0; i < 24; i++) {
            stripes("cloth/" + i + ".png", 48 + 4 * (i % 3), 48, types[i % 3], false, i);
        }
        for (int i = 0; i < 5; i++) {
            stripes("cloth-aside/" + i + ".png", 48, 48, types[i % 3], false, 50 + i);
            stripes("cloth-good/" + i + ".png", 48, 56, types[i % 3], false, 100 + i);
            stripes("cloth-bad/" + i + ".png", 48, 48, types[i % 3], true, 200 + i);
            BufferedImage mask = new BufferedImage(48, 48, BufferedImage.TYPE_BYTE_GRAY);
            for (int at = 0; at < 48 * 48; at++) {
                mask.getRaster().setSample(at % 48, at / 48, 0, isSpot(at % 48, at / 48, 48, 48) ? 255 : 0);
            }
            sandbox.picture("cloth-masks/" + i + ".png", mask);
        }
        Path cloth = folder.resolve("cloth.unfog");
        Path normal = sandbox.file("cloth");

        Outcome overlapping = sandbox.run("fit", "--normal", normal, "--calibration", normal, "--quick", "-o", cloth);
        Outcome fit = sandbox.run(
                "fit", "--normal", normal, "--calibration", sandbox.file("cloth-aside"), "--quick", "-o", cloth);
        Outcome measured = sandbox.run(
                "eval",
                "anomalies",
                "--with",
                cloth,
                "--normal",
                sandbox.file("cloth-good"),
                "--anomalous",
                sandbox.file("cloth-bad"),
                "--masks",
                sandbox.file("cloth-masks"),
                "--alpha",
                "0.2",
                "--json");
        Path small = sandbox.picture("small.png", 16, 90);
        Outcome batch = sandbox.run(
                "score", small, sandbox.file("cloth-bad/0.png"), "--with", cloth, "--maps", folder.resolve("maps"));

        assertThat(overlapping.code()).isNotZero();
        assertThat(overlapping.err()).contains("it is also among the samples to learn from");
        assertThat(fit.code()).as(fit.err()).isZero();
        JsonNode figures = new JsonMapper().readTree(measured.out());
        assertThat(figures.get("auroc").asDouble()).isEqualTo(1);
        assertThat(figures.get("auroc_pixels").asDouble()).isGreaterThan(0.9);
        assertThat(figures.get("tpr").asDouble()).isEqualTo(1);
        assertThat(figures.get("results")).hasSize(10);
        assertThat(batch.code()).isEqualTo(ExitCode.PARTLY_DONE);
        assertThat(batch.err()).contains("small.png", "smaller than a patch");
        assertThat(folder.resolve("maps/0.png.png")).exists();
        assertThat(folder.resolve("maps/0.png.deviation.png")).exists();
        // Another network of the same name says other things, which the model was not calibrated on.
        Path installed = sandbox.installation.directory().resolve("models/photo");
        TinyNetwork.gaussian("photo", 3, 0.5f).write(installed);
        Outcome other = sandbox.run("score", sandbox.file("cloth-bad/0.png"), "--with", cloth);
        assertThat(other.code()).isEqualTo(ExitCode.FAILED);
        assertThat(other.err()).contains("network photo", "fitted with another version of it");
        TinyNetwork.gaussian("photo", 3, 0.05f).write(installed);
    }
}
