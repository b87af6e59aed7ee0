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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From tables on the disk to scores, through the host, the training service and ONNX Runtime. */
class TableScoringTest {
    private static final String HEADER = "width,height,colour,note\n";

    @TempDir
    private static Path folder;

    private static Unfog unfog;
    private static Path model;

    @BeforeAll
    static void fitOnce() throws IOException {
        unfog = new Unfog(new Installation(folder.resolve("installation"), folder.resolve("home")));
        model = fit(parts(400, 1), "steps=400");
    }

    @AfterAll
    static void closeHost() {
        unfog.close();
    }

    /** Parts whose height follows their width; red ones are the wider; a note is missing now and then. */
    private static String parts(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder(HEADER);
        for (int i = 0; i < count; i++) {
            double width = random.nextGaussian();
            text.append(part(
                    10 + width,
                    5 + 2 * width + 0.1 * random.nextGaussian(),
                    width > 0.5 ? "red" : "blue",
                    random.nextInt(10) == 0 ? "" : "1." + random.nextInt(10)));
        }
        return text.toString();
    }

    private static String part(double width, double height, String colour, String note) {
        return String.format(Locale.ROOT, "%.4f,%.4f,%s,%s%n", width, height, colour, note);
    }

    private static Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static Path fit(String table, String... parameters) throws IOException {
        Path written = folder.resolve(
                "fitted" + table.hashCode() + String.join("", parameters).hashCode() + ".unfog");
        fit(List.of(file("normal.csv", table)), written, parameters);
        return written;
    }

    private static void fit(List<Path> tables, Path written, String... parameters) {
        fit(tables, List.of(), written, parameters);
    }

    private static void fit(List<Path> tables, List<Path> calibration, Path written, String... parameters) {
        AnomalyFitter fitter = new AnomalyFitter();
        new FitJob(
                        unfog,
                        new PluginExtension<Fitter>("anomaly-scoring", fitter),
                        ParameterValues.parse(fitter.parameters(), texts(parameters)),
                        RunSettings.DEFAULT)
                .fit(tables, calibration, Set.of(), written, Progress.NONE, Cancellation.NEVER);
    }

    private static Map<String, String> texts(String... parameters) {
        Map<String, String> texts = new java.util.HashMap<>();
        for (String parameter : parameters) {
            texts.put(parameter.split("=", 2)[0], parameter.split("=", 2)[1]);
        }
        return texts;
    }

    private static List<Scorer.Score> score(Path with, String table, String... parameters) throws IOException {
        AnomalyScorer scorer = new AnomalyScorer();
        List<Scorer.Score> scores = new ArrayList<>();
        try (ScoreJob job = new ScoreJob(
                unfog,
                new PluginExtension<Scorer>("anomaly-scoring", scorer),
                with,
                ParameterValues.parse(scorer.parameters(), texts(parameters)),
                RunSettings.DEFAULT,
                Progress.NONE,
                Cancellation.NEVER)) {
            job.score(file("scored.csv", table), scores::add);
        }
        return scores;
    }

    private static Scorer.Score scoreOne(String row) throws IOException {
        return score(model, HEADER + row).get(0);
    }

    @Test
    void aPartThatBreaksThePatternIsFlaggedAndTheColumnsNamed() throws IOException {
        Scorer.Score odd = scoreOne(part(11, 3, "red", "1.5"));
        Scorer.Score usual = scoreOne(part(11, 7, "red", "1.5"));

        assertThat(odd.pValue()).isLessThanOrEqualTo(0.02);
        assertThat(usual.pValue()).isGreaterThan(0.1);
        assertThat(odd.details().get("columns"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .startsWith("height");
    }

    @ParameterizedTest
    @CsvSource({"combined", "norms"})
    void aWordThatDoesNotFitScoresAboveOneThatDoes(String measure) throws IOException {
        List<Scorer.Score> scores =
                score(model, HEADER + part(11.5, 8, "red", "1.5") + part(11.5, 8, "blue", "1.5"), "measure=" + measure);

        assertThat(scores.get(1).value()).isGreaterThan(scores.get(0).value());
    }

    @Test
    void anUnknownWordIsFlagged() throws IOException {
        Scorer.Score score = scoreOne(part(11, 7, "green", "1.5"));

        assertThat(score.pValue()).isLessThanOrEqualTo(0.05);
    }

    @Test
    void aMissingValueThatIsUsualIsNotFlagged() throws IOException {
        assertThat(scoreOne(part(11, 7, "red", "")).pValue()).isGreaterThan(0.05);
    }

    @Test
    void unseenNormalsAreFlaggedAboutAsOftenAsAskedFor() throws IOException {
        List<Scorer.Score> scores = score(model, parts(2000, 2));

        assertThat(scores.stream().filter(score -> score.pValue() <= 0.05).count() / 2000.0)
                .isBetween(0.01, 0.12);
    }

    @Test
    void aRowScoresTheSameAloneAndAmongOthers() throws IOException {
        String table = parts(1500, 3);
        List<Scorer.Score> together = score(model, table);
        String[] lines = table.split("\\R");

        for (int row : new int[] {0, 7, 1023, 1024, 1499}) {
            double alone = scoreOne(lines[row + 1] + "\n").value();
            assertThat(together.get(row).value()).isCloseTo(alone, within(1e-5 * (1 + Math.abs(alone))));
        }
    }

    @Test
    void theSameSeedGivesTheSameModel() throws IOException {
        byte[] first = Files.readAllBytes(fit(parts(100, 5), "steps=20"));

        assertThat(Files.readAllBytes(fit(parts(100, 5), "steps=20"))).isEqualTo(first);
    }

    @Test
    void columnsAreFoundByNameInAnyOrder() throws IOException {
        double expected = scoreOne("11,6,red,1.5\n").value();

        assertThat(score(model, "note,more,height,colour,width\n1.5,9,6,red,11\n")
                        .get(0)
                        .value())
                .isEqualTo(expected);
    }

    @Test
    void aMissingColumnIsRefused() {
        assertRefused(
                ErrorCode.UNSUPPORTED_MEDIA,
                "it lacks the columns 'height', 'note'",
                () -> score(model, "width,colour\n1,red\n"));
    }

    @Test
    void aWordInANumericColumnSpoilsThatRowAlone() throws IOException {
        List<Scorer.Score> scores = score(model, HEADER + "x,6,red,1\n11,7,red,1.5\n");

        assertThat(scores.get(0).value()).isNaN();
        assertThat(scores.get(0).details()).containsEntry("error", "column 'width' holds numbers, but here 'x'");
        assertThat(scores.get(1).pValue()).isGreaterThan(0.05);
    }

    @Test
    void aTableWithoutRowsHasNoScores() throws IOException {
        assertThat(score(model, HEADER)).isEmpty();
    }

    @Test
    void tooFewRowsAreRefused() {
        assertRefused(ErrorCode.UNREADABLE_MEDIA, "it has 10 rows", () -> fit(parts(10, 1)));
    }

    @Test
    void rowsThatAreAllAlikeAreRefused() {
        assertRefused(
                ErrorCode.UNREADABLE_MEDIA, "only 1 of its rows differ", () -> fit("a,b\n" + "1,2\n".repeat(500)));
    }

    @Test
    void aTableWithoutValuesIsRefused() {
        assertRefused(
                ErrorCode.UNREADABLE_MEDIA, "no cell of it has a value", () -> fit("a,b\n" + "NaN,\n".repeat(500)));
    }

    @Test
    void calibratingOnTrainingRowsIsRefused() throws IOException {
        Path same = file("same.csv", parts(200, 6));

        assertRefused(
                ErrorCode.BAD_PARAMETER,
                "200 of its 200 rows are among those that the network is trained on",
                () -> fit(List.of(same), List.of(same), folder.resolve("never.unfog"), "steps=5"));
        assertThat(folder.resolve("never.unfog")).doesNotExist();
    }

    @Test
    void calibrationRowsMayBeGiven() throws IOException {
        Path given = folder.resolve("given.unfog");
        fit(
                List.of(file("a.csv", parts(100, 7)), file("b.csv", parts(100, 8))),
                List.of(file("c.csv", parts(30, 9)), file("d.csv", parts(29, 10))),
                given,
                "steps=20");

        assertThat(score(given, HEADER + "500,6,red,1\n").get(0).pValue()).isEqualTo(1 / 60.0);
    }

    @ParameterizedTest
    @CsvSource({"38, 19", "100, 19", "200, 39", "634, 119", "3357, 599", "100000, 9999"})
    void calibrationSizesMakeFivePercentAPValueThatCanBeHad(int rows, int expected) {
        assertThat(TableFitting.calibrationRows(rows)).isEqualTo(expected);
    }

    private static void assertRefused(ErrorCode code, String problem, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(UnfogException.class, error -> {
            assertThat(error.code()).isEqualTo(code);
            assertThat(error.problem()).contains(problem);
        });
    }
}
