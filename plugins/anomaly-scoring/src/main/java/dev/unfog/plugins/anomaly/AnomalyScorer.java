package dev.unfog.plugins.anomaly;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterType;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.plugin.Scorer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.pf4j.Extension;

/** Scores samples with a model that {@link AnomalyFitter} wrote. Stateless; safe for use by many threads. */
@Extension
public final class AnomalyScorer implements Scorer {
    /** What the score of a row is made of. */
    static final Parameter<String> MEASURE = new Parameter<>(
            "measure",
            new ParameterType.Choice(List.of("combined", "norms")),
            "combined",
            "",
            "what a row's score is made of: the score norms with the distance to the nearest normal rows, or the norms alone");

    /** Made by the plugin host. */
    public AnomalyScorer() {}

    @Override
    public String summary() {
        return "says how unlike the normal samples others are, how sure that is, and where";
    }

    @Override
    public Set<MediaKind> accepts() {
        return Set.of(MediaKind.ROWS, MediaKind.PICTURE, MediaKind.AUDIO);
    }

    @Override
    public List<Parameter<?>> parameters() {
        return List.of(MEASURE);
    }

    @Override
    public Session open(Path model, ParameterValues parameters, PluginContext context) {
        double weight = parameters.get(MEASURE).equals("norms") ? 0 : Calibration.DISTANCE_WEIGHT;
        try (ModelFile file = ModelFile.open(model)) {
            String kind = file.description().text("kind");
            return switch (kind) {
                case TableModel.KIND -> new TableSession(TableModel.read(file, context), weight, context);
                case PatchModel.PICTURE, PatchModel.AUDIO -> new PatchSession(PatchModel.read(file, context), context);
                default ->
                    throw new UnfogException(
                            ErrorCode.CONTRACT_BROKEN,
                            model.toString(),
                            "it is a model of kind " + kind + ", which this version of Unfog does not know",
                            "update Unfog, or fit the model again");
            };
        } catch (IllegalArgumentException e) {
            throw new UnfogException(
                    ErrorCode.MODEL_DAMAGED,
                    model.toString(),
                    "its description does not make sense: " + e.getMessage(),
                    "fit the model again",
                    e);
        }
    }
}
