package dev.unfog.plugins.anomaly;

import dev.unfog.api.Cancellation;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.score.ScoreNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was learned from normal pictures or recordings. A cell's distance is that to the fifth nearest of the normal cells' norms: norms
 * can be unusually low as well as high, for a patch that is too smooth. Closes its network.
 *
 * @param kind the word in a model's description: {@code picture} or {@code audio}
 * @param channels of the pictures, 1 or 3
 * @param colourMeans of each channel over the normal pictures
 * @param colourDeviations of each channel over the normal pictures
 * @param network trained on patches of the normals
 * @param means of each of a cell's norms over the normal cells
 * @param deviations of each of a cell's norms over the normal cells
 * @param normals a choice of the normal cells, {@code [cells][measures]}, standardised
 * @param scores of the calibration samples, ascending
 * @param typical the median distance of the calibration samples' cells
 * @param unusual the distance that one in a thousand of the calibration samples' cells exceeds
 */
record PatchModel(
        String kind,
        int channels,
        float[] colourMeans,
        float[] colourDeviations,
        ScoreNetwork network,
        float[] means,
        float[] deviations,
        NearestNormals normals,
        float[] scores,
        double typical,
        double unusual)
        implements AutoCloseable {
    static final String PICTURE = "picture";
    static final String AUDIO = "audio";

    /** Noise levels in deviations of the normal pictures; below the lowest, patches are hard to tell apart. */
    static final double[] LEVELS = NoiseLadder.geometric(0.2, 1.5, 6);

    private static final int NEIGHBOURS = 5;
    private static final String NETWORK = "network.onnx";
    private static final String NORMALS = "normals.f32";
    private static final String SCORES = "calibration.f32";

    /** Where a sample is unlike the normal ones. */
    record Deviation(double[] distances, int rows, int columns, double score, int strongestCell, double level) {}

    static NearestNormals nearest(float[] cells, int measures) {
        return new NearestNormals(cells, measures, NEIGHBOURS);
    }

    void write(Path file, Path onnx, Map<String, Object> facts) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("kind", kind);
        description.put("channels", channels);
        description.put("colourMeans", list(colourMeans));
        description.put("colourDeviations", list(colourDeviations));
        description.put("noiseLevels", Arrays.stream(LEVELS).boxed().toList());
        description.put("means", list(means));
        description.put("deviations", list(deviations));
        description.put("typicalDistance", typical);
        description.put("unusualDistance", unusual);
        description.put("fitting", facts);
        Map<String, float[]> arrays = new LinkedHashMap<>();
        arrays.put(NORMALS, normals.points());
        arrays.put(SCORES, scores);
        ModelFile.write(file, description, Map.of(NETWORK, onnx), arrays);
    }

    private static List<Double> list(float[] values) {
        List<Double> list = new ArrayList<>();
        for (float value : values) {
            list.add((double) value);
        }
        return list;
    }

    private static float[] floats(List<Double> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return floats;
    }

    static PatchModel read(ModelFile file, PluginContext context) {
        ModelDescription description = file.description();
        float[] means = floats(description.numbers("means"));
        NearestNormals normals = nearest(file.array(NORMALS), means.length);
        float[] scores = file.array(SCORES);
        ScoreNetwork network = context.openNetwork(file.extract(NETWORK, context.temporaryDirectory()));
        return new PatchModel(
                description.text("kind"),
                description.count("channels"),
                floats(description.numbers("colourMeans")),
                floats(description.numbers("colourDeviations")),
                network,
                means,
                floats(description.numbers("deviations")),
                normals,
                scores,
                description.number("typicalDistance"),
                description.number("unusualDistance"));
    }

    /** Measures every cell of a picture that is not standardised yet. */
    Deviation measure(PatchImage picture, Cancellation cancellation) {
        PatchNorms norms = new PatchNorms(network, LEVELS);
        PatchNorms.Grid grid = norms.look(picture.standardised(colourMeans, colourDeviations), cancellation);
        int measures = norms.measures();
        float[] cells = standardised(grid.values(), means, deviations);
        double[] distances = new double[grid.rows() * grid.columns()];
        NearestNormals.Search search = normals.new Search();
        int strongest = 0;
        for (int cell = 0; cell < distances.length; cell++) {
            distances[cell] = (float) search.distance(cells, cell * measures);
            strongest = distances[cell] > distances[strongest] ? cell : strongest;
        }
        int loudest = 0;
        for (int i = 1; i < measures; i++) {
            boolean isLouder =
                    Math.abs(cells[strongest * measures + i]) > Math.abs(cells[strongest * measures + loudest]);
            loudest = isLouder ? i : loudest;
        }
        return new Deviation(distances, grid.rows(), grid.columns(), score(distances), strongest, norms.level(loudest));
    }

    static float[] standardised(float[] cells, float[] means, float[] deviations) {
        float[] standardised = new float[cells.length];
        for (int i = 0; i < cells.length; i++) {
            int measure = i % means.length;
            standardised[i] = (cells[i] - means[measure]) / deviations[measure];
        }
        return standardised;
    }

    /** The mean of the strongest cells, one in five hundred, at least four: a small defect counts in full, a single cell does not. */
    static double score(double[] distances) {
        double[] sorted = distances.clone();
        Arrays.sort(sorted);
        int most = Math.min(sorted.length, Math.max(4, sorted.length / 500));
        double sum = 0;
        for (int i = 0; i < most; i++) {
            sum += sorted[sorted.length - 1 - i];
        }
        return sum / most;
    }

    /** Returns the chance that a normal sample scores at least this much, from 1 / (n + 1) to 1. */
    double pValue(double score) {
        int atLeast = 0;
        for (float known : scores) {
            atLeast += known >= (float) score ? 1 : 0;
        }
        return (1.0 + atLeast) / (1 + scores.length);
    }

    /** Returns a distance on the fixed scale of maps: 0 is typical of normal samples, 1 is exceeded by one normal cell in a thousand. */
    double onScale(double distance) {
        return (distance - typical) / Math.max(1e-9, unusual - typical);
    }

    @Override
    public void close() {
        network.close();
    }
}
