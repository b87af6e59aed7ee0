package dev.unfog.plugins.anomaly;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Audio;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.plugin.Scorer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Scores pictures or recordings, one score each, with a map of where. Safe for use by many threads. */
final class PatchSession implements Scorer.Session {
    private final PatchModel model;
    private final PluginContext context;

    PatchSession(PatchModel model, PluginContext context) {
        this.model = model;
        this.context = context;
    }

    @Override
    public void score(Media input, Consumer<Scorer.Score> scores, Outputs outputs) {
        if (!input.kind().name().equals(model.kind())) {
            throw new UnfogException(
                    ErrorCode.UNSUPPORTED_MEDIA,
                    input.name(),
                    "it is of kind " + input.kind() + ", and the model was fitted to " + model.kind(),
                    "fit a model to samples of this kind");
        }
        PatchImage image = PatchFitting.image(input, model.channels());
        PatchModel.Deviation deviation = model.measure(input, image, context.cancellation());
        List<DeviationRegion> regions = DeviationRegion.find(model, deviation);
        outputs.note("calibrationSamples", model.scores().length);
        new HeatMap(model, deviation, image).write(outputs, regions);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("level", deviation.level());
        details.put(
                "regions",
                regions.stream().map(region -> describe(region, input)).toList());
        scores.accept(new Scorer.Score(deviation.score(), model.pValue(deviation.score()), details));
    }

    /** Pixels as width x height + left + top; of a recording, seconds and Hz. */
    private static String describe(DeviationRegion region, Media input) {
        int stride = CellGrid.STRIDE;
        if (input instanceof Audio audio) {
            double second = stride * LogMel.HOP_MILLISECONDS / 1000.0;
            int rate = audio.layout().sampleRate();
            return String.format(
                    Locale.ROOT,
                    "%.2f-%.2f s %.0f-%.0f Hz",
                    region.left() * second,
                    region.right() * second,
                    LogMel.frequency(region.top() * stride, rate),
                    LogMel.frequency(region.bottom() * stride, rate));
        }
        return String.format(
                Locale.ROOT,
                "%dx%d+%d+%d",
                (region.right() - region.left()) * stride,
                (region.bottom() - region.top()) * stride,
                region.left() * stride,
                region.top() * stride);
    }

    @Override
    public void close() {
        model.close();
    }
}
