package dev.unfog.plugins.anomaly;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterType;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Fitter;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.plugin.Samples;
import java.nio.file.Path;
import java.util.List;
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
            "how many steps to train the network for; 6000 for tables and 600 for pictures and recordings where not given");

    private static final long TABLE_STEPS = 6000;
    private static final long PATCH_STEPS = 600;

    /** Whether to train at all. */
    static final Parameter<Boolean> QUICK = new Parameter<>(
            "quick",
            new ParameterType.Flag(),
            false,
            "",
            "for pictures and recordings, do not train: let the released networks of photographs and of speech look at them");

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
        return List.of(STEPS, QUICK);
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
        boolean isQuick = parameters.get(QUICK);
        if (isTable && isQuick) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--quick",
                    "no released network knows anything of tables",
                    "leave --quick out; --steps 300 is fast too");
        }
        if (isTable) {
            new TableFitting(normals, context, steps).fit(model);
        } else if (isQuick) {
            new PatchFitting(normals, kind, context).fitQuickly(model);
        } else {
            new PatchFitting(normals, kind, context).fit(model, steps);
        }
    }
}
