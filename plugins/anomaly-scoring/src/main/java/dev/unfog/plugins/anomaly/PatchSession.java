package dev.unfog.plugins.anomaly;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Audio;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.Picture;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.plugin.Scorer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
        PatchImage image =
                input instanceof Picture picture ? PatchImage.of(picture, model.channels()) : LogMel.of((Audio) input);
        int reduction = input instanceof Picture ? image.reduction() : 1;
        PatchImage seen = reduction == 1 ? image : image.reduced();
        PatchModel.Deviation deviation = model.measure(input, seen, context.cancellation());
        List<DeviationRegion> regions = DeviationRegion.find(model, deviation);
        outputs.note("calibrationSamples", model.calibration().samples());
        new HeatMap(model, deviation, image, reduction).write(outputs, regions);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("level", deviation.level());
        List<String> places = new ArrayList<>();
        whole(deviation, input).ifPresent(places::add);
        regions.forEach(region -> places.add(describe(region, reduction, input)));
        details.put("regions", places);
        double score = model.calibration().score(deviation.aspects());
        scores.accept(new Scorer.Score(score, model.calibration().pValue(score), details));
    }

    /** The band that makes a recording unusual as a whole, if that is what speaks most. */
    private Optional<String> whole(PatchModel.Deviation deviation, Media input) {
        int loudest = 0;
        for (int aspect = 1; aspect < deviation.aspects().length; aspect++) {
            double excess = model.calibration().excess(aspect, deviation.aspects()[aspect]);
            loudest = excess > model.calibration().excess(loudest, deviation.aspects()[loudest]) ? aspect : loudest;
        }
        if (loudest == 0 || !(input instanceof Audio audio)) {
            return Optional.empty();
        }
        float[] profile = deviation.profiles().get(loudest - 1);
        int strongest = model.profiles().get(loudest - 1).strongest(profile);
        SampleProfiles.Profile which = SampleProfiles.Profile.values()[loudest - 1];
        int from = which.lowestBand(strongest, profile.length);
        int rate = audio.layout().sampleRate();
        return Optional.of(String.format(
                Locale.ROOT,
                "throughout %.0f-%.0f Hz",
                LogMel.frequency(from, rate),
                LogMel.frequency(from + which.bands(), rate)));
    }

    /** Pixels as width x height + left + top; of a recording, seconds and Hz. */
    private static String describe(DeviationRegion region, int reduction, Media input) {
        int stride = CellGrid.STRIDE * reduction;
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
