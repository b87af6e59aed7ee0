package dev.unfog.plugins.anomaly;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.Rows;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.plugin.Samples;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.train.Architecture;
import dev.unfog.api.train.NoiseLevels;
import dev.unfog.api.train.TrainingData;
import dev.unfog.api.train.TrainingPlan;
import dev.unfog.api.train.TrainingResult;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Learns from the rows of tables what is normal: reads them twice, trains a network on most and calibrates on the rest.
 *
 * <p>Memory grows with the rows that are kept, at most {@value #MOST_ROWS}; of more, a random choice is kept.
 */
final class TableFitting {
    /** More rows than this add nothing to so small a network. */
    static final int MOST_ROWS = 200_000;

    /** Fewer rows leave nothing to learn from and to calibrate on. */
    static final int FEWEST_ROWS = 38;

    /** More features than this are for another kind of network. */
    static final int MOST_FEATURES = 4096;

    /** What is kept for distances: more make them slower, hardly better. */
    private static final int MOST_NORMALS = 50_000;

    private static final int MOST_CALIBRATION = 9_999;
    private static final int BATCH = 1024;

    /** Gaussians in the mixture that the network begins with. */
    private static final int COMPONENTS = 64;

    private final Samples normals;
    private final PluginContext context;
    private final long steps;

    /**
     * @param normals tables with the same columns; where they name no rows to calibrate on, a fifth of them is set aside
     * @param steps of training
     */
    TableFitting(Samples normals, PluginContext context, long steps) {
        this.normals = normals;
        this.context = context;
        this.steps = steps;
    }

    /** Fits a model and writes it. */
    void fit(Path model) {
        context.progress().report(0, "reading");
        List<ColumnProfile> profiles = new ArrayList<>();
        List<String> names = new ArrayList<>();
        long rows = 0;
        for (int i = 0; i < normals.count(); i++) {
            rows += profile(i, names, profiles);
        }
        String subject = normals.count() == 1 ? name(normals, 0) : normals.count() + " tables";
        if (rows < FEWEST_ROWS) {
            throw tooFew(subject, "it has " + rows + (rows == 1 ? " row" : " rows"));
        }
        List<TableColumn> columns = new ArrayList<>();
        for (ColumnProfile profile : profiles) {
            profile.column(subject).ifPresent(columns::add);
        }
        if (columns.isEmpty()) {
            throw new UnfogException(
                    ErrorCode.UNREADABLE_MEDIA, subject, "no cell of it has a value", "give rows that have values");
        }
        TableEncoding encoding = new TableEncoding(columns);
        if (encoding.features() > MOST_FEATURES) {
            throw new UnfogException(
                    ErrorCode.MEDIA_TOO_LARGE,
                    subject,
                    "its columns become " + encoding.features() + " features, and " + MOST_FEATURES
                            + " is the most that can be learned",
                    "leave columns out with --ignore");
        }
        float[] kept = read(encoding, rows);
        fit(model, subject, encoding, kept, rows);
    }

    private long profile(int index, List<String> names, List<ColumnProfile> profiles) {
        try (Media media = normals.open(index)) {
            Rows table = (Rows) media;
            if (index == 0) {
                names.addAll(table.columns());
                names.forEach(name -> profiles.add(new ColumnProfile(name)));
            }
            int[] places = new int[names.size()];
            for (int i = 0; i < places.length; i++) {
                places[i] = table.columns().indexOf(names.get(i));
                if (places[i] < 0) {
                    throw new UnfogException(
                            ErrorCode.UNSUPPORTED_MEDIA,
                            table.name(),
                            "it lacks the column '" + names.get(i) + "', which the first table has",
                            "give tables with the same columns");
                }
            }
            String[] cells = new String[table.columns().size()];
            long count = 0;
            try (Rows.Reader reader = table.open()) {
                while (reader.next(cells)) {
                    for (int i = 0; i < places.length; i++) {
                        profiles.get(i).add(cells[places[i]]);
                    }
                    if (++count % 4096 == 0) {
                        context.cancellation().throwIfCancelled();
                    }
                }
            }
            return count;
        }
    }

    private static String name(Samples samples, int index) {
        try (Media media = samples.open(index)) {
            return media.name();
        }
    }

    /** Reads the features of all normal rows, or of a random choice of as many as are kept. */
    private float[] read(TableEncoding encoding, long rows) {
        return readAll(normals, new RowChoice(encoding, (int) Math.min(rows, MOST_ROWS), context.seed()));
    }

    private float[] readAll(Samples tables, RowChoice choice) {
        for (int i = 0; i < tables.count(); i++) {
            try (Media media = tables.open(i)) {
                read((Rows) media, choice.encoding, choice);
            }
        }
        return choice.rows();
    }

    private void read(Rows table, TableEncoding encoding, RowChoice choice) {
        int[] places = encoding.places(table.name(), table.columns());
        String[] cells = new String[table.columns().size()];
        try (Rows.Reader reader = table.open()) {
            for (long row = 1; reader.next(cells); row++) {
                Optional<String> problem = choice.add(cells, places);
                if (problem.isPresent()) {
                    throw new UnfogException(
                            ErrorCode.UNREADABLE_MEDIA,
                            table.name(),
                            problem.get() + " in row " + row,
                            "correct that cell, or leave it empty");
                }
                if (row % 4096 == 0) {
                    context.cancellation().throwIfCancelled();
                }
            }
        }
    }

    /** A random choice of the rows that go by, all of them if they fit (Vitter 1985, algorithm R). */
    private static final class RowChoice {
        private final TableEncoding encoding;
        private final int most;
        private final SplittableRandom random;
        private float[] kept;
        private long seen;

        RowChoice(TableEncoding encoding, int most, long seed) {
            this.encoding = encoding;
            this.most = Math.min(most, (1 << 28) / encoding.features());
            random = new SplittableRandom(seed);
            kept = new float[Math.min(this.most, 1024) * encoding.features()];
        }

        Optional<String> add(String[] cells, int[] places) {
            int features = encoding.features();
            long place = seen < most ? seen : random.nextLong(seen + 1);
            seen++;
            if (place >= most) {
                return Optional.empty();
            }
            int offset = (int) place * features;
            if (offset >= kept.length) {
                kept = Arrays.copyOf(kept, (int) Math.min((long) most * features, 2L * kept.length));
            }
            return encoding.encode(cells, places, kept, offset);
        }

        float[] rows() {
            return Arrays.copyOf(kept, (int) Math.min(seen, most) * encoding.features());
        }
    }

    private void fit(Path model, String subject, TableEncoding encoding, float[] rows, long rowsSeen) {
        int features = encoding.features();
        int count = rows.length / features;
        int[] order = shuffled(count);
        float[] aside;
        float[] training;
        Optional<Samples> calibration = normals.calibration();
        if (calibration.isEmpty()) {
            int calibrationRows = calibrationRows(count);
            aside = take(rows, order, 0, calibrationRows, features);
            training = take(rows, order, calibrationRows, count, features);
        } else {
            training = take(rows, order, 0, count, features);
            String name = calibration.get().count() == 1 ? name(calibration.get(), 0) : "calibration";
            aside = readAll(calibration.get(), new RowChoice(encoding, MOST_CALIBRATION, context.seed()));
            if (aside.length < 2 * features) {
                throw tooFew(name, "it has " + aside.length / features + " rows");
            }
            refuseTrainingRows(name, training, aside, features);
        }
        int distinct = distinct(training, features).size();
        if (distinct < TableModel.NEIGHBOURS + FEWEST_ROWS / 4) {
            throw tooFew(subject, "only " + distinct + " of its rows differ");
        }
        int trainingRows = training.length / features;
        int calibrationRows = aside.length / features;
        Path onnx = context.temporaryDirectory().resolve("rows.onnx");
        TrainingResult trained =
                train(training, features, onnx, context.progress().part(0.05, 0.95));
        float[] stored = trainingRows > MOST_NORMALS ? Arrays.copyOf(training, MOST_NORMALS * features) : training;
        NearestNormals nearest = new NearestNormals(stored, features, TableModel.NEIGHBOURS);
        try (ScoreNetwork network = context.openNetwork(onnx)) {
            context.progress().report(0.96, "calibrating");
            double[] levels = NoiseLadder.ROWS;
            float[] noises = ScoreNorms.draw(levels.length, features, new SplittableRandom(context.seed() + 2));
            float[] measures = measure(new ScoreNorms(network, levels, noises), nearest, aside, features);
            TableModel fitted = new TableModel(encoding, levels, noises, network, nearest, measures);
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("rows", rowsSeen);
            facts.put("trainingRows", trainingRows);
            facts.put("calibrationRows", calibrationRows);
            facts.put("steps", trained.steps());
            facts.put("loss", trained.loss());
            facts.put("seed", context.seed());
            facts.put("networkSha256", trained.sha256());
            fitted.write(model, onnx, facts);
        }
        context.progress().report(1, "fitted to " + trainingRows + " rows, calibrated on " + calibrationRows);
    }

    /** What was trained on looks more normal than it is: p-values from it would be too small. Rows that are common may repeat. */
    private static void refuseTrainingRows(String subject, float[] training, float[] aside, int features) {
        Set<FloatBuffer> known = distinct(training, features);
        double repeats = 1 - known.size() / ((double) training.length / features);
        long seen = rows(aside, features).filter(known::contains).count();
        double share = seen / ((double) aside.length / features);
        if (share >= 0.5 + repeats / 2) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    subject,
                    seen + " of its " + aside.length / features
                            + " rows are among those that the network is trained on",
                    "calibrate on normal rows that it never sees, or leave the choice to the plugin");
        }
    }

    /** A fifth, cut down so that 5 % (or 1 %, where there are enough) is a p-value that can be had exactly. */
    static int calibrationRows(int rows) {
        int fifth = (int) Math.min(MOST_CALIBRATION, Math.round(0.2 * rows));
        int unit = fifth + 1 >= 500 ? 100 : 20;
        return Math.max((fifth + 1) / unit * unit, unit) - 1;
    }

    private int[] shuffled(int count) {
        SplittableRandom random = new SplittableRandom(context.seed() + 1);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    private static float[] take(float[] rows, int[] order, int from, int to, int features) {
        float[] taken = new float[(to - from) * features];
        for (int i = from; i < to; i++) {
            System.arraycopy(rows, order[i] * features, taken, (i - from) * features, features);
        }
        return taken;
    }

    private static Stream<FloatBuffer> rows(float[] rows, int features) {
        return IntStream.range(0, rows.length / features)
                .mapToObj(
                        row -> FloatBuffer.wrap(rows, row * features, features).slice());
    }

    private static Set<FloatBuffer> distinct(float[] rows, int features) {
        return rows(rows, features).collect(Collectors.toSet());
    }

    private TrainingResult train(float[] rows, int features, Path onnx, Progress progress) {
        TrainingPlan plan = TrainingPlan.builder()
                .setId("rows")
                .setKind(MediaKind.ROWS)
                .setArchitecture(
                        new Architecture.MixturePerceptron(features, features > 200 ? 256 : 128, 2, COMPONENTS))
                .setData(new RowData(rows, features, context.seed()))
                .setNoiseLevels(NoiseLevels.logUniform(0.01, 5))
                .setOutput(onnx)
                .optRange(-3, 3)
                .optSteps(steps)
                .optBatch(256)
                .optLearningRate(4e-3)
                .optWarmupSteps(100)
                .optAverageDecay(0.995)
                .optSeed(context.seed())
                .build();
        return context.training().train(plan, progress, context.cancellation());
    }

    /** The rows, each as likely as any other. */
    private record RowData(float[] rows, int features, long seed) implements TrainingData {
        @Override
        public int[] sampleShape() {
            return new int[] {features};
        }

        @Override
        public void draw(long index, FloatBuffer sample) {
            int row = new SplittableRandom(seed ^ (index * 0x9E3779B97F4A7C15L)).nextInt(rows.length / features);
            sample.put(rows, row * features, features);
        }
    }

    private float[] measure(ScoreNorms norms, NearestNormals nearest, float[] rows, int features) {
        int width = norms.levels() + 1;
        int count = rows.length / features;
        float[] measures = new float[count * width];
        RowMeasurement measurement =
                new RowMeasurement(norms, nearest, features, Math.min(BATCH, count), (level, norm) -> norm);
        for (int from = 0; from < count; from += BATCH) {
            context.cancellation().throwIfCancelled();
            int size = Math.min(BATCH, count - from);
            measurement.measure(Arrays.copyOfRange(rows, from * features, (from + size) * features), size);
            System.arraycopy(measurement.measures(), 0, measures, from * width, size * width);
        }
        return measures;
    }

    private static UnfogException tooFew(String subject, String problem) {
        return new UnfogException(
                ErrorCode.UNREADABLE_MEDIA,
                subject,
                problem + ", too few to learn from and to calibrate on",
                "give at least " + FEWEST_ROWS + " normal rows that differ; a few hundred are better");
    }
}
