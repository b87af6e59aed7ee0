package dev.unfog.plugins.anomaly;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.Rows;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterType;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Fitter;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.plugin.Samples;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pf4j.Extension;

/** Learns what is normal by training a score network on normal samples. Stateless; safe for use by many threads. */
@Extension
public final class AnomalyFitter implements Fitter {
    /** How long the network is trained. */
    static final Parameter<Long> STEPS = new Parameter<>(
            "steps",
            new ParameterType.Whole(1, 1_000_000),
            null,
            "",
            "how many steps to train the network for; 1500 for tables and 600 for pictures and recordings where not given");

    private static final long TABLE_STEPS = 1500;
    private static final long PATCH_STEPS = 600;

    /** Rows that the network never sees. */
    static final Parameter<Path> CALIBRATION = new Parameter<>(
            "calibration",
            new ParameterType.MediaFile(MediaKind.ROWS),
            null,
            "",
            "a table of normal rows to calibrate on, none of them among those to learn from; a fifth of those where not given");

    /** Made by the plugin host. */
    public AnomalyFitter() {}

    @Override
    public String summary() {
        return "learns from normal samples, to tell which others are unlike them";
    }

    @Override
    public Set<MediaKind> accepts() {
        return Set.of(MediaKind.ROWS, MediaKind.PICTURE, MediaKind.AUDIO);
    }

    @Override
    public List<Parameter<?>> parameters() {
        return List.of(STEPS, CALIBRATION);
    }

    @Override
    public void fit(Samples normals, Path model, ParameterValues parameters, PluginContext context) {
        if (normals.count() == 0) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER, "normals", "there are none", "name a table or a folder of samples");
        }
        MediaKind kind;
        try (Media first = normals.open(0)) {
            kind = first.kind();
        }
        if (!accepts().contains(kind)) {
            throw new UnfogException(
                    ErrorCode.UNSUPPORTED_MEDIA,
                    "normals",
                    "nothing is known of samples of kind " + kind,
                    "give tables, pictures or recordings");
        }
        boolean isTable = kind.equals(MediaKind.ROWS);
        long steps = parameters.find(STEPS).orElse(isTable ? TABLE_STEPS : PATCH_STEPS);
        if (!isTable) {
            new PatchFitting(normals, kind, context, steps).fit(model);
            return;
        }
        Optional<Path> calibration = parameters.find(CALIBRATION);
        if (calibration.isEmpty()) {
            new TableFitting(normals, null, context, steps).fit(model);
        } else {
            try (Media rows = context.openMedia(calibration.get(), MediaKind.ROWS)) {
                new TableFitting(normals, (Rows) rows, context, steps).fit(model);
            }
        }
    }
}
