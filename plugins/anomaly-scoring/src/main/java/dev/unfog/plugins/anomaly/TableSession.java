package dev.unfog.plugins.anomaly;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.Rows;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.plugin.Scorer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Scores the rows of tables: one thread reads, as many as there are processors measure blocks of rows, and the scores come out in
 * order. Memory does not grow with the table.
 */
final class TableSession implements Scorer.Session {
    private static final int BLOCK = 1024;
    private static final int TOP_COLUMNS = 3;

    private final TableModel model;
    private final ScoreNorms norms;
    private final Calibration scoring;
    private final Calibration normsAlone;
    private final PluginContext context;

    TableSession(TableModel model, double distanceWeight, PluginContext context) {
        this.model = model;
        this.context = context;
        norms = model.norms();
        scoring = model.calibration(distanceWeight);
        normsAlone = model.calibration(0);
    }

    @Override
    public void score(Media input, Consumer<Scorer.Score> scores, Outputs outputs) {
        if (!(input instanceof Rows table)) {
            throw new UnfogException(
                    ErrorCode.UNSUPPORTED_MEDIA,
                    input.name(),
                    "it is of kind " + input.kind() + ", and the model was fitted to rows",
                    "give a CSV file, or fit a model to samples of this kind");
        }
        int[] places = model.encoding().places(table.name(), table.columns());
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
        ExecutorService workers = Executors.newFixedThreadPool(threads, work -> {
            Thread thread = new Thread(work, "unfog-anomaly-scoring");
            thread.setDaemon(true);
            return thread;
        });
        ArrayDeque<RowMeasurement> measurements = new ArrayDeque<>();
        ArrayDeque<Future<List<Scorer.Score>>> ahead = new ArrayDeque<>();
        outputs.note("calibrationSamples", scoring.samples());
        try (Rows.Reader reader = table.open()) {
            List<String[]> block = nextBlock(reader, table.columns().size());
            while (!block.isEmpty() || !ahead.isEmpty()) {
                context.cancellation().throwIfCancelled();
                if (!block.isEmpty() && ahead.size() < 2 * threads) {
                    List<String[]> rows = block;
                    ahead.add(workers.submit(() -> scored(rows, places, measurements)));
                    block = nextBlock(reader, table.columns().size());
                } else {
                    ahead.remove().get().forEach(scores);
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("a block of rows could not be scored", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnfogException(
                    ErrorCode.CANCELLED, table.name(), "the work was interrupted", "start it again", e);
        } finally {
            workers.shutdownNow();
        }
    }

    private static List<String[]> nextBlock(Rows.Reader reader, int columns) {
        List<String[]> block = new ArrayList<>(BLOCK);
        String[] cells = new String[columns];
        while (block.size() < BLOCK && reader.next(cells)) {
            block.add(cells);
            cells = new String[columns];
        }
        return block;
    }

    private List<Scorer.Score> scored(List<String[]> block, int[] places, ArrayDeque<RowMeasurement> measurements) {
        RowMeasurement measurement;
        synchronized (measurements) {
            measurement = measurements.poll();
        }
        int features = model.encoding().features();
        if (measurement == null) {
            measurement = new RowMeasurement(norms, model.normals(), features, BLOCK, scoring::excess);
        }
        float[] rows = new float[block.size() * features];
        List<Optional<String>> problems = new ArrayList<>(block.size());
        for (int row = 0; row < block.size(); row++) {
            problems.add(model.encoding().encode(block.get(row), places, rows, row * features));
        }
        measurement.measure(rows, block.size());
        List<Scorer.Score> scores = new ArrayList<>(block.size());
        for (int row = 0; row < block.size(); row++) {
            scores.add(
                    problems.get(row).isPresent() ? unreadable(problems.get(row).get()) : score(measurement, row));
        }
        synchronized (measurements) {
            measurements.push(measurement);
        }
        return scores;
    }

    private static Scorer.Score unreadable(String problem) {
        return new Scorer.Score(Double.NaN, Double.NaN, Map.of("error", problem));
    }

    private Scorer.Score score(RowMeasurement measurement, int row) {
        int width = norms.levels() + 1;
        double[] measures = new double[width];
        for (int i = 0; i < width; i++) {
            measures[i] = measurement.measures()[row * width + i];
        }
        double value = scoring.score(measures);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("level", model.levels()[measurement.level(row)]);
        details.put(
                "columns",
                model.encoding()
                        .longest(measurement.noises(), row * model.encoding().features(), TOP_COLUMNS));
        details.put("norms", normsAlone.score(measures));
        details.put("distance", measures[width - 1]);
        return new Scorer.Score(value, scoring.pValue(value), details);
    }

    @Override
    public void close() {
        model.close();
    }
}
