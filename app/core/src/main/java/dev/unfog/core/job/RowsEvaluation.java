package dev.unfog.core.job;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.Rows;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Fitter;
import dev.unfog.api.plugin.Scorer;
import dev.unfog.core.measure.FalsePositives;
import dev.unfog.core.measure.IsolationScore;
import dev.unfog.core.measure.MahalanobisDistance;
import dev.unfog.core.measure.NearestNeighbours;
import dev.unfog.core.measure.RankingQuality;
import dev.unfog.core.media.rows.CsvTableWriter;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Measures how well a plugin finds the anomalies of a labelled table, beside plain methods.
 *
 * <p>Protocol: of the rows labelled 0, the first half (in file order, or after shuffling all rows) is normal: the plugin learns from
 * 80 % of it, chosen at random with the seed, and calibrates on the rest. The other half and all rows labelled otherwise are the test.
 * Nearest neighbours (k = 5, standardised, every column a number), isolation forest and Mahalanobis distance learn from the same 80 %. False positives: the normal test rows, which
 * nothing was fitted to, are split 50 times into calibration and test. Safe for use by many threads.
 */
public final class RowsEvaluation {
    private static final int NEIGHBOURS = 5;
    /** The mean over fifty still strays by 0.2 % of 5 %, one standard error, on a table of 800 normal rows. */
    private static final int SPLITS = 1000;

    private final Unfog unfog;
    private final PluginExtension<Fitter> fitter;
    private final PluginExtension<Scorer> scorer;
    private final Map<String, String> parameters;
    private final RunSettings settings;

    /**
     * What was measured of one table; AUROC and average precision are 0..1.
     *
     * @param file its name
     * @param trainingRows how many rows were learned from
     * @param testRows how many rows were scored
     * @param anomalies how many of them are anomalies
     * @param score of the plugin
     * @param neighbours of the distance to the fifth nearest neighbour
     * @param isolationForest of the isolation forest
     * @param mahalanobis of the Mahalanobis distance
     * @param norms AUROC of the score norms alone, where the plugin tells them ({@code norms} among its details); else NaN
     * @param falsePositives05 the share of normal rows that are flagged at 5 %
     * @param falsePositives01 the share of normal rows that are flagged at 1 %
     * @param fitSeconds how long the plugin took to learn
     * @param scoreSeconds how long it took to score the test rows
     */
    public record Measurement(
            String file,
            int trainingRows,
            int testRows,
            int anomalies,
            RankingQuality score,
            RankingQuality neighbours,
            RankingQuality isolationForest,
            RankingQuality mahalanobis,
            double norms,
            double falsePositives05,
            double falsePositives01,
            double fitSeconds,
            double scoreSeconds) {}

    /** A table in memory, without its labels. */
    private record Labelled(List<String> columns, List<String[]> rows, boolean[] anomalous) {}

    /**
     * Creates an evaluation.
     *
     * @param unfog the host
     * @param fitter what learns
     * @param scorer of the same plugin
     * @param parameters the user's texts for the fitter, by parameter name
     * @param settings how the plugin is run
     */
    public RowsEvaluation(
            Unfog unfog,
            PluginExtension<Fitter> fitter,
            PluginExtension<Scorer> scorer,
            Map<String, String> parameters,
            RunSettings settings) {
        this.unfog = unfog;
        this.fitter = fitter;
        this.scorer = scorer;
        this.parameters = Map.copyOf(parameters);
        this.settings = settings;
    }

    /**
     * Measures one table.
     *
     * @param file the table
     * @param label the name of the column that is 0 for normal rows
     * @param shuffle the seed of the order of rows; in file order if there is none
     */
    public Measurement measure(
            Path file, String label, OptionalLong shuffle, Progress progress, Cancellation cancellation) {
        Labelled table = read(file, label);
        int[] order = IntStream.range(0, table.rows().size()).toArray();
        shuffle.ifPresent(seed -> shuffle(order, new Random(seed)));
        List<Integer> normals = new ArrayList<>();
        List<Integer> test = new ArrayList<>();
        for (int row : order) {
            (table.anomalous()[row] ? test : normals).add(row);
        }
        int half = normals.size() / 2;
        List<Integer> known = new ArrayList<>(normals.subList(0, half));
        List<Integer> unseen = normals.subList(half, normals.size());
        test.addAll(0, unseen);
        if (unseen.size() < 4 || test.size() == unseen.size()) {
            throw new UnfogException(
                    ErrorCode.UNREADABLE_MEDIA,
                    file.toString(),
                    "it has " + normals.size() + " normal rows and " + (test.size() - unseen.size()) + " others",
                    "give a table that has both");
        }
        Collections.shuffle(known, new Random(settings.seed()));
        int calibration = (int) Math.round(0.2 * half);
        List<Integer> learned = known.subList(calibration, half);

        try (TemporaryFolder temporary = TemporaryFolder.create()) {
            Path learnedFile = write(temporary.path().resolve("normal.csv"), table, learned);
            Path calibrationFile =
                    write(temporary.path().resolve("calibration.csv"), table, known.subList(0, calibration));
            Path testFile = write(temporary.path().resolve("test.csv"), table, test);
            Path model = temporary.path().resolve("model.unfog");
            ParameterValues values =
                    ParameterValues.parse(fitter.<List<Parameter<?>>>call(called -> called.parameters()), parameters);
            long began = System.nanoTime();
            new FitJob(unfog, fitter, values, settings)
                    .fit(
                            List.of(learnedFile),
                            List.of(calibrationFile),
                            Set.of(),
                            model,
                            progress.part(0, 0.9),
                            cancellation);
            double fitSeconds = (System.nanoTime() - began) * 1e-9;
            began = System.nanoTime();
            List<Scorer.Score> scores = score(model, testFile, cancellation);
            double scoreSeconds = (System.nanoTime() - began) * 1e-9;
            return compare(file, table, learned, test, unseen.size(), scores, fitSeconds, scoreSeconds);
        }
    }

    private Labelled read(Path file, String label) {
        try (TemporaryFolder temporary = TemporaryFolder.create();
                Media media = unfog.open(file, temporary.path())) {
            if (!(media instanceof Rows rows)) {
                throw new UnfogException(
                        ErrorCode.UNSUPPORTED_MEDIA,
                        file.toString(),
                        "it is no table but of kind " + media.kind(),
                        "give a CSV file");
            }
            int place = rows.columns().indexOf(label);
            if (place < 0) {
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        "--label " + label,
                        rows.name() + " has no column of that name",
                        "give the column that is 0 for normal rows");
            }
            List<String> columns = new ArrayList<>(rows.columns());
            columns.remove(place);
            List<String[]> kept = new ArrayList<>();
            List<Boolean> labels = new ArrayList<>();
            String[] cells = new String[rows.columns().size()];
            try (Rows.Reader reader = rows.open()) {
                while (reader.next(cells)) {
                    String[] row = new String[columns.size()];
                    System.arraycopy(cells, 0, row, 0, place);
                    System.arraycopy(cells, place + 1, row, place, row.length - place);
                    kept.add(row);
                    labels.add(number(file, label, cells[place]) != 0);
                }
            }
            boolean[] anomalous = new boolean[labels.size()];
            for (int i = 0; i < anomalous.length; i++) {
                anomalous[i] = labels.get(i);
            }
            return new Labelled(columns, kept, anomalous);
        }
    }

    private static double number(Path file, String column, String cell) {
        try {
            return Double.parseDouble(cell);
        } catch (NumberFormatException e) {
            throw new UnfogException(
                    ErrorCode.UNREADABLE_MEDIA,
                    file.toString(),
                    "column '" + column + "' holds '" + cell + "', and numbers are needed to compare with neighbours",
                    "give a table of numbers",
                    e);
        }
    }

    private static void shuffle(int[] order, Random random) {
        for (int i = order.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
    }

    private static Path write(Path file, Labelled table, List<Integer> rows) {
        try (CsvTableWriter writer = new CsvTableWriter(file, table.columns())) {
            rows.forEach(row -> writer.write(table.rows().get(row)));
        }
        return file;
    }

    private List<Scorer.Score> score(Path model, Path file, Cancellation cancellation) {
        ParameterValues values =
                ParameterValues.parse(scorer.<List<Parameter<?>>>call(called -> called.parameters()), Map.of());
        List<Scorer.Score> scores = new ArrayList<>();
        try (ScoreJob job = new ScoreJob(unfog, scorer, model, values, settings, Progress.NONE, cancellation)) {
            job.score(file, scores::add);
        }
        return scores;
    }

    private Measurement compare(
            Path file,
            Labelled table,
            List<Integer> learned,
            List<Integer> test,
            int normalTests,
            List<Scorer.Score> scores,
            double fitSeconds,
            double scoreSeconds) {
        boolean[] anomalous = new boolean[test.size()];
        double[] values = new double[test.size()];
        double[] norms = new double[test.size()];
        for (int i = 0; i < values.length; i++) {
            anomalous[i] = table.anomalous()[test.get(i)];
            values[i] = scores.get(i).value();
            norms[i] = scores.get(i).details().get("norms") instanceof Double norm ? norm : Double.NaN;
        }
        double[][] normals = numbers(file, table, learned);
        double[][] tests = numbers(file, table, test);
        double[] normal = java.util.Arrays.copyOf(values, normalTests);
        // Half of them, or a little less, so that 5 % and 1 % are p-values that can be had exactly.
        int unit = normalTests >= 200 ? 100 : 20;
        int calibration =
                Math.max((normalTests / 2 + 1) / unit * unit - 1, normalTests / 2 > unit ? 0 : normalTests / 2);
        return new Measurement(
                String.valueOf(file.getFileName()),
                learned.size(),
                test.size(),
                test.size() - normalTests,
                RankingQuality.of(values, anomalous),
                RankingQuality.of(new NearestNeighbours(normals, NEIGHBOURS).distances(tests), anomalous),
                RankingQuality.of(IsolationScore.of(normals, tests, settings.seed()), anomalous),
                RankingQuality.of(new MahalanobisDistance(normals).distances(tests), anomalous),
                Double.isNaN(norms[0])
                        ? Double.NaN
                        : RankingQuality.of(norms, anomalous).auroc(),
                FalsePositives.rate(normal, calibration, 0.05, SPLITS, 0),
                FalsePositives.rate(normal, calibration, 0.01, SPLITS, 0),
                fitSeconds,
                scoreSeconds);
    }

    private static double[][] numbers(Path file, Labelled table, List<Integer> rows) {
        double[][] numbers = new double[rows.size()][table.columns().size()];
        for (int i = 0; i < numbers.length; i++) {
            for (int column = 0; column < numbers[i].length; column++) {
                numbers[i][column] =
                        number(file, table.columns().get(column), table.rows().get(rows.get(i))[column]);
            }
        }
        return numbers;
    }
}
