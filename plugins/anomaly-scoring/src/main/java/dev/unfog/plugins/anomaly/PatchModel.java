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
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was learned from normal pictures or recordings. A picture is as unusual as its most unusual cells; a recording too, and as its
 * profiles are, all compared with those of the calibration samples. Closes its network.
 *
 * @param kind the word in a model's description: {@code picture} or {@code audio}
 * @param channels of the pictures, 1 or 3
 * @param network trained on patches of the normals, or a released one
 * @param isReleased whether it is a released one
 * @param sight how the network looks at a sample
 * @param normals the normal cells
 * @param profiles the normal profiles of recordings, in the order of {@link SampleProfiles.Profile}; none for pictures
 * @param calibration on the aspects of samples that the network never saw
 * @param typical the median distance of the calibration samples' cells
 * @param unusual the distance that one in a thousand of the calibration samples' cells exceeds
 */
record PatchModel(
        String kind,
        int channels,
        ScoreNetwork network,
        boolean isReleased,
        Sight sight,
        NormalCells normals,
        List<ProfileDistance> profiles,
        Calibration calibration,
        double typical,
        double unusual)
        implements AutoCloseable {
    static final String PICTURE = "picture";
    static final String AUDIO = "audio";

    private static final String NETWORK = "network.onnx";
    private static final String NORMALS = "normals.f32";
    private static final String PROFILE = "profile%d.f32";
    private static final String ASPECTS = "calibration.f32";

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

    /**
     * How a sample is unlike the normal ones.
     *
     * @param distances of its cells
     * @param aspects how unusual its most unusual cells are, then each of its profiles
     * @param level the noise level at which the most unusual cell is so
     * @param profiles of a recording
     */
    record Deviation(
            double[] distances, int rows, int columns, double[] aspects, double level, List<float[]> profiles) {}

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
        description.put("bands", normals.bands());
        description.put("means", list(normals.means()));
        description.put("deviations", list(normals.deviations()));
        description.put(
                "profileWidths", profiles.stream().map(ProfileDistance::width).toList());
        description.put("typicalDistance", typical);
        description.put("unusualDistance", unusual);
        description.put("fitting", facts);
        Map<String, float[]> arrays = new LinkedHashMap<>();
        arrays.put(NORMALS, normals.points());
        arrays.put(ASPECTS, calibration.measures());
        for (int i = 0; i < profiles.size(); i++) {
            arrays.put(String.format(Locale.ROOT, PROFILE, i), profiles.get(i).array());
        }
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
        NormalCells normals = NormalCells.of(
                floats(description.numbers("means")),
                floats(description.numbers("deviations")),
                file.array(NORMALS),
                description.count("bands"));
        List<ProfileDistance> profiles = new ArrayList<>();
        for (double width : description.numbers("profileWidths")) {
            String name = String.format(Locale.ROOT, PROFILE, profiles.size());
            profiles.add(ProfileDistance.of(file.array(name), (int) width));
        }
        Calibration calibration = new Calibration(file.array(ASPECTS), 1 + profiles.size());
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
                normals,
                profiles,
                calibration,
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

    /** Measures a sample. */
    Deviation measure(Media sample, PatchImage image, Cancellation cancellation) {
        CellNorms norms = sight.through(network);
        CellGrid grid = norms.look(sample, image, cancellation);
        double[] distances = normals.distances(grid);
        int strongest = 0;
        for (int cell = 0; cell < distances.length; cell++) {
            strongest = distances[cell] > distances[strongest] ? cell : strongest;
        }
        List<float[]> seen = profiles.isEmpty() ? List.of() : SampleProfiles.of(image, grid);
        double[] aspects = new double[1 + profiles.size()];
        aspects[0] = (float) largest(distances);
        for (int i = 0; i < profiles.size(); i++) {
            aspects[1 + i] = (float) profiles.get(i).distance(seen.get(i));
        }
        double level = norms.level(normals.loudest(grid, strongest));
        return new Deviation(distances, grid.rows(), grid.columns(), aspects, level, seen);
    }

    /** Returns the standardisation of pictures and spectrograms. */
    Standardisation standardisation() {
        return sight.standardisation();
    }

    /** The mean of the strongest cells, one in five hundred, at least four: a small defect counts in full, a single cell does not. */
    private static double largest(double[] distances) {
        double[] sorted = distances.clone();
        Arrays.sort(sorted);
        int most = Math.min(sorted.length, Math.max(4, sorted.length / 500));
        double sum = 0;
        for (int i = 0; i < most; i++) {
            sum += sorted[sorted.length - 1 - i];
        }
        return sum / most;
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
