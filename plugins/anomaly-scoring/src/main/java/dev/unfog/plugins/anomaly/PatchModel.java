package dev.unfog.plugins.anomaly;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.ScoreNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was learned from normal pictures or recordings. A cell's distance is that to the fifth nearest of the normal cells' norms: norms
 * can be unusually low as well as high, for a patch that is too smooth. Closes its network.
 *
 * @param kind the word in a model's description: {@code picture} or {@code audio}
 * @param channels of the pictures, 1 or 3
 * @param network trained on patches of the normals, or a released one
 * @param isReleased whether it is a released one
 * @param sight how the network looks at a sample
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
        ScoreNetwork network,
        boolean isReleased,
        Sight sight,
        float[] means,
        float[] deviations,
        NearestNormals normals,
        float[] scores,
        double typical,
        double unusual)
        implements AutoCloseable {
    static final String PICTURE = "picture";
    static final String AUDIO = "audio";

    private static final int NEIGHBOURS = 5;
    private static final String NETWORK = "network.onnx";
    private static final String NORMALS = "normals.f32";
    private static final String SCORES = "calibration.f32";

    /**
     * How a network looks at a sample.
     *
     * @param standardisation of pictures and spectrograms
     * @param levels noise levels; σ in the units of standardised pictures
     * @param gain by which the sound of a recording is brought to the level that a network of sound expects
     */
    record Sight(Standardisation standardisation, double[] levels, double gain) {
        CellNorms through(ScoreNetwork network) {
            return network.card().conditioning() == NetworkCard.Conditioning.OBSERVATION
                    ? new SpectrumNorms(network, gain, levels)
                    : new PatchNorms(network, standardisation, levels);
        }
    }

    /** Where a sample is unlike the normal ones. */
    record Deviation(double[] distances, int rows, int columns, double score, int strongestCell, double level) {}

    static NearestNormals nearest(float[] cells, int measures) {
        return new NearestNormals(cells, measures, NEIGHBOURS);
    }

    /**
     * Writes the model.
     *
     * @param onnx the network's file; null for a released network, which is found by its name
     * @param facts about how it was fitted, kept for people
     */
    void write(Path file, @Nullable Path onnx, Map<String, Object> facts) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("kind", kind);
        description.put("channels", channels);
        if (isReleased) {
            description.put("releasedNetwork", network.card().id());
            description.put("releasedNetworkSha256", network.card().sha256());
            description.put("gain", sight.gain());
        }
        description.put("colourMeans", list(sight.standardisation().means()));
        description.put("colourDeviations", list(sight.standardisation().deviations()));
        description.put("noiseLevels", Arrays.stream(sight.levels()).boxed().toList());
        description.put("means", list(means));
        description.put("deviations", list(deviations));
        description.put("typicalDistance", typical);
        description.put("unusualDistance", unusual);
        description.put("fitting", facts);
        Map<String, float[]> arrays = new LinkedHashMap<>();
        arrays.put(NORMALS, normals.points());
        arrays.put(SCORES, scores);
        ModelFile.write(file, description, onnx == null ? Map.of() : Map.of(NETWORK, onnx), arrays);
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
        boolean isReleased = description.has("releasedNetwork");
        Standardisation standardisation = new Standardisation(
                floats(description.numbers("colourMeans")), floats(description.numbers("colourDeviations")));
        double[] levels = description.numbers("noiseLevels").stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
        ScoreNetwork network = isReleased
                ? released(description, context)
                : context.openNetwork(file.extract(NETWORK, context.temporaryDirectory()));
        return new PatchModel(
                description.text("kind"),
                description.count("channels"),
                network,
                isReleased,
                new Sight(standardisation, levels, isReleased ? description.number("gain") : 1),
                means,
                floats(description.numbers("deviations")),
                normals,
                scores,
                description.number("typicalDistance"),
                description.number("unusualDistance"));
    }

    private static ScoreNetwork released(ModelDescription description, PluginContext context) {
        String id = description.text("releasedNetwork");
        ScoreNetwork network = context.openNetwork(id);
        if (!network.card().sha256().equals(description.text("releasedNetworkSha256"))) {
            network.close();
            throw new UnfogException(
                    ErrorCode.CONTRACT_BROKEN,
                    "network " + id,
                    "the model was fitted with another version of it than is installed",
                    "fit the model again, or install the network that it was fitted with");
        }
        return network;
    }

    /** Measures every cell of a sample. */
    Deviation measure(Media sample, PatchImage image, Cancellation cancellation) {
        CellNorms norms = sight.through(network);
        CellGrid grid = norms.look(sample, image, cancellation);
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

    /** Returns the standardisation of pictures and spectrograms. */
    Standardisation standardisation() {
        return sight.standardisation();
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
