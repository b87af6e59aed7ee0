package dev.unfog.plugins.anomaly;

import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.score.ScoreNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was learned from the normal rows of a table. Closes its network.
 *
 * @param encoding how a row becomes features
 * @param levels noise levels σ, in deviations of the features
 * @param noises that are added at each level, see {@link ScoreNorms}
 * @param network trained on the normals
 * @param normals the rows that the network was trained on, as features
 * @param measures of the calibration rows, see {@link Calibration}
 */
record TableModel(
        TableEncoding encoding,
        double[] levels,
        float[] noises,
        ScoreNetwork network,
        NearestNormals normals,
        float[] measures)
        implements AutoCloseable {
    /** The word in a model's description. */
    static final String KIND = "rows";

    /** Which of the nearest normal rows the distance is measured to. */
    static final int NEIGHBOURS = 5;

    private static final String NETWORK = "network.onnx";
    private static final String NORMALS = "normals.f32";
    private static final String MEASURES = "calibration.f32";
    private static final String NOISES = "noises.f32";

    /**
     * Writes the model.
     *
     * @param onnx the network's file
     * @param facts about how it was fitted, kept for people
     */
    void write(Path file, Path onnx, Map<String, Object> facts) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("kind", KIND);
        description.put("noiseLevels", Arrays.stream(levels).boxed().toList());
        description.put("neighbours", NEIGHBOURS);
        description.put(
                "columns",
                encoding.columns().stream().map(TableColumn::describe).toList());
        description.put("fitting", facts);
        Map<String, float[]> arrays = new LinkedHashMap<>();
        arrays.put(NORMALS, normals.points());
        arrays.put(MEASURES, measures);
        arrays.put(NOISES, noises);
        ModelFile.write(file, description, Map.of(NETWORK, onnx), arrays);
    }

    /**
     * Reads a model.
     *
     * @throws IllegalArgumentException if its description does not make sense
     */
    static TableModel read(ModelFile file, PluginContext context) {
        ModelDescription description = file.description();
        List<TableColumn> columns = new ArrayList<>();
        description.objects("columns").forEach(column -> columns.add(TableColumn.of(column)));
        TableEncoding encoding = new TableEncoding(columns);
        double[] levels = description.numbers("noiseLevels").stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
        float[] noises = file.array(NOISES);
        if (noises.length != levels.length * encoding.features()) {
            throw new IllegalArgumentException("it has " + levels.length + " levels of " + encoding.features()
                    + " features and " + noises.length + " noises");
        }
        NearestNormals normals =
                new NearestNormals(file.array(NORMALS), encoding.features(), description.count("neighbours"));
        float[] measures = file.array(MEASURES);
        ScoreNetwork network = context.openNetwork(file.extract(NETWORK, context.temporaryDirectory()));
        return new TableModel(encoding, levels, noises, network, normals, measures);
    }

    /** Returns the norms by which rows are measured. */
    ScoreNorms norms() {
        return new ScoreNorms(network, levels, noises);
    }

    /** Returns what the calibration rows say. */
    Calibration calibration(double distanceWeight) {
        return new Calibration(measures, norms().skill(measures, levels.length + 1), distanceWeight);
    }

    @Override
    public void close() {
        network.close();
    }
}
